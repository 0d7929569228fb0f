/* SPDX-License-Identifier: BSD-3-Clause */
/* What runs here: versions, the configuration, the locale; checks of doctor_checks.h. */

#include <stdio.h>
#include <string.h>

#include "base_text.h"
#include "doctor_checks.h"
#include "doctor_file.h"

/* What DPDK 22.11 asks for. */
#define VERSIONS_KERNEL_MAJOR 4
#define VERSIONS_KERNEL_MINOR 14

void
doctor_check_versions(struct doctor *doctor, const struct doctor_port *port BASE_UNUSED)
{
	char release[128];
	unsigned major = 0, minor = 0;
	bool is_known =
	    doctor_read(doctor->machine, release, sizeof(release), "/proc/sys/kernel/osrelease") &&
	    sscanf(release, "%u.%u", &major, &minor) == 2;

	if (is_known && (major < VERSIONS_KERNEL_MAJOR ||
	                 (major == VERSIONS_KERNEL_MAJOR && minor < VERSIONS_KERNEL_MINOR))) {
		doctor_add(doctor, REPORT_FINDING_MUST, "",
		           _("kernel %s is too old for DPDK %s, which needs %d.%d"), release,
		           doctor->machine->dpdk, VERSIONS_KERNEL_MAJOR, VERSIONS_KERNEL_MINOR);
		doctor_mend(doctor, "apt-get install linux-image-amd64");
		return;
	}
	doctor_add(doctor, REPORT_FINDING_OK, "", _("spanstat %s, built with DPDK %s, kernel %s"),
	           SPANSTAT_VERSION, doctor->machine->dpdk, is_known ? release : "?");
}

static void
versions_ports(struct doctor *doctor)
{
	if (doctor->setup->n_ports > 0)
		return;
	doctor_add(doctor, REPORT_FINDING_ADVICE, "",
	           _("no port is named, so none was looked at: name interfaces or PCI addresses"));
	doctor_mend(doctor, "spanstat doctor INTERFACE");
}

void
doctor_check_configuration(struct doctor *doctor, const struct doctor_port *port BASE_UNUSED)
{
	const struct doctor_setup *setup = doctor->setup;

	if (setup->error[0]) {
		doctor_add(doctor, REPORT_FINDING_MUST, "",
		           _("spanstatd does not start with this configuration: %s"), setup->error);
		doctor_mend(doctor, "spanstatd --check --config %s", setup->file);
	} else if (setup->file[0]) {
		doctor_add(doctor, REPORT_FINDING_OK, "", _("%s is right"), setup->file);
	} else {
		doctor_add(doctor, REPORT_FINDING_OK, "", _("no file, so defaults are taken"));
	}
	versions_ports(doctor);
}

void
doctor_check_locale(struct doctor *doctor, const struct doctor_port *port BASE_UNUSED)
{
	const struct doctor_machine *machine = doctor->machine;

	if (machine->locale) {
		doctor_add(doctor, REPORT_FINDING_ADVICE, "",
		           _("the locale '%s' is not on this machine, so text is in English"),
		           machine->locale);
		doctor_mend(doctor, "dpkg-reconfigure locales");
	} else if (strcmp(machine->charset, "UTF-8") != 0) {
		doctor_add(doctor, REPORT_FINDING_ADVICE, "",
		           _("characters are %s: names that are UTF-8 are not shown as they are"),
		           machine->charset);
		doctor_mend(doctor, "export LC_ALL=C.UTF-8");
	} else {
		doctor_add(doctor, REPORT_FINDING_OK, "", _("characters are %s"), machine->charset);
	}
}
