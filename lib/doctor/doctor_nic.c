/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports by what ethtool says: offloads, rings, pause frames, RSS; see doctor_checks.h.
 *
 * A NIC that vfio has taken from the kernel has no interface, and nobody else can be asked: then
 * the checks say so once, in `rss`.
 */

#include <net/if.h>
#include <stdio.h>

#include "base_text.h"
#include "doctor_checks.h"

#define NIC_KEY_BYTES 40 /* of a hash over both addresses and ports of IPv6 */

/* What the kernel knows of a port, by the interface that it has; false: nothing. */
static bool
nic_read(const struct doctor *doctor, const struct doctor_port *port, char *interface,
         struct doctor_nic *nic)
{
	return doctor_port_interface(doctor, port, interface) &&
	       doctor->machine->read_nic(interface, nic) == 0;
}

/* --- offloads -------------------------------------------------------------------------------- */

/* A merged frame is read by its header: bytes and states are right, what counts packets is not. */
void
doctor_check_merging(struct doctor *doctor, const struct doctor_port *port)
{
	char interface[IFNAMSIZ];
	struct doctor_nic nic;
	bool has_gro, has_lro, has_hw;

	if (!nic_read(doctor, port, interface, &nic) || !(nic.knows & DOCTOR_KNOWS_OFFLOADS))
		return;
	has_gro = (nic.offloads & DOCTOR_OFFLOAD_GRO) != 0;
	has_lro = (nic.offloads & DOCTOR_OFFLOAD_LRO) != 0;
	has_hw = (nic.offloads & DOCTOR_OFFLOAD_GRO_HW) != 0;
	if (!has_gro && !has_lro && !has_hw) {
		doctor_add(doctor, REPORT_FINDING_OK, interface, _("frames are not merged"));
		return;
	}
	doctor_add(doctor, REPORT_FINDING_ADVICE, interface,
	           _("frames are merged before they are seen (%s%s%s): counts of packets, and what "
	             "is judged by them, are not those of the wire"),
	           has_gro ? "GRO" : "", has_lro ? (has_gro ? ", LRO" : "LRO") : "",
	           has_hw ? (has_gro || has_lro ? ", rx-gro-hw" : "rx-gro-hw") : "");
	doctor_mend(doctor, "ethtool -K %s%s%s%s", interface, has_gro ? " gro off" : "",
	            has_lro ? " lro off" : "", has_hw ? " rx-gro-hw off" : "");
}

/* A tag that the NIC takes off comes beside the frame and is read from there. */
void
doctor_check_vlan(struct doctor *doctor, const struct doctor_port *port)
{
	char interface[IFNAMSIZ];
	struct doctor_nic nic;

	if (!nic_read(doctor, port, interface, &nic) || !(nic.knows & DOCTOR_KNOWS_OFFLOADS))
		return;
	if (nic.offloads & DOCTOR_OFFLOAD_VLAN_FILTER) {
		doctor_add(doctor, REPORT_FINDING_ADVICE, interface,
		           _("the NIC filters by VLAN, some even when promiscuous: frames of other "
		             "VLANs may be missing"));
		doctor_mend(doctor, "ethtool -K %s rx-vlan-filter off", interface);
	} else if (nic.offloads & DOCTOR_OFFLOAD_VLAN_STRIP) {
		doctor_add(doctor, REPORT_FINDING_OK, interface,
		           _("the NIC takes tags off, and they are read beside the frame"));
	} else {
		doctor_add(doctor, REPORT_FINDING_OK, interface, _("tags stay in the frame"));
	}
}

/* --- rings and pause frames ------------------------------------------------------------------ */

void
doctor_check_rings(struct doctor *doctor, const struct doctor_port *port)
{
	char interface[IFNAMSIZ];
	struct doctor_nic nic;

	if (!nic_read(doctor, port, interface, &nic) || !(nic.knows & DOCTOR_KNOWS_RINGS))
		return;
	if (nic.ring >= nic.ring_max || port->kind == DOCTOR_PORT_PCI) {
		doctor_add(doctor, REPORT_FINDING_OK, interface, _("%u descriptors of at most %u"),
		           nic.ring, nic.ring_max);
		return;
	}
	doctor_add(doctor, REPORT_FINDING_ADVICE, interface,
	           _("%u descriptors of at most %u: a burst that finds none is lost"), nic.ring,
	           nic.ring_max);
	doctor_mend(doctor, "ethtool -G %s rx %u", interface, nic.ring_max);
}

void
doctor_check_pause(struct doctor *doctor, const struct doctor_port *port)
{
	char interface[IFNAMSIZ];
	struct doctor_nic nic;

	if (!nic_read(doctor, port, interface, &nic) || !(nic.knows & DOCTOR_KNOWS_PAUSE))
		return;
	if (!nic.pause_tx) {
		doctor_add(doctor, REPORT_FINDING_OK, interface, _("no pause frames are sent"));
		return;
	}
	doctor_add(doctor, REPORT_FINDING_ADVICE, interface,
	           _("pause frames are sent: a mirror port that is full holds the switch up, and "
	             "losses are not seen"));
	doctor_mend(doctor, "ethtool -A %s autoneg off rx off tx off", interface);
}

/* --- RSS ------------------------------------------------------------------------------------- */

/* The kernel serves each queue on a CPU of its own, so directions may come in the wrong order. */
static void
nic_rss_interface(struct doctor *doctor, const char *interface, const struct doctor_nic *nic)
{
	if (!(nic->knows & DOCTOR_KNOWS_QUEUES) || nic->queues <= 1) {
		doctor_add(doctor, REPORT_FINDING_OK, interface,
		           _("one queue, so packets come in their order"));
		return;
	}
	doctor_add(doctor, REPORT_FINDING_ADVICE, interface,
	           _("%u queues: an answer may come before its question, and one ring takes them "
	             "all"),
	           nic->queues);
	doctor_mend(doctor, "ethtool -L %s %s 1", interface, nic->is_combined ? "combined" : "rx");
}

static void
nic_rss_pci(struct doctor *doctor, const char *address, const struct doctor_nic *nic)
{
	unsigned workers = doctor->setup->conf.workers;

	if (!(nic->knows & DOCTOR_KNOWS_QUEUES) || nic->queues_max < workers) {
		doctor_add(doctor, REPORT_FINDING_ADVICE, address,
		           _("at most %u queues for %u workers: a receive core hands each "
		             "connection to its worker"),
		           nic->knows & DOCTOR_KNOWS_QUEUES ? nic->queues_max : 1, workers);
		doctor_mend(doctor, "workers = 1");
	} else if (workers > 1 && nic->rss_key_bytes < NIC_KEY_BYTES) {
		doctor_add(doctor, REPORT_FINDING_ADVICE, address,
		           _("%u queues, and no key of %d bytes that both directions of a "
		             "connection would meet by: a receive core hands them on"),
		           nic->queues_max, NIC_KEY_BYTES);
		doctor_mend(doctor, "workers = 1");
	} else {
		doctor_add(doctor, REPORT_FINDING_OK, address,
		           _("up to %u queues, a key of %u bytes, %u places"), nic->queues_max,
		           nic->rss_key_bytes, nic->rss_table);
	}
}

void
doctor_check_rss(struct doctor *doctor, const struct doctor_port *port)
{
	char interface[IFNAMSIZ];
	struct doctor_nic nic;

	if (!nic_read(doctor, port, interface, &nic))
		doctor_add(
		    doctor, REPORT_FINDING_OK, port->name,
		    _("the kernel does not have it, so nobody is asked: the log of spanstatd "
		      "has queues and RSS"));
	else if (port->kind == DOCTOR_PORT_PCI)
		nic_rss_pci(doctor, port->name, &nic);
	else
		nic_rss_interface(doctor, interface, &nic);
}
