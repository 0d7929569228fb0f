/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One connection seen from outside: what a report prints and what crosses the control socket.
 *
 * Made by track_snapshot from a flow entry, sent as it is by ctl (same machine, same build: the
 * protocol's version covers the layout), printed by report_text, report_json and report_csv.
 * It holds no pointer and no unknown padding: rows are zeroed before they are filled.
 */
#ifndef REPORT_ROW_H
#define REPORT_ROW_H

#include "base_compiler.h"

/*
 * RFC 9293's names in the order of its figure 5, and UDP, which has none. Same numbers as enum
 * tcp_state.
 */
enum report_state {
	REPORT_CLOSED,
	REPORT_LISTEN,
	REPORT_SYN_SENT,
	REPORT_SYN_RECEIVED,
	REPORT_ESTABLISHED,
	REPORT_FIN_WAIT_1,
	REPORT_FIN_WAIT_2,
	REPORT_CLOSE_WAIT,
	REPORT_CLOSING,
	REPORT_LAST_ACK,
	REPORT_TIME_WAIT,
	REPORT_UDP,
	REPORT_STATES
};

/* Bits of report_row.flags, printed in this order. */
enum report_flag {
	REPORT_MIDSTREAM = 1 << 0,    /* its opening was not seen */
	REPORT_ONEWAY = 1 << 1,       /* only one direction was seen */
	REPORT_GAP = 1 << 2,          /* segments passed that the mirror did not show */
	REPORT_ROLE_GUESSED = 1 << 3, /* which end is the client is a guess */
};

enum report_closer { REPORT_CLOSER_NONE, REPORT_CLOSER_CLIENT, REPORT_CLOSER_SERVER };

enum report_end_cause {
	REPORT_END_NONE,
	REPORT_END_FIN,
	REPORT_END_RST,
	REPORT_END_TIMEOUT,
	REPORT_END_EVICTED,
	REPORT_END_DROPPED,
	REPORT_END_REUSED,
	REPORT_END_CAUSES
};

#define REPORT_NO_VLAN 0xffff

struct report_end {
	uint8_t addr[16]; /* network order; IPv4 in the first four bytes */
	uint16_t port;
	uint16_t mss;   /* offered in its SYN; 0: not seen */
	uint8_t state;  /* enum report_state */
	uint8_t wscale; /* shift offered in its SYN; 255: none or not seen */
	uint8_t reserved[2];
	uint32_t window;  /* last advertised, scaled, bytes */
	uint32_t snd_nxt; /* RFC 9293 3.3.1; TCP only */
	uint64_t packets;
	uint64_t bytes;   /* whole IP datagrams */
	uint64_t payload; /* TCP: each sequence number once; UDP: all */
	uint64_t retransmissions;
};

struct report_row {
	uint64_t id;
	uint8_t proto;      /* IPPROTO_TCP, IPPROTO_UDP */
	uint8_t ip_version; /* 4, 6 */
	uint8_t flags;      /* enum report_flag, or-ed */
	uint8_t closed_by;  /* enum report_closer */
	uint8_t end;        /* enum report_end_cause */
	uint8_t worker;
	uint16_t vlan;        /* outermost tag of the first packet, or REPORT_NO_VLAN */
	uint64_t opened_us;   /* UTC, microseconds since 1970: first packet */
	uint64_t last_us;     /* the same: last packet */
	uint64_t in_state_us; /* how long both ends have been in the states shown */
	uint64_t idle_us;     /* since the last packet */
	struct report_end client, server;
};

static_assert(sizeof(struct report_end) == 64, "one cache line an end");
static_assert(sizeof(struct report_row) == 48 + 2 * 64, "no padding crosses the socket");

#endif
