/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The checks, and what they are given; only lib/doctor and its tests use them.
 *
 * A check adds at least one finding, an OK where nothing is wrong, so that what was looked at can
 * be seen. It reads by doctor_file.h alone. One thread.
 */
#ifndef DOCTOR_CHECKS_H
#define DOCTOR_CHECKS_H

#include "doctor.h"

BASE_BEGIN_DECLS

/* One examination under way. */
struct doctor {
	const struct doctor_machine *machine;
	const struct doctor_setup *setup;
	const char *check; /* the word of the check that runs */
	struct report_finding *to;
	unsigned n;
};

/* Adds a finding about `of`, "" for the machine; the text is translated already. */
void doctor_add(struct doctor *doctor, enum report_finding_verdict verdict, const char *of,
                const char *format, ...) BASE_PRINTF(4, 5);

/* The command that mends what the last finding says. */
void doctor_mend(struct doctor *doctor, const char *format, ...) BASE_PRINTF(2, 3);

/*
 * Each word with the function of its check: X(word, function, about). `about` MACHINE is called
 * once and with no port, INTERFACE and PCI for each port of that kind, PORT for each of either.
 */
/* clang-format off */
#define DOCTOR_CHECKS(X) \
X("versions", doctor_check_versions, MACHINE) \
X("configuration", doctor_check_configuration, MACHINE) \
X("locale", doctor_check_locale, MACHINE) \
X("cpu", doctor_check_cpu, MACHINE) \
X("clock", doctor_check_clock, MACHINE) \
X("cores", doctor_check_cores, MACHINE) \
X("isolation", doctor_check_isolation, MACHINE) \
X("hugepages", doctor_check_hugepages, MACHINE) \
X("mounts", doctor_check_mounts, MACHINE) \
X("memory", doctor_check_memory, MACHINE) \
X("memlock", doctor_check_memlock, MACHINE) \
X("rights", doctor_check_rights, MACHINE) \
X("iommu", doctor_check_iommu, PCI) \
X("driver", doctor_check_driver, PCI) \
X("vfio", doctor_check_vfio, PCI) \
X("numa", doctor_check_numa, PORT) \
X("link", doctor_check_link, INTERFACE) \
X("speaks", doctor_check_speaks, INTERFACE) \
X("merging", doctor_check_merging, INTERFACE) \
X("vlan", doctor_check_vlan, INTERFACE) \
X("mtu", doctor_check_mtu, INTERFACE) \
X("rings", doctor_check_rings, PORT) \
X("pause", doctor_check_pause, PORT) \
X("rss", doctor_check_rss, PORT)
/* clang-format on */

#define DOCTOR_CHECK(word, function, about)                                                        \
	void function(struct doctor *doctor, const struct doctor_port *port);
DOCTOR_CHECKS(DOCTOR_CHECK)
#undef DOCTOR_CHECK

/* --- what several checks ask ------------------------------------------------------------------ */

/* The NUMA node of a port, or of a CPU; -1: there is none, or it is not known. */
int doctor_port_node(const struct doctor *doctor, const struct doctor_port *port);
int doctor_cpu_node(const struct doctor *doctor, unsigned cpu);

/* The interface that a port is, or that its kernel's driver made of it, IFNAMSIZ bytes. */
bool
doctor_port_interface(const struct doctor *doctor, const struct doctor_port *port, char *interface);

/* Is a port of that kind among those of the set-up? */
bool doctor_has_kind(const struct doctor *doctor, enum doctor_port_kind kind);

/* Is the device there? What is not there has one finding, of `link` or `driver`, and no others. */
bool doctor_is_there(const struct doctor *doctor, const struct doctor_port *port);

/* Bits of CapEff, linux/capability.h. */
bool doctor_has_capability(const struct doctor *doctor, unsigned capability);

BASE_END_DECLS

#endif
