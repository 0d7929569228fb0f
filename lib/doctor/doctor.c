/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of checks and the way through it; see doctor.h. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "doctor_checks.h"

enum doctor_about { ABOUT_MACHINE, ABOUT_INTERFACE, ABOUT_PCI, ABOUT_PORT };

struct doctor_check {
	const char *word;
	void (*run)(struct doctor *doctor, const struct doctor_port *port);
	enum doctor_about about;
};

#define DOCTOR_ROW(word, function, about) { word, function, ABOUT_##about },

static const struct doctor_check doctor_checks[] = { DOCTOR_CHECKS(DOCTOR_ROW) };

void
doctor_add(struct doctor *doctor, enum report_finding_verdict verdict, const char *of,
           const char *format, ...)
{
	struct report_finding *finding = &doctor->to[doctor->n];
	va_list arguments;

	if (doctor->n == DOCTOR_FINDINGS_MAX)
		return;
	memset(finding, 0, sizeof(*finding));
	finding->verdict = verdict;
	snprintf(finding->check, sizeof(finding->check), "%s", doctor->check);
	snprintf(finding->of, sizeof(finding->of), "%s", of);
	va_start(arguments, format);
	vsnprintf(finding->what, sizeof(finding->what), format, arguments);
	va_end(arguments);
	doctor->n++;
}

void
doctor_mend(struct doctor *doctor, const char *format, ...)
{
	struct report_finding *finding = &doctor->to[doctor->n - 1];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(finding->mend, sizeof(finding->mend), format, arguments);
	va_end(arguments);
}

/* What is not there is found by `link` or `driver`; no other check would add to that. */
static bool
doctor_is_about(const struct doctor *doctor, const struct doctor_check *check,
                const struct doctor_port *port)
{
	bool is_pci = port->kind == DOCTOR_PORT_PCI;

	if (check->about == ABOUT_MACHINE || check->about == (is_pci ? ABOUT_INTERFACE : ABOUT_PCI))
		return false;
	return check->run == (is_pci ? doctor_check_driver : doctor_check_link) ||
	       doctor_is_there(doctor, port);
}

static void
doctor_examine_port(struct doctor *doctor, const struct doctor_port *port)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(doctor_checks); i++) {
		if (!doctor_is_about(doctor, &doctor_checks[i], port))
			continue;
		doctor->check = doctor_checks[i].word;
		doctor_checks[i].run(doctor, port);
	}
}

unsigned
doctor_examine(const struct doctor_machine *machine, const struct doctor_setup *setup,
               struct report_finding *to)
{
	struct doctor doctor = { .machine = machine, .setup = setup, .to = to };

	for (unsigned i = 0; i < BASE_COUNT_OF(doctor_checks); i++) {
		if (doctor_checks[i].about != ABOUT_MACHINE)
			continue;
		doctor.check = doctor_checks[i].word;
		doctor_checks[i].run(&doctor, NULL);
	}
	for (unsigned i = 0; i < setup->n_ports; i++)
		doctor_examine_port(&doctor, &setup->ports[i]);
	return doctor.n;
}

unsigned
doctor_examine_pci(const struct doctor_machine *machine, const struct doctor_setup *setup,
                   const struct doctor_port *port, struct report_finding *to)
{
	struct doctor doctor = { .machine = machine, .setup = setup, .to = to };

	/* in the order in which they keep it from being had: no group without a driver */
	doctor.check = "driver";
	doctor_check_driver(&doctor, port);
	if (!doctor_is_there(&doctor, port))
		return doctor.n;
	doctor.check = "iommu";
	doctor_check_iommu(&doctor, port);
	doctor.check = "vfio";
	doctor_check_vfio(&doctor, port);
	return doctor.n;
}

bool
doctor_has_kind(const struct doctor *doctor, enum doctor_port_kind kind)
{
	for (unsigned i = 0; i < doctor->setup->n_ports; i++)
		if (doctor->setup->ports[i].kind == kind)
			return true;
	return false;
}
