/* SPDX-License-Identifier: BSD-3-Clause */
/* Which ports are meant: of a configuration, and by hand. */
#include "doctor_fixture.h"

namespace {

class DoctorSetup : public DoctorTest {
protected:
	/* "i:eth1 p:0000:03:00.0" */
	std::string
	ports()
	{
		std::string text;

		for (unsigned i = 0; i < setup->n_ports; i++)
			text += std::string(i > 0 ? " " : "") +
			        (setup->ports[i].kind == DOCTOR_PORT_PCI ? "p:" : "i:") +
			        setup->ports[i].name;
		return text;
	}

	void
	read(const std::string &text)
	{
		write("/conf", text);
		doctor_setup_read(setup.get(), (root + "/conf").c_str());
	}
};

TEST_F(DoctorSetup, SourcesOfAConfiguration)
{
	read("flows = 2000000\nsources {\n interface = { eth1, eth2 }\n pci = { \"03:00.0\" }\n"
	     " vdev = { \"net_af_xdp0,iface=eth3,start_queue=0\", \"net_memif0,role=server\", "
	     "\"net_af_packet0,iface=eth4\" }\n}\n");
	EXPECT_STREQ(setup->error, "");
	EXPECT_EQ(setup->conf.flows, 2000000u);
	EXPECT_EQ(ports(), "i:eth1 i:eth2 p:0000:03:00.0 i:eth3 i:eth4");
}

TEST_F(DoctorSetup, Mistakes)
{
	read("flows = many\nfoo = 1\n");
	EXPECT_NE(strstr(setup->error, "/conf:1: "), nullptr) << setup->error;
	EXPECT_EQ(setup->n_ports, 0u);
	EXPECT_EQ(setup->conf.workers, 1u);
	/* What keys say together: two tunnels on one port. */
	read("flows = 5000\ndecode { mpls-ports = 4789 }\n");
	EXPECT_NE(strstr(setup->error, "/conf:2: "), nullptr) << setup->error;
	EXPECT_EQ(setup->conf.flows, 5000u);
	doctor_setup_read(setup.get(), "/nonexistent/conf");
	EXPECT_NE(strstr(setup->error, "/nonexistent/conf"), nullptr) << setup->error;
}

TEST_F(DoctorSetup, ByHand)
{
	read("sources { interface = { eth1 } }\n");
	EXPECT_EQ(doctor_setup_name(setup.get(), "eth5", true), 0);
	EXPECT_EQ(doctor_setup_name(setup.get(), "0001:af:1f.7", false), 0);
	EXPECT_EQ(doctor_setup_name(setup.get(), "vlan.10", false), 0);
	EXPECT_EQ(ports(), "i:eth5 p:0001:af:1f.7 i:vlan.10");
	for (const char *name : { "", ".", "..", "eth0:1", "a/b", "a b", "sixteen-or-longer",
	                          "0000:03:00", "0g:00.0", "eth\n", "\x7f" })
		EXPECT_EQ(doctor_setup_name(setup.get(), name, false), -EINVAL) << name;
	while (setup->n_ports < DOCTOR_PORTS_MAX)
		EXPECT_EQ(doctor_setup_name(setup.get(), "eth6", false), 0);
	EXPECT_EQ(doctor_setup_name(setup.get(), "eth6", false), -ENOSPC);
}

} // namespace
