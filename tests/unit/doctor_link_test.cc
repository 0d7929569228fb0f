/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernel interfaces by their files: link, addresses, the longest frame; nodes of ports. */
#include "doctor_fixture.h"

namespace {

class DoctorLink : public DoctorTest {
protected:
	void
	SetUp() override
	{
		DoctorTest::SetUp();
		name("eth1");
		write(net + "/flags", "0x1003\n");
		write(net + "/carrier", "1\n");
		write(net + "/mtu", "1500\n");
		write("/proc/sys/net/ipv6/conf/eth1/disable_ipv6", "1\n");
	}

	const std::string net = "/sys/class/net/eth1";
};

TEST_F(DoctorLink, Link)
{
	expect_says(worst(doctor_check_link), "ok", "up |");
	write(net + "/speed", "10000\n");
	expect_says(worst(doctor_check_link), "ok", "10000 Mbit/s");
	write(net + "/carrier", "0\n");
	expect_says(worst(doctor_check_link), "must", "ethtool eth1");
	write(net + "/flags", "0x1002\n");
	expect_says(worst(doctor_check_link), "must", "ip link set eth1 up");
	std::filesystem::remove_all(root + net);
	expect_says(worst(doctor_check_link), "must", "no such interface");
}

TEST_F(DoctorLink, InterfaceThatSpeaks)
{
	expect_says(worst(doctor_check_speaks), "ok", "IPv6 is off");
	EXPECT_EQ(found(doctor_check_speaks).size(), 2u);
	write("/proc/sys/net/ipv6/conf/eth1/disable_ipv6", "0\n");
	write("/proc/self/net/if_inet6",
	      "fe800000000000000000000000000001 02 40 20 80     eth0\n");
	expect_says(worst(doctor_check_speaks), "advice", "IPv6 is on: ");
	write("/proc/self/net/if_inet6",
	      "fe800000000000000000000000000001 02 40 20 80     eth0\n"
	      "fe800000000000000000000000000002 03 40 20 80     eth1\n");
	expect_says(worst(doctor_check_speaks), "advice",
	            "IPv6 is on and it has an address: the kernel sends frames into the mirror | "
	            "sysctl -w net.ipv6.conf.eth1.disable_ipv6=1");
	write("/proc/sys/net/ipv6/conf/eth1/disable_ipv6", "1\n");
	strcpy(nic.ipv4, "192.0.2.1");
	expect_says(worst(doctor_check_speaks), "advice", "192.0.2.1");
	expect_says(worst(doctor_check_speaks), "advice", "ip -4 address flush dev eth1");
}

/* Without an address at which the mirror's tunnels end nobody would answer ARP for them. */
TEST_F(DoctorLink, AddressOfTheMirrorsTunnels)
{
	auto &ends = setup->conf.decode.mirror_to;

	strcpy(nic.ipv4, "192.0.2.1");
	ends.count = 2;
	ends.net[0] = { { 198, 51, 100, 0 }, 24, 4 };
	ends.net[1] = { { 192, 0, 2, 2 }, 32, 4 };
	expect_says(worst(doctor_check_speaks), "advice", "address flush");
	ends.net[1].len = 24;
	expect_says(worst(doctor_check_speaks), "ok", "IPv6 is off");
	nic.ipv4[0] = '\0';
	write("/proc/sys/net/ipv6/conf/eth1/disable_ipv6", "0\n");
	write("/proc/self/net/if_inet6",
	      "20010db8000000000000000000000001 02 40 00 80     eth0\n"
	      "20010db8000000000000000000000002 03 40 00 80     eth1\n"
	      "fe800000000000000000000000000002 03 40 20 80     eth1\n");
	expect_says(worst(doctor_check_speaks), "advice", "disable_ipv6");
	ends.net[1] = { { 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, 128, 6 };
	expect_says(worst(doctor_check_speaks), "advice", "disable_ipv6");
	ends.net[1].addr[15] = 2;
	expect_says(worst(doctor_check_speaks), "ok", "(mirror-to)");
}

TEST_F(DoctorLink, LongestFrame)
{
	expect_says(worst(doctor_check_mtu), "ok", "1500 bytes");
	write(net + "/mtu", "1400\n");
	expect_says(worst(doctor_check_mtu), "advice", "ip link set eth1 mtu 1500");
	write(net + "/mtu", "1500\n");
	setup->conf.decode.mirror_to.count = 1;
	expect_says(worst(doctor_check_mtu), "advice", "ip link set eth1 mtu 1600");
	write(net + "/mtu", "1600\n");
	expect_says(worst(doctor_check_mtu), "ok", "1600");
	write(net + "/statistics/rx_length_errors", "7\n");
	expect_says(worst(doctor_check_mtu), "advice", "7 frames were not taken");
}

TEST_F(DoctorLink, Node)
{
	expect_says(worst(doctor_check_numa), "ok", "of no node");
	write(net + "/device/numa_node", "-1\n");
	expect_says(worst(doctor_check_numa), "ok", "of no node");
	write(net + "/device/numa_node", "0\n");
	folder("/sys/devices/system/node/node0");
	expect_says(worst(doctor_check_numa), "ok", "node 0");
	/* Two nodes and no CPU named; then CPUs of both. */
	write("/sys/devices/system/node/node0/cpulist", "0-3\n");
	folder("/sys/devices/system/node/node1");
	expect_says(worst(doctor_check_numa), "advice", "# of 0-3");
	folder("/sys/devices/system/cpu/cpu2/node0");
	folder("/sys/devices/system/cpu/cpu6/node1");
	workers("2");
	expect_says(worst(doctor_check_numa), "ok", "node 0");
	workers("2,6");
	expect_says(worst(doctor_check_numa), "advice", "CPU 6 of a worker is of node 1");
}

TEST_F(DoctorLink, InterfaceOfADevice)
{
	const struct doctor_port port = { DOCTOR_PORT_PCI, "0000:03:00.0" };
	struct doctor doctor = {};
	char interface[16] = "";

	doctor.machine = &machine;
	EXPECT_FALSE(doctor_is_there(&doctor, &port));
	EXPECT_FALSE(doctor_port_interface(&doctor, &port, interface));
	folder("/sys/bus/pci/devices/0000:03:00.0/virtio3/net/eth7");
	EXPECT_TRUE(doctor_is_there(&doctor, &port));
	EXPECT_TRUE(doctor_port_interface(&doctor, &port, interface));
	EXPECT_STREQ(interface, "eth7");
	folder("/sys/bus/pci/devices/0000:03:00.0/net/eth8");
	EXPECT_TRUE(doctor_port_interface(&doctor, &port, interface));
	EXPECT_STREQ(interface, "eth8");
	write("/sys/bus/pci/devices/0000:03:00.0/numa_node", "1\n");
	EXPECT_EQ(doctor_port_node(&doctor, &port), 1);
}

} // namespace
