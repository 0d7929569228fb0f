/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rows of the reports that add many connections up, as they cross the control socket.
 *
 * The digests of this library make them in the daemon, ctl sends them as they are (its version
 * covers the layout), and lib/print prints them. They hold no pointer and no padding that is not
 * zero. Times are microseconds; addresses are as in report_end. `other` marks the one row of all
 * those for which there was no room for a row of their own: its sums are right, it has no name.
 */
#ifndef DIGEST_ROW_H
#define DIGEST_ROW_H

#include "report_row.h"

#define DIGEST_TOPS  4
#define DIGEST_NEVER UINT64_MAX

/* --- leaks ---------------------------------------------------------------------------------- */

/* What a half-closed connection waits for, as far as there is evidence; of a row: most of them. */
enum digest_verdict {
	DIGEST_YOUNG,       /* the FIN is seconds old: closing takes its time */
	DIGEST_IN_USE,      /* packets pass: the other half is being used */
	DIGEST_NOT_CLOSING, /* FIN acknowledged, host alive: the application does not close */
	DIGEST_GONE,        /* asked in vain since: the host is gone */
	DIGEST_SWALLOWED,   /* host alive, but the FIN or its ACK does not arrive: a firewall */
	DIGEST_SILENT,      /* FIN acknowledged, nothing shown since: not closing, or gone */
	DIGEST_UNSEEN,      /* the mirror does not show enough */
	DIGEST_UNJUDGED,    /* there was no room for its host */
	DIGEST_VERDICTS
};

struct digest_top {
	uint8_t addr[16];
	uint64_t at_least; /* connections */
	uint64_t is_exact; /* 1: and no more */
};

#define DIGEST_LEAKS_MAX 16384 /* rows, and one for all others; so of the next two */

/* The half-closed connections of one server and port that wait for the same end. */
struct digest_leak {
	uint8_t addr[16]; /* the server's */
	uint16_t port;
	uint8_t ip_version;
	uint8_t open_end; /* enum report_closer: who has not closed */
	uint8_t other;
	uint8_t verdict; /* enum digest_verdict */
	uint8_t n_tops;
	uint8_t has_growth;
	uint64_t count;                              /* connections */
	uint64_t close_wait, fin_wait_1, fin_wait_2; /* of them; who has not closed, who has */
	uint64_t by_verdict[DIGEST_VERDICTS];        /* their sum is count */
	uint64_t closed;                             /* others, closed by both ends lately */
	uint64_t oldest_us, median_us;               /* since the FIN */
	int64_t growth;                              /* more than in the sample before */
	uint64_t growth_us;                          /* which is so long ago */
	uint64_t heard_us;                           /* since one of the waited for was; NEVER */
	struct digest_top tops[DIGEST_TOPS];         /* clients, those with the most first */
};

/* --- timewait ------------------------------------------------------------------------------- */

#define DIGEST_TIMEWAIT_MAX 32768

/* The ports that one client uses toward one server and port. */
struct digest_timewait {
	uint8_t client[16], server[16];
	uint16_t port; /* the server's */
	uint8_t ip_version;
	uint8_t other;
	uint16_t port_low, port_high;   /* the client's, seen */
	uint16_t range_low, range_high; /* that they are taken to be chosen from */
	uint8_t reserved[4];
	uint64_t time_wait;        /* at the client: its ports are not free */
	uint64_t server_time_wait; /* at the server: no matter to the client */
	uint64_t held;             /* the client's ports in other states */
	uint64_t entered;          /* TIME_WAIT within the last window_us */
	uint64_t window_us;
	uint64_t wait_us;     /* 2 x MSL, as the daemon is configured */
	uint64_t steady;      /* ports in use in the long run at this rate */
	uint64_t runs_out_us; /* from now, at this rate; 0: there are none left; DIGEST_NEVER */
};

/* --- clients -------------------------------------------------------------------------------- */

#define DIGEST_CLIENTS_MAX 65536

struct digest_client {
	uint8_t addr[16];
	uint8_t ip_version;
	uint8_t other;
	uint8_t reserved[6];
	uint64_t count;
	uint64_t by_state[REPORT_STATES];                      /* of its own end */
	uint64_t packets_out, packets_in, bytes_out, bytes_in; /* sent by it, by its servers */
	uint64_t last_us;                                      /* UTC: the last packet of any */
	uint64_t idle_us;                                      /* since that */
};

static_assert(sizeof(struct digest_top) == 32, "words");
static_assert(sizeof(struct digest_leak) == 24 + (10 + DIGEST_VERDICTS) * 8 + DIGEST_TOPS * 32,
              "no padding crosses the socket");
static_assert(sizeof(struct digest_timewait) == 48 + 8 * 8, "nor here");
static_assert(sizeof(struct digest_client) == 24 + (7 + REPORT_STATES) * 8, "nor here");

#endif
