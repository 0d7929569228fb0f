/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One socket seen from outside: a row of the report `listen`.
 *
 * snapshot_endpoint_rows makes it from the records of all workers, ctl sends it as it is, and
 * print_listen.c prints it. It holds no pointer and no unknown padding: rows are zeroed before they
 * are filled. Rows stream, in no order.
 */
#ifndef REPORT_LISTEN_H
#define REPORT_LISTEN_H

#include "report_metrics.h"
#include "report_row.h"

BASE_BEGIN_DECLS

/* What is known of the socket, the strongest evidence last. */
enum report_listen_state {
	REPORT_LISTEN_SILENT,      /* asked, never answered */
	REPORT_LISTEN_REFUSED,     /* TCP: SYNs were answered with RST */
	REPORT_LISTEN_ANSWERED,    /* UDP: answered what was sent to it */
	REPORT_LISTEN_UNCONNECTED, /* UDP: talks with several peers from one port */
	REPORT_LISTEN_LISTEN,      /* TCP: answered a SYN with SYN-ACK */
	REPORT_LISTEN_STATES
};

/* Distinct peers of a UDP socket: none known, one, or more. */
enum report_listen_peers { REPORT_PEERS_NONE, REPORT_PEERS_ONE, REPORT_PEERS_MANY };

struct report_listen {
	uint8_t addr[16]; /* network order; IPv4 in the first four bytes */
	uint16_t port;
	uint16_t vlan;      /* where the VLAN is part of what names a flow; else REPORT_NO_VLAN */
	uint8_t proto;      /* IPPROTO_TCP, IPPROTO_UDP */
	uint8_t ip_version; /* 4, 6 */
	uint8_t state;      /* enum report_listen_state */
	uint8_t peers;      /* enum report_listen_peers */
	uint32_t path;      /* the networks that name it, where tunnels do (report_path.h) */
	uint32_t reserved;
	uint64_t asked;    /* TCP: SYNs, once it is known what became of them; UDP: flows */
	uint64_t accepted; /* TCP: handshakes completed; UDP: flows answered */
	uint64_t refused;
	uint64_t unanswered;
	uint64_t syn_ack_retransmitted; /* TCP: retransmitted SYN-ACKs */
	uint64_t first_us;              /* UTC, microseconds since 1970 */
	uint64_t last_us;               /* the same: when it last answered or was asked in vain */
	uint64_t age_us;                /* since first_us */
	uint64_t idle_us;               /* since last_us */
	/* TCP alone from here on */
	uint64_t accepted_us;      /* UTC: when it last accepted; 0: never */
	uint64_t refused_first_us; /* the same: its first refusal that is known */
	uint64_t deaf;             /* connections that it did not take though their ACK passed */
	uint64_t resets[2];        /* RSTs in open connections: of clients, of the server */
	/* Accepted connections by end cause. By FINs: the rest, but for live ones. */
	uint64_t ended[REPORT_END_CAUSES];
	struct report_times handshake;  /* from the tap to the server and back */
	struct report_times round_trip; /* the same: of each at its end, and of some before */
};

static_assert(sizeof(struct report_listen) ==
                  32 + (14 + REPORT_END_CAUSES) * 8 + 2 * sizeof(struct report_times),
              "no padding crosses the socket");

BASE_END_DECLS

#endif
