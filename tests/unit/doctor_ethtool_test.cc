/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernel's own answers, of the loopback interface; net_doctor.py has interfaces that change. */
#include "doctor_fixture.h"

namespace {

TEST(DoctorEthtool, Loopback)
{
	struct doctor_nic nic;

	ASSERT_EQ(doctor_ethtool_read("lo", &nic), 0);
	EXPECT_TRUE(nic.knows & DOCTOR_KNOWS_OFFLOADS);
	EXPECT_FALSE(nic.knows & (DOCTOR_KNOWS_RINGS | DOCTOR_KNOWS_PAUSE));
	EXPECT_FALSE(nic.offloads & (DOCTOR_OFFLOAD_LRO | DOCTOR_OFFLOAD_VLAN_FILTER));
}

TEST(DoctorEthtool, NoSuchInterface)
{
	struct doctor_nic nic;

	EXPECT_EQ(doctor_ethtool_read("nosuch0", &nic), -ENODEV);
	EXPECT_EQ(doctor_ethtool_read("a-name-that-is-too-long", &nic), -ENODEV);
	EXPECT_EQ(nic.knows, 0u);
}

} // namespace
