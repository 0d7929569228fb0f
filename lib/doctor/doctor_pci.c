/* SPDX-License-Identifier: BSD-3-Clause */
/* NICs by their PCI address: there, on which driver, behind which IOMMU; see doctor_checks.h. */

#include <stdio.h>
#include <string.h>

#include "base_text.h"
#include "doctor_checks.h"
#include "doctor_file.h"

#define PCI_DEVICES  "/sys/bus/pci/devices"
#define PCI_NOIOMMU  "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"
#define PCI_NAME_MAX 64
#define PCI_BRIDGE   0x0604 /* the upper parts of its class */

/* Drivers of the kernel beside which DPDK's own works. */
static const char *const pci_shared[] = { "mlx4_core", "mlx5_core", "mana" };

/* --- the driver ------------------------------------------------------------------------------ */

static bool
pci_driver(const struct doctor *doctor, const char *address, char *driver)
{
	return doctor_read_link(doctor->machine, driver, PCI_NAME_MAX, PCI_DEVICES "/%s/driver",
	                        address);
}

static bool
pci_is_shared(const char *driver)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(pci_shared); i++)
		if (!strcmp(driver, pci_shared[i]))
			return true;
	return false;
}

/* How to bind it: the module may have to be loaded, and an interface to be set down. */
static void
pci_mend_driver(struct doctor *doctor, const struct doctor_port *port)
{
	char interface[PCI_NAME_MAX] = "";
	bool is_loaded = doctor_has(doctor->machine, "/sys/bus/pci/drivers/vfio-pci");
	bool has = doctor_port_interface(doctor, port, interface);

	doctor_mend(doctor, "%s%s%s%sdpdk-devbind.py --bind=vfio-pci %s",
	            is_loaded ? "" : "modprobe vfio-pci; ", has ? "ip link set " : "", interface,
	            has ? " down; " : "", port->name);
}

void
doctor_check_driver(struct doctor *doctor, const struct doctor_port *port)
{
	char driver[PCI_NAME_MAX];

	if (!doctor_is_there(doctor, port)) {
		doctor_add(doctor, REPORT_FINDING_MUST, port->name, _("there is no such device"));
		doctor_mend(doctor, "lspci -D");
	} else if (!pci_driver(doctor, port->name, driver)) {
		doctor_add(doctor, REPORT_FINDING_MUST, port->name, _("no driver is bound to it"));
		pci_mend_driver(doctor, port);
	} else if (!strcmp(driver, "vfio-pci") || pci_is_shared(driver)) {
		doctor_add(doctor, REPORT_FINDING_OK, port->name, "%s", driver);
	} else if (!strcmp(driver, "uio_pci_generic") || !strcmp(driver, "igb_uio")) {
		doctor_add(doctor, REPORT_FINDING_ADVICE, port->name,
		           _("%s: the NIC may write into all memory, and takes root"), driver);
		pci_mend_driver(doctor, port);
	} else {
		doctor_add(doctor, REPORT_FINDING_MUST, port->name,
		           _("the kernel's driver %s has it, and spanstatd cannot"), driver);
		pci_mend_driver(doctor, port);
	}
}

/* --- the IOMMU ------------------------------------------------------------------------------- */

static bool
pci_group(const struct doctor *doctor, const char *address, char *group)
{
	return doctor_read_link(doctor->machine, group, PCI_NAME_MAX, PCI_DEVICES "/%s/iommu_group",
	                        address);
}

/* A group that vfio has made up, for there is no IOMMU. */
static bool
pci_is_without(const struct doctor *doctor, const char *address)
{
	char name[PCI_NAME_MAX];

	return doctor_read(doctor->machine, name, sizeof(name), PCI_DEVICES "/%s/iommu_group/name",
	                   address) &&
	       !strcmp(name, "vfio-noiommu");
}

void
doctor_check_iommu(struct doctor *doctor, const struct doctor_port *port)
{
	char group[PCI_NAME_MAX], mode[PCI_NAME_MAX] = "", driver[PCI_NAME_MAX] = "";
	bool has_group = pci_group(doctor, port->name, group);

	pci_driver(doctor, port->name, driver);
	doctor_read(doctor->machine, mode, sizeof(mode), PCI_NOIOMMU);
	if (has_group && !pci_is_without(doctor, port->name)) {
		doctor_add(doctor, REPORT_FINDING_OK, port->name, _("group %s"), group);
	} else if (pci_is_shared(driver)) {
		doctor_add(doctor, REPORT_FINDING_OK, port->name, _("%s needs none"), driver);
	} else if (has_group || mode[0] == 'Y') {
		doctor_add(
		    doctor, REPORT_FINDING_ADVICE, port->name,
		    _("there is no IOMMU: the NIC may write into all memory, and takes root"));
		doctor_mend(doctor, "intel_iommu=on iommu=pt # on the kernel's command line, and "
		                    "VT-d or AMD-Vi in the firmware");
	} else {
		doctor_add(doctor, REPORT_FINDING_MUST, port->name,
		           _("there is no IOMMU, so vfio does not take it"));
		doctor_mend(doctor, "intel_iommu=on iommu=pt # on the kernel's command line; or, "
		                    "unsafe: modprobe vfio enable_unsafe_noiommu_mode=1");
	}
}

/* --- vfio ------------------------------------------------------------------------------------ */

static bool
pci_is_bridge(const struct doctor *doctor, const char *address)
{
	long long class = 0;

	doctor_read_number(doctor->machine, &class, PCI_DEVICES "/%s/class", address);
	return class >> 8 == PCI_BRIDGE;
}

/* All devices of a group are given to one program, or none is. */
static bool
pci_finds_others(struct doctor *doctor, const struct doctor_port *port, const char *group)
{
	char driver[PCI_NAME_MAX], other[PCI_NAME_MAX] = "";
	struct dirent **names;
	int n =
	    doctor_list(doctor->machine, &names, PCI_DEVICES "/%s/iommu_group/devices", port->name);

	for (int i = 0; i < n && !other[0]; i++) {
		const char *name = names[i]->d_name;

		if (strcmp(name, port->name) && pci_driver(doctor, name, driver) &&
		    strcmp(driver, "vfio-pci") && strcmp(driver, "pci-stub") &&
		    !pci_is_bridge(doctor, name))
			snprintf(other, sizeof(other), "%.60s", name);
	}
	doctor_list_free(names, n);
	if (!other[0])
		return false;
	doctor_add(doctor, REPORT_FINDING_MUST, port->name,
	           _("group %s has %s too, which another driver has: the kernel gives the whole "
	             "group or nothing"),
	           group, other);
	doctor_mend(doctor, "dpdk-devbind.py --bind=vfio-pci %s", other);
	return true;
}

void
doctor_check_vfio(struct doctor *doctor, const struct doctor_port *port)
{
	char driver[PCI_NAME_MAX], group[PCI_NAME_MAX], path[2 * PCI_NAME_MAX];
	const char *user = doctor->setup->conf.user;

	if (!pci_driver(doctor, port->name, driver) || strcmp(driver, "vfio-pci") != 0) {
		doctor_add(doctor, REPORT_FINDING_OK, port->name, _("not bound to it"));
		return;
	}
	if (!pci_group(doctor, port->name, group) || pci_finds_others(doctor, port, group))
		return;
	snprintf(path, sizeof(path), "/dev/vfio/%s%s",
	         pci_is_without(doctor, port->name) ? "noiommu-" : "", group);
	if (!doctor_has(doctor->machine, "%s", path)) {
		doctor_add(doctor, REPORT_FINDING_MUST, port->name, _("%s is not there"), path);
		doctor_mend(doctor, "modprobe vfio-pci; udevadm trigger --subsystem-match=vfio");
	} else if (!doctor_may_use(doctor->machine, "%s", path)) {
		doctor_add(doctor, REPORT_FINDING_MUST, port->name,
		           _("this process may not open %s"), path);
		doctor_mend(doctor, "chown %s %s", user[0] ? user : "spanstat", path);
	} else {
		doctor_add(doctor, REPORT_FINDING_OK, port->name, _("%s may be opened"), path);
	}
}
