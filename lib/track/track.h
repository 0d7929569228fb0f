/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The engine of one worker: parsed packets come in, flow entries move.
 *
 * Overview. Everything that a worker owns is in one struct track: its table, its timers, its
 * counters, its memory of recent packets and of endpoints. The worker's loop is
 *
 *	packets = track_inlet(track);
 *	n = receive(packets); decode_burst(layers, packets, n);
 *	track_push(track, n);                track_burst.c: the pipeline
 *	track_poll(track, now_us);           orders from the control core, expiry
 *
 * Time comes in with each packet and with each poll. The engine's clock is the latest of them and
 * never goes back.
 *
 * Life. Created and destroyed by the control core, while no worker uses it.
 *
 * Who writes and who reads. The worker writes. The control core reads through lib/snapshot and
 * nothing else.
 *
 * Cost. The way of packets allocates nothing, locks nothing, calls no kernel and reads no clock.
 */
#ifndef TRACK_H
#define TRACK_H

#include "domain.h"
#include "flow_table.h"
#include "packet.h"
#include "report_metrics.h"
#include "report_row.h"
#include "track_timer.h"

BASE_BEGIN_DECLS

struct track;
struct track_profile;
struct report_paths;

struct track_settings {
	struct track_timers timers;
	uint32_t duplicate_window_us;    /* 0: copies are not searched for */
	struct domain_identity identity; /* what names a network, and so is part of a flow's key */
};

struct track_config {
	uint32_t capacity; /* flows */
	uint32_t sockets;  /* records of endpoints, a power of two (endpoint_table.h) */
	uint32_t worker;   /* its number, 0 to workers - 1 */
	uint32_t workers;
	enum mem_pages pages;
	int node;                   /* NUMA node or MEM_NODE_ANY */
	struct report_paths *paths; /* the control core's, for snapshot alone; NULL: none */
	int keep;                   /* 1: nothing expires, nothing is evicted, ended flows stay */
	struct track_settings settings;
};

/* Worker: writes, each by itself (base_counter_add). Control: reads. */
struct track_counters {
	uint64_t verdicts[PACKET_N_VERDICTS]; /* packets; their sum is what was received */
	uint64_t bytes;                       /* of IP datagrams tracked */
	uint64_t gaps, retransmissions, rst_ignored, syn_on_live, out_of_window;
	uint64_t joined;    /* flows whose directions came in two networks (track_domain.h) */
	uint64_t ambiguous; /* packets that could have been the other direction of several */
	uint64_t tunnels[PACKET_N_TUNNELS];             /* packets by what wrapped them */
	uint64_t tunnels_ignored[PACKET_N_TUNNELS];     /* those of them that have no flow */
	uint64_t icmp_tied, icmp_no_flow, icmp_ignored; /* their sum: verdicts[PACKET_ICMP_ERROR] */
	uint64_t created, expired, evicted, reused, dropped, refused;
	/* live flows; signed sums are never negative once the worker is between bursts */
	uint64_t client_state[REPORT_STATES], server_state[REPORT_STATES];
	/* ends that went from one state to another; from CLOSED too as a flow is opened */
	uint64_t moves[REPORT_STATES][REPORT_STATES];
	uint64_t oneway;
	uint64_t outcomes[REPORT_OUTCOMES]; /* openings of TCP */
	uint64_t ended[REPORT_END_CAUSES];  /* connections of TCP, when they are forgotten */
};

/* The default settings: one worker with 1 M flows on lazily given memory. Any. */
void track_config_init(struct track_config *config);

/* Control, cold. NULL and errno: as flow_table_create and endpoint_table_init. */
struct track *track_create(const struct track_config *config);
void track_destroy(struct track *track);

/*
 * Bytes of memory that an engine takes for `capacity` flows and so many records of endpoints. Any.
 */
uint64_t track_need(uint32_t capacity, uint32_t sockets);

/*
 * The worker's way in. track_inlet returns room for PACKET_BURST_MAX packets, which belongs to the
 * engine. track_push takes the first n of them, parsed, in the order of arrival, and moves the
 * engine by the burst that was pushed before: while that one moves, memory answers what this one
 * asks for. track_flush moves the burst that waits, if there is one: for when no packets come, and
 * before states are read. Verdicts may change meanwhile (DUPLICATE, TABLE_FULL), and all of them
 * are counted. The packets' data is not read. Worker, hot.
 */
struct packet *track_inlet(struct track *track);
void track_push(struct track *track, unsigned n);
void track_flush(struct track *track);

/*
 * One bounded turn of what is not a packet: takes an order of the control core, applies endpoint
 * events that have waited long enough, and sweeps a piece of the table; the pieces make a whole
 * turn in half a second. Returns how many flows it ended. Worker.
 */
unsigned track_poll(struct track *track, uint64_t now_us);

/*
 * Nobody has polled the engine since its clock was last set: the process was stopped, or the
 * machine slept. What has come meanwhile waits somewhere, or is lost. So flows that had a packet
 * before get as much longer until they are due, but for those that are over. Before the packets are
 * pushed. Worker.
 */
void track_blind(struct track *track, uint64_t now_us);

/*
 * Sets the clock to `now_us` if that is later, and ends every flow that is due then. For the end of
 * a capture. Worker.
 */
void track_advance(struct track *track, uint64_t now_us);

/*
 * The same, a part at a time: examines `max` flows from number `from` on, which is 0 at first.
 * Returns where to go on, with the same time; UINT32_MAX: that was all. Worker.
 */
uint32_t track_advance_part(struct track *track, uint64_t now_us, uint32_t from, uint32_t max);

/* The engine's clock. Worker. */
uint64_t track_now_us(const struct track *track);

BASE_END_DECLS

#endif
