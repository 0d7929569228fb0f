/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What speaks of trouble at one server socket, or between it and one network of its clients: the
 * evidence from which `problems` is made.
 *
 * Overview. A worker counts troubles as they happen, by kind, in the case of the server's socket;
 * those that depend on the way too in a second case, of the socket and the client's network
 * (endpoint_case.h). Nobody has a case until there is something to write into it. For each kind a
 * case holds the current run: occurrences with no quiet of REPORT_RUN_QUIET_US between them. So it
 * says since when, how many, out of how many, and when the last one was.
 *
 * Life. snapshot_case_rows makes rows of a worker's cases. Each worker has its own cases of a
 * socket: who wants the whole adds the rows of one name up (report_case_add).
 *
 * Plain values; any thread.
 */
#ifndef REPORT_CASE_H
#define REPORT_CASE_H

#include "report_row.h"

BASE_BEGIN_DECLS

#define REPORT_RUN_QUIET_US UINT64_C(120000000)

/*
 * X(symbol, of): a trouble, and what it is counted out of: CONNECTIONS that the server accepted, or
 * segments that CLIENT or SERVER sent in connections with such a trouble. A name that ends so says
 * which end it is of: whose RST, whose segments, whose window.
 */
/* clang-format off */
#define REPORT_TROUBLE_LIST(X) \
	/* openings */ \
	X(REFUSED, CONNECTIONS)       /* answered by RST: SYNs, or what followed a SYN-ACK */ \
	X(UNREACHABLE, CONNECTIONS)   /* ICMP errors about SYNs; amount: 1 << enum report_icmp */ \
	X(SYN_AGAIN, CONNECTIONS)     /* SYNs repeated before anything of the server came */ \
	X(UNANSWERED, CONNECTIONS)    /* connections whose third SYN found no answer */ \
	X(DEAF, CONNECTIONS)          /* not taken though ACKed; amount: enum report_deaf */ \
	/* ends of open connections */ \
	X(RESET_CLIENT, CONNECTIONS)  /* RST while both ends were ESTABLISHED */ \
	X(RESET_SERVER, CONNECTIONS) \
	X(CUT_CLIENT, CONNECTIONS)    /* those with bytes unacknowledged at either end */ \
	X(CUT_SERVER, CONNECTIONS) \
	X(FORGED_CLIENT, CONNECTIONS) /* RST in its name alone; amount: enum report_forged */ \
	X(FORGED_SERVER, CONNECTIONS) \
	/* after at least ten seconds without packets; amount: that time in us */ \
	X(IDLE_RESET, CONNECTIONS)    /* what was sent met RST */ \
	X(IDLE_SILENT, CONNECTIONS)   /* it was sent four times, and nothing came back */ \
	X(IDLE_SURVIVED, CONNECTIONS) /* it was answered: no trouble; of paths alone */ \
	/* the same bytes four times; amount: bytes of that segment */ \
	X(STALLED_CLIENT, CONNECTIONS) /* nothing came back since */ \
	X(STALLED_SERVER, CONNECTIONS) \
	X(TOO_BIG_CLIENT, CONNECTIONS) /* a full segment; small ones pass, or it is heard */ \
	X(TOO_BIG_SERVER, CONNECTIONS) \
	/* segments */ \
	X(LOST_BEFORE_CLIENT, CLIENT) /* of this end, lost before the tap: came late */ \
	X(LOST_BEFORE_SERVER, SERVER) \
	X(LOST_BEHIND_CLIENT, CLIENT) /* of this end, lost behind the tap: came twice */ \
	X(LOST_BEHIND_SERVER, SERVER) \
	X(NEEDLESS_CLIENT, CLIENT)    /* sent again though their ACK had passed */ \
	X(NEEDLESS_SERVER, SERVER) \
	X(UNSEEN_CLIENT, CLIENT)      /* holes that only the mirror has */ \
	X(UNSEEN_SERVER, SERVER) \
	X(WINDOW_CLIENT, CONNECTIONS) /* its window was closed for over a second; amount: us */ \
	X(WINDOW_SERVER, CONNECTIONS) \
	/* from the tap to the server and back: four times what is usual there; amount: us */ \
	X(SLOW_ACCEPT, CONNECTIONS)   /* handshakes */ \
	X(SLOW_SERVER, CONNECTIONS)   /* round trips */
/* clang-format on */

enum report_trouble {
#define X(symbol, of) REPORT_TROUBLE_##symbol,
	REPORT_TROUBLE_LIST(X)
#undef X
	    REPORT_TROUBLES
};

/* How a server shows that it has not taken a connection. */
enum report_deaf {
	REPORT_DEAF_REPEATS = 1 << 0, /* it sends its SYN-ACK once more, after ACK and data */
	REPORT_DEAF_SILENT = 1 << 1,  /* data are sent four times, and it says nothing at all */
};

/* Why a RST is not believed to be that host's. */
enum report_forged {
	REPORT_FORGED_TTL = 1 << 0,    /* its TTL is not that of the end's other packets */
	REPORT_FORGED_GOES = 1 << 1,   /* the end goes on after it, as if it had not sent it */
	REPORT_FORGED_DENIED = 1 << 2, /* the other end goes on, and so does not have it */
	REPORT_FORGED_BOTH = 1 << 3,   /* one in the name of each end, at once */
};

/* The current run of a trouble. Times are UTC, microseconds since 1970; 0: there was none. */
struct report_run {
	uint64_t total; /* since the case was opened, in all runs */
	uint64_t count; /* in this run, since since_us */
	uint64_t of;    /* out of so many, from then until last_us */
	uint64_t since_us, last_us;
	uint64_t amount,
	    amount_least; /* the largest and the smallest in the run; or-ed for flags */
	uint64_t amount_sum;
};

struct report_case {
	uint8_t server[16];  /* network order; IPv4 in the first four bytes */
	uint8_t client[16];  /* a network of clients; zero where client_bits is */
	uint16_t port;       /* the server's */
	uint16_t vlan;       /* where the VLAN is part of what names a flow; else REPORT_NO_VLAN */
	uint8_t proto;       /* IPPROTO_TCP, IPPROTO_UDP */
	uint8_t ip_version;  /* 4, 6 */
	uint8_t client_bits; /* of the client's network: 24, 64; 0: the case of the socket alone */
	uint8_t reserved;
	uint32_t path; /* the networks that name it, where tunnels do (report_path.h) */
	uint32_t reserved2;
	uint64_t opened_us; /* UTC: its first trouble */
	struct report_run runs[REPORT_TROUBLES];
};

static_assert(sizeof(struct report_run) == 8 * 8, "words");
static_assert(sizeof(struct report_case) == 56 + REPORT_TROUBLES * 64, "words");

BASE_END_DECLS

#endif
