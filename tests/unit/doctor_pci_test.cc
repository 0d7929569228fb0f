/* SPDX-License-Identifier: BSD-3-Clause */
/* NICs by their PCI address: driver, IOMMU, vfio. */
#include "doctor_fixture.h"

#include <sys/stat.h>

namespace {

class DoctorPci : public DoctorTest {
protected:
	void
	SetUp() override
	{
		DoctorTest::SetUp();
		name("03:00.0");
		folder(device);
	}

	void
	bind(const std::string &driver)
	{
		link(device + "/driver", "../../../bus/pci/drivers/" + driver);
	}

	/* vfio has it, in group 7, which it may open. */
	void
	bind_whole()
	{
		bind("vfio-pci");
		folder("/sys/kernel/iommu_groups/7/devices/0000:03:00.0");
		link(device + "/iommu_group", "../../../../kernel/iommu_groups/7");
		folder("/sys/kernel/iommu_groups/7");
		write("/dev/vfio/7", "");
		chmod((root + "/dev/vfio/7").c_str(), 0600);
		be(getuid(), "0");
	}

	/* The groups of the file of that uid are none that it could be in. */
	void
	be(unsigned uid, const std::string &capabilities)
	{
		const std::string id = std::to_string(uid);

		write("/proc/self/status", "Uid:\t" + id + "\t" + id + "\t" + id + "\t" + id +
		                               "\nGid:\t4000000\t4000000\nGroups:\t\nCapEff:\t" +
		                               capabilities + "\n");
	}

	const std::string device = "/sys/bus/pci/devices/0000:03:00.0";
};

/* What spanstatd asks about a NIC that it cannot have: the first `must` is the reason. */
TEST_F(DoctorPci, WhyItCannotBeHad)
{
	std::vector<struct report_finding> rows(DOCTOR_FINDINGS_MAX);
	const auto why = [&] {
		const unsigned n =
		    doctor_examine_pci(&machine, setup.get(), &setup->ports[0], rows.data());

		for (unsigned i = 0; i < n; i++)
			if (rows[i].verdict == REPORT_FINDING_MUST)
				return std::string(rows[i].check) + ": " + rows[i].what + " | " +
				       rows[i].mend;
		return std::string();
	};

	bind("igb");
	folder("/sys/bus/pci/drivers/vfio-pci");
	EXPECT_EQ(why(), "driver: the kernel's driver igb has it, and spanstatd cannot | "
	                 "dpdk-devbind.py --bind=vfio-pci 0000:03:00.0");
	bind("vfio-pci");
	EXPECT_EQ(why().substr(0, 7), "iommu: ");
	bind_whole();
	EXPECT_EQ(why(), "");
	write("/proc/self/status", "Uid:\t4000001\t4000001\nGid:\t4000000\t4000000\nGroups:\t\n"
	                           "CapEff:\t0\n");
	EXPECT_EQ(why().substr(0, 6), "vfio: ");
	std::filesystem::remove_all(root + device);
	EXPECT_EQ(why(), "driver: there is no such device | lspci -D");
}

TEST_F(DoctorPci, Driver)
{
	expect_says(worst(doctor_check_driver), "must",
	            "no driver is bound to it | modprobe vfio-pci; dpdk-devbind.py "
	            "--bind=vfio-pci 0000:03:00.0");
	bind("igb");
	folder(device + "/net/eth7");
	folder("/sys/bus/pci/drivers/vfio-pci");
	expect_says(worst(doctor_check_driver), "must",
	            "driver igb has it, and spanstatd cannot | ip link set eth7 down; "
	            "dpdk-devbind.py");
	bind("uio_pci_generic");
	expect_says(worst(doctor_check_driver), "advice", "uio_pci_generic");
	for (const char *driver : { "vfio-pci", "mlx5_core" }) {
		bind(driver);
		expect_says(worst(doctor_check_driver), "ok", driver);
	}
	std::filesystem::remove_all(root + device);
	expect_says(worst(doctor_check_driver), "must", "no such device");
}

TEST_F(DoctorPci, Iommu)
{
	expect_says(worst(doctor_check_iommu), "must", "vfio does not take it");
	bind("mlx5_core");
	expect_says(worst(doctor_check_iommu), "ok", "mlx5_core needs none");
	bind("igb");
	write("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "N\n");
	expect_says(worst(doctor_check_iommu), "must", "no IOMMU");
	write("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "Y\n");
	expect_says(worst(doctor_check_iommu), "advice", "no IOMMU");
	bind_whole();
	link(device + "/iommu_group", root + "/sys/kernel/iommu_groups/7");
	expect_says(worst(doctor_check_iommu), "ok", "group 7");
	write("/sys/kernel/iommu_groups/7/name", "vfio-noiommu\n");
	expect_says(worst(doctor_check_iommu), "advice", "no IOMMU");
}

TEST_F(DoctorPci, GroupThatMayBeOpened)
{
	bind("igb");
	expect_says(worst(doctor_check_vfio), "ok", "not bound");
	bind_whole();
	link(device + "/iommu_group", root + "/sys/kernel/iommu_groups/7");
	expect_says(worst(doctor_check_vfio), "ok", "/dev/vfio/7 may be opened");
	be(getuid() + 1, "0");
	expect_says(worst(doctor_check_vfio), "must",
	            "may not open /dev/vfio/7 | chown spanstat /dev/vfio/7");
	be(getuid() + 1, "0000000000000002"); /* CAP_DAC_OVERRIDE */
	expect_says(worst(doctor_check_vfio), "ok", "may be opened");
	std::filesystem::remove(root + "/dev/vfio/7");
	expect_says(worst(doctor_check_vfio), "must", "/dev/vfio/7 is not there");
	write("/sys/kernel/iommu_groups/7/name", "vfio-noiommu\n");
	write("/dev/vfio/noiommu-7", "");
	expect_says(worst(doctor_check_vfio), "ok", "/dev/vfio/noiommu-7 may be opened");
}

TEST_F(DoctorPci, OthersOfItsGroup)
{
	const std::string other = "/sys/bus/pci/devices/0000:03:00.1";

	bind_whole();
	link(device + "/iommu_group", root + "/sys/kernel/iommu_groups/7");
	folder("/sys/kernel/iommu_groups/7/devices/0000:03:00.1");
	folder(other);
	expect_says(worst(doctor_check_vfio), "ok", "may be opened"); /* nobody has it */
	link(other + "/driver", "../../../bus/pci/drivers/igb");
	expect_says(worst(doctor_check_vfio), "must",
	            "group 7 has 0000:03:00.1 too, which another driver has: the kernel gives the "
	            "whole group or nothing | dpdk-devbind.py --bind=vfio-pci 0000:03:00.1");
	write(other + "/class", "0x060400\n"); /* a bridge may keep its driver */
	expect_says(worst(doctor_check_vfio), "ok", "may be opened");
	write(other + "/class", "0x020000\n");
	link(other + "/driver", "../../../bus/pci/drivers/vfio-pci");
	expect_says(worst(doctor_check_vfio), "ok", "may be opened");
}

} // namespace
