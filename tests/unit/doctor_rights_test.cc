/* SPDX-License-Identifier: BSD-3-Clause */
/* What this process may: capabilities, locked memory, the user who remains. */
#include "doctor_fixture.h"

namespace {

class DoctorRights : public DoctorTest {
protected:
	void
	SetUp() override
	{
		DoctorTest::SetUp();
		capabilities("0");
		write("/etc/passwd", "root:x:0:0::/root:/bin/sh\nspanstat:x:99:99::/:/bin/false\n");
	}

	void
	capabilities(const std::string &mask)
	{
		write("/proc/self/status", "Name:\tspanstat\nCapEff:\t" + mask + "\n");
	}

	void
	locked(const std::string &bytes)
	{
		write("/proc/self/limits",
		      "Limit                     Soft Limit           Hard Limit           Units\n"
		      "Max locked memory         " +
		          bytes + "              unlimited            bytes\n");
	}
};

TEST_F(DoctorRights, PacketSockets)
{
	expect_says(worst(doctor_check_rights), "ok", "no port takes CAP_NET_RAW");
	name("eth1");
	expect_says(worst(doctor_check_rights), "must", "which takes CAP_NET_RAW | sudo");
	capabilities("0000000000002000");
	expect_says(worst(doctor_check_rights), "ok", "may open packet sockets");
}

TEST_F(DoctorRights, UserWhoRemains)
{
	expect_says(worst(doctor_check_rights), "ok", "");
	write("/etc/passwd", "root:x:0:0::/root:/bin/sh\nspanstatd:x:99:99::/:/bin/false\n");
	expect_says(worst(doctor_check_rights), "advice", "adduser --system --group spanstat");
	strcpy(setup->conf.user, "tap");
	expect_says(worst(doctor_check_rights), "must", "there is no user tap");
	strcpy(setup->conf.user, "65534");
	expect_says(worst(doctor_check_rights), "ok", "");
}

TEST_F(DoctorRights, LockedMemory)
{
	expect_says(worst(doctor_check_memlock), "ok", "no limit"); /* it is not known */
	locked("unlimited");
	expect_says(worst(doctor_check_memlock), "ok", "no limit");
	locked("8388608");
	expect_says(worst(doctor_check_memlock), "ok", "8 MB"); /* no port takes any */
	name("eth1");
	expect_says(worst(doctor_check_memlock), "must", "only 8 MB may be locked, and the ring");
	locked("134217728");
	expect_says(worst(doctor_check_memlock), "ok", "128 MB");
	name("03:00.0");
	expect_says(worst(doctor_check_memlock), "must", "a NIC needs all");
	capabilities("0000000000004000"); /* CAP_IPC_LOCK */
	expect_says(worst(doctor_check_memlock), "ok", "no limit");
}

} // namespace
