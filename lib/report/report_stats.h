/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The counters of `spanstat stats` at one moment, all workers and ports together and each alone.
 *
 * Filled by the control core from what workers and ports publish, sent as it is by ctl, printed by
 * print_stats.c and print_stats_text.c. received is always the sum of verdicts[].
 */
#ifndef REPORT_STATS_H
#define REPORT_STATS_H

#include "base_compiler.h"
#include "report_row.h"

BASE_BEGIN_DECLS

#define REPORT_WORKERS_MAX  64
#define REPORT_PORTS_MAX    32
#define REPORT_VERDICTS_MAX 40
#define REPORT_KINDS_MAX    24
#define REPORT_NAME_MAX     64

struct report_worker {
	uint32_t lcore;
	uint32_t numa_node;
	uint64_t received, tracked,
	    dropped;     /* packets; dropped: handed on, but its ring was full */
	uint64_t handed; /* packets that a receive core took and handed on to it */
	uint64_t stray;  /* packets that its queue gave it though they are another worker's */
	uint64_t flows_live, flows_capacity;
	uint64_t busy_cycles, idle_cycles; /* of its loop, by base_cpu_cycles */
};

/* Of a port, as it is now. GONE: its interface or device is not there. */
enum report_port_state { REPORT_PORT_DOWN, REPORT_PORT_UP, REPORT_PORT_GONE, REPORT_PORT_STATES };

#define REPORT_DRIVER_FILE "file" /* in a port's place: the capture files that are read */

struct report_port {
	char name[REPORT_NAME_MAX];   /* as the user named it: interface, PCI address, vdev, file */
	char driver[REPORT_NAME_MAX]; /* the PMD's, or REPORT_DRIVER_FILE */
	/* Since the start, also where the device went and came back. */
	uint64_t received;
	uint64_t bytes;     /* of frames as the wire had them, of those that were missed too */
	uint64_t missed;    /* lost before the program: NIC, ring, or kernel socket */
	uint64_t no_buffer; /* those of them for which the PMD found no mbuf */
	uint64_t errors;
	uint64_t sent;        /* frames that left by it: spanstatd sends none */
	uint32_t state;       /* enum report_port_state */
	uint32_t changes;     /* of the state, since the start */
	uint64_t stalled_sec; /* seconds in which packets arrived and none was received */
};

/* Later fragments, by what became of them; fragment.h says which is which. */
struct report_fragments {
	uint64_t followed, inner, others, waited, orphans;
	uint64_t reused; /* first ones of a datagram that had one */
	uint64_t overlaps;
};

/* Packets by what wrapped them. */
struct report_tunnel {
	char name[24];
	uint64_t packets, ignored; /* ignored: those of them that have no flow */
};

struct report_stats {
	uint64_t received, tracked, ignored;    /* packets; ignored = received - tracked */
	uint64_t dropped_nic, dropped_worker;   /* packets that no worker saw */
	uint64_t verdicts[REPORT_VERDICTS_MAX]; /* packets, by enum packet_verdict */
	uint64_t duplicates, gaps, retransmissions, rst_ignored, syn_on_live;
	uint64_t wrong_checksums;               /* packets; 0 too where nobody verifies them */
	uint64_t late_copies;                   /* of the mirror, after the window for duplicates */
	uint64_t copy_delay_us, copy_window_us; /* what copies take at most; what they may take */
	uint64_t bad_stamps; /* packets of captures whose time was far from their neighbours' */
	struct report_fragments fragments;
	/* flows joined of two networks; packets that fit to several; times without room for one */
	uint64_t networks_joined, networks_ambiguous, networks_refused;
	/* ICMP errors: shown on their flow; about none; about a TCP number that is not in flight */
	uint64_t icmp_tied, icmp_no_flow, icmp_ignored;
	uint64_t flows_live, flows_capacity, flows_created, flows_expired, flows_evicted;
	uint64_t flows_reused, flows_dropped, flows_refused; /* refused: no room even by eviction */
	uint64_t flows_saturated; /* times that a counter of trouble had to stay at its most */
	uint64_t flows_oneway, flows_tcp, flows_udp; /* live ones */
	uint64_t flows_client_state[REPORT_STATES];  /* live flows by the client's state */
	uint64_t flows_server_state[REPORT_STATES];
	/*
	 * Ends that went from a state to another, since the start. From CLOSED to that of its first
	 * packet, too; and to CLOSED when its time is over. Where both are the
	 * same it means nothing. Not printed by `stats`.
	 */
	uint64_t flows_moves[REPORT_STATES][REPORT_STATES];
	uint64_t sockets_live, sockets_capacity;        /* records of sockets */
	uint64_t sockets_replaced, sockets_passed_over; /* for want of room */
	uint64_t events_lost; /* to those who listen to `events`, and had not read them in time */
	uint64_t memory_table_bytes, memory_control_bytes;
	uint64_t now_us, uptime_us; /* report time, UTC */
	uint32_t hugepages;         /* 1: the tables lie on hugepages */
	uint32_t n_workers, n_ports;
	uint32_t n_verdicts, n_tunnels;
	char verdict_names[REPORT_VERDICTS_MAX][24];
	struct report_tunnel tunnels[REPORT_KINDS_MAX];
	struct report_worker workers[REPORT_WORKERS_MAX];
	struct report_port ports[REPORT_PORTS_MAX];
};

/*
 * How much more than its share the busiest worker received: 0 when all received the same, 1 when it
 * had twice the mean. Any.
 */
double report_stats_imbalance(const struct report_stats *stats);

/* "up", "down" or "gone"; "down" for what is no state. For programs and people alike. Any. */
const char *report_port_state_name(uint32_t state);

BASE_END_DECLS

#endif
