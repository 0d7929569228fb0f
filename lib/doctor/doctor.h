/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is this machine fit for spanstatd? A table of checks, each from files of the kernel and the
 * set-up that is meant to findings.
 *
 * Overview. doctor_examine goes through the table: some checks are about the machine, others about
 * each port. Each reads files below a root folder and a struct of what ethtool would say; nothing
 * else of the machine is asked, so a test gives a folder of its own. No daemon, no EAL, nothing is
 * changed, nothing is printed.
 *
 * Life. One call. Who writes and who reads: one thread. Cost: some hundred small files; with
 * isolated CPUs one more for each thread of the machine.
 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include <stdbool.h>

#include "conf.h"
#include "doctor_ethtool.h"
#include "report_finding.h"

BASE_BEGIN_DECLS

#define DOCTOR_FINDINGS_MAX 512
#define DOCTOR_PORTS_MAX    CONF_SOURCES_MAX
#define DOCTOR_ERROR_MAX    256

/* What is looked at. All is borrowed. */
struct doctor_machine {
	const char *root; /* "" is this machine: /proc and /sys are looked for below it */
	/* What the kernel's ethtool says of an interface. 0 or -errno. */
	int (*read_nic)(const char *interface, struct doctor_nic *nic);
	const char *locale;  /* that was asked for and is not there; NULL: it is there */
	const char *charset; /* of the locale in force, as nl_langinfo has it */
	const char *dpdk;    /* version that spanstatd was built with */
};

enum doctor_port_kind { DOCTOR_PORT_INTERFACE, DOCTOR_PORT_PCI };

struct doctor_port {
	enum doctor_port_kind kind;
	char name[REPORT_FINDING_OF_MAX]; /* of the interface; DDDD:BB:DD.F */
};

/* What is meant to run there. */
struct doctor_setup {
	struct conf conf;
	char file[CONF_ITEM_MAX];     /* the configuration that was read; "": there is none */
	char error[DOCTOR_ERROR_MAX]; /* why it could not be read; "": it could */
	unsigned n_ports;
	struct doctor_port ports[DOCTOR_PORTS_MAX];
};

/*
 * Findings into `to`, which has room for DOCTOR_FINDINGS_MAX; what goes beyond is left out. The
 * texts are in the language of the process. Returns how many. Main thread.
 */
unsigned doctor_examine(const struct doctor_machine *machine, const struct doctor_setup *setup,
                        struct report_finding *to);

/*
 * The findings of `iommu`, `driver` and `vfio` of one NIC alone, for who cannot have it; `to` as
 * above. The texts are in the language of the process. Control.
 */
unsigned doctor_examine_pci(const struct doctor_machine *machine, const struct doctor_setup *setup,
                            const struct doctor_port *port, struct report_finding *to);

/* The NUMA node of a port, from files alone; -1: of none, or it is not known. Any thread. */
int doctor_node_of_port(const struct doctor_machine *machine, const struct doctor_port *port);

BASE_END_DECLS

#endif
