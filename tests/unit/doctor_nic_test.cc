/* SPDX-License-Identifier: BSD-3-Clause */
/* Ports by what ethtool says: offloads, rings, pause frames, RSS. */
#include "doctor_fixture.h"

namespace {

class DoctorNic : public DoctorTest {
protected:
	void
	SetUp() override
	{
		DoctorTest::SetUp();
		nic.knows = DOCTOR_KNOWS_OFFLOADS | DOCTOR_KNOWS_RINGS | DOCTOR_KNOWS_PAUSE |
		            DOCTOR_KNOWS_QUEUES | DOCTOR_KNOWS_RSS;
		nic.ring = nic.ring_max = 4096;
		nic.queues = nic.queues_max = 1;
	}

	void
	device()
	{
		name("0000:03:00.0");
		folder("/sys/bus/pci/devices/0000:03:00.0/net/eth7");
	}
};

TEST_F(DoctorNic, MergedFrames)
{
	name("eth1");
	expect_says(worst(doctor_check_merging), "ok", "not merged");
	nic.offloads = DOCTOR_OFFLOAD_GRO;
	expect_says(worst(doctor_check_merging), "advice", "(GRO)");
	expect_says(worst(doctor_check_merging), "advice", "| ethtool -K eth1 gro off");
	nic.offloads = DOCTOR_OFFLOAD_LRO;
	expect_says(worst(doctor_check_merging), "advice", "| ethtool -K eth1 lro off");
	nic.offloads = DOCTOR_OFFLOAD_GRO_HW;
	expect_says(worst(doctor_check_merging), "advice", "| ethtool -K eth1 rx-gro-hw off");
	nic.offloads |= DOCTOR_OFFLOAD_GRO | DOCTOR_OFFLOAD_LRO;
	expect_says(worst(doctor_check_merging), "advice", "(GRO, LRO, rx-gro-hw)");
}

TEST_F(DoctorNic, Tags)
{
	name("eth1");
	expect_says(worst(doctor_check_vlan), "ok", "stay in the frame");
	nic.offloads = DOCTOR_OFFLOAD_VLAN_STRIP;
	expect_says(worst(doctor_check_vlan), "ok", "beside the frame");
	nic.offloads |= DOCTOR_OFFLOAD_VLAN_FILTER;
	expect_says(worst(doctor_check_vlan), "advice", "ethtool -K eth1 rx-vlan-filter off");
}

TEST_F(DoctorNic, Rings)
{
	name("eth1");
	expect_says(worst(doctor_check_rings), "ok", "4096 descriptors");
	nic.ring = 512;
	expect_says(worst(doctor_check_rings), "advice", "ethtool -G eth1 rx 4096");
}

TEST_F(DoctorNic, RingsOfADeviceAreTheDriversOwn)
{
	device();
	nic.ring = 512;
	expect_says(worst(doctor_check_rings), "ok", "512 descriptors");
}

TEST_F(DoctorNic, PauseFrames)
{
	name("eth1");
	nic.pause_rx = true;
	expect_says(worst(doctor_check_pause), "ok", "no pause frames");
	nic.pause_tx = true;
	expect_says(worst(doctor_check_pause), "advice", "ethtool -A eth1");
}

TEST_F(DoctorNic, RssOfAnInterface)
{
	name("eth1");
	expect_says(worst(doctor_check_rss), "ok", "one queue");
	nic.queues = 8;
	expect_says(worst(doctor_check_rss), "advice", "ethtool -L eth1 rx 1");
	nic.is_combined = true;
	expect_says(worst(doctor_check_rss), "advice", "ethtool -L eth1 combined 1");
}

TEST_F(DoctorNic, RssOfADevice)
{
	device();
	setup->conf.workers = 4;
	nic.queues_max = 16;
	nic.rss_key_bytes = 52;
	nic.rss_table = 512;
	expect_says(worst(doctor_check_rss), "ok", "16 queues, a key of 52 bytes, 512 places");
	nic.rss_key_bytes = 0;
	expect_says(worst(doctor_check_rss), "advice", "no key of 40 bytes");
	nic.queues_max = 2;
	expect_says(worst(doctor_check_rss), "advice", "at most 2 queues for 4 workers");
	setup->conf.workers = 1;
	expect_says(worst(doctor_check_rss), "ok", "");
	nic.knows = 0;
	setup->conf.workers = 2;
	expect_says(worst(doctor_check_rss), "advice", "at most 1 queues");
}

/* vfio has it, so no interface is there to be asked. */
TEST_F(DoctorNic, NobodyToAsk)
{
	name("0000:03:00.0");
	folder("/sys/bus/pci/devices/0000:03:00.0");
	EXPECT_EQ(worst(doctor_check_rings), "");
	EXPECT_EQ(worst(doctor_check_pause), "");
	expect_says(worst(doctor_check_rss), "ok", "the log of spanstatd");
}

/* A driver that has no answers, and an interface that went away. */
TEST_F(DoctorNic, NothingIsKnown)
{
	name("eth1");
	nic.knows = 0;
	nic.offloads = DOCTOR_OFFLOAD_GRO | DOCTOR_OFFLOAD_VLAN_FILTER;
	nic.pause_tx = true;
	nic.ring = 1;
	for (auto check : { doctor_check_merging, doctor_check_vlan, doctor_check_rings,
	                    doctor_check_pause })
		EXPECT_EQ(worst(check), "");
	nic.knows = DOCTOR_KNOWS_OFFLOADS;
	nic_error = -ENODEV;
	EXPECT_EQ(worst(doctor_check_merging), "");
}

} // namespace
