/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One connection seen from outside: what a report prints and what crosses the control socket.
 *
 * Made by snapshot from a flow entry, sent as it is by ctl (same machine, same build: the
 * protocol's version covers the layout), printed by print_text, print_json and print_csv.
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

/*
 * What the newest ICMP error (RFC 792, RFC 4443) said that quoted a packet of the connection. Same
 * numbers as enum packet_icmp.
 */
enum report_icmp {
	REPORT_ICMP_NONE,
	REPORT_ICMP_NET,
	REPORT_ICMP_HOST,
	REPORT_ICMP_PORT,
	REPORT_ICMP_ADMIN,
	REPORT_ICMP_TOO_BIG,
	REPORT_ICMP_TIME,
	REPORT_ICMP_OTHER,
	REPORT_N_ICMP
};

/*
 * Whose netstat: each of these ends is local and gives a line of its own. 0: no lines were asked
 * for, and the row is the connection as the tap sees it.
 */
enum report_line {
	REPORT_LINE_CLIENT = 1 << 0,
	REPORT_LINE_SERVER = 1 << 1,
	REPORT_LINE_SOCKET = 1 << 2, /* no connection: the client's end is a socket, without peer */
};

#define REPORT_NO_VLAN 0xffff
#define REPORT_NO_VNI  UINT32_MAX

struct report_end {
	uint8_t addr[16]; /* network order; IPv4 in the first four bytes */
	uint16_t port;
	uint8_t state; /* enum report_state */
	uint8_t reserved[5];
	uint64_t packets;
	uint64_t bytes;   /* whole IP datagrams */
	uint64_t payload; /* TCP: each sequence number once; UDP: all */
};

struct report_row {
	uint64_t id;
	uint8_t proto;      /* IPPROTO_TCP, IPPROTO_UDP */
	uint8_t ip_version; /* 4, 6 */
	uint8_t flags;      /* enum report_flag, or-ed */
	uint8_t closed_by;  /* enum report_closer */
	uint8_t end_cause;  /* enum report_end_cause */
	uint8_t worker;
	uint16_t vlan;        /* outermost tag of the first packet, or REPORT_NO_VLAN */
	uint64_t opened_us;   /* UTC, microseconds since 1970: first packet */
	uint64_t last_us;     /* the same: last packet */
	uint64_t in_state_us; /* how long both ends have been in the states shown */
	uint64_t idle_us;     /* since the last packet */
	uint8_t icmp;         /* enum report_icmp */
	uint8_t icmp_end;     /* enum report_closer: whose packet was quoted, who got the error */
	uint8_t lines;        /* enum report_line, or-ed */
	uint8_t replaced;     /* 1: its ports belong to a later connection */
	uint32_t path;        /* number of the tunnels around its first packet (report_path.h) */
	uint32_t vni;         /* of the innermost of them that names a network, or REPORT_NO_VNI */
	uint32_t reserved;
	struct report_end client, server;
};

/* What more is known of an end; TCP only, but for in_state_us. 0 is "none" or "not known". */
struct report_more {
	uint64_t in_state_us;   /* how long this end has been in its state */
	uint64_t retransmitted; /* its segments that the tap had seen before */
	uint64_t retransmitted_bytes;
	uint32_t out_of_order;     /* its segments that came into a hole */
	uint32_t gaps;             /* holes in what it sent that the mirror left */
	uint32_t zero_windows;     /* times that it closed its window */
	uint32_t rtt_us;           /* smoothed: tap to this end and back */
	uint32_t handshake_us;     /* the same of the handshake */
	uint32_t window;           /* last advertised, scaled, bytes */
	uint32_t snd_nxt, rcv_nxt; /* RFC 9293 3.3.1 */
	uint16_t mss;              /* offered in its SYN */
	uint8_t wscale;            /* shift offered in its SYN; 255: none or not seen */
	uint8_t known;             /* enum report_known, or-ed */
	uint8_t seen;              /* enum report_seen, or-ed */
	uint8_t reserved[3];
	uint32_t lost;      /* of out_of_order: sent again, for they were lost before the tap */
	uint32_t needless;  /* of retransmitted: all of it had been acknowledged before */
	uint64_t closed_us; /* how long its window was closed, all times together */
};

/* Control bits that the end has sent. */
enum report_seen {
	REPORT_SEEN_SYN = 1 << 0,
	REPORT_SEEN_ACK = 1 << 1,
	REPORT_SEEN_FIN = 1 << 2,
	REPORT_SEEN_RST = 1 << 3,
};

enum report_known {
	REPORT_KNOWS_SYN = 1 << 0,  /* its SYN was seen: mss, wscale and sack are what it said */
	REPORT_KNOWS_SACK = 1 << 1, /* and it permitted selective acknowledgements */
	REPORT_KNOWS_SND_NXT = 1 << 2,
	REPORT_KNOWS_RCV_NXT = 1 << 3, /* and its window */
	REPORT_KNOWS_IDLE = 1 << 4,    /* half closed, and nothing but keep-alives since */
};

/* A row with everything: the report `all`. */
struct report_full {
	struct report_row row;
	uint64_t copies; /* packets that the mirror showed twice */
	struct report_more client, server;
};

/* Its segments that were lost behind the tap: sent again, and not needlessly. Any. */
BASE_INLINE uint64_t
report_more_lost_behind(const struct report_more *more)
{
	return more->retransmitted > more->needless ? more->retransmitted - more->needless : 0;
}

static_assert(sizeof(struct report_end) == 48 && sizeof(struct report_more) == 80, "words");
static_assert(sizeof(struct report_row) == 64 + 2 * 48, "no padding crosses the socket");
static_assert(sizeof(struct report_full) == 160 + 8 + 2 * 80, "nor here");

#endif
