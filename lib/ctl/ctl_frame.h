/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What crosses the control socket: frames of a fixed header and a payload.
 *
 *	client: one request         CTL_CONN | CTL_ALLCONN | CTL_ALL | CTL_LISTEN | CTL_LISTEN_ALL |
 *	                            CTL_STATS | CTL_HOME | CTL_DROP | CTL_GROUP |
 *	                            CTL_DROP_MATCHING | CTL_LEAKS | CTL_TIMEWAIT | CTL_CLIENTS |
 *	                            CTL_EVENTS
 *	server: CTL_LABELS          what hosts and networks are called, if anything is
 *	        CTL_INFO            who answers, and report time
 *	        CTL_ROWS ...        none or many, for CTL_CONN and CTL_ALLCONN
 *	        CTL_FULL_ROWS ...   the same, for CTL_ALL
 *	        CTL_SOCKETS ...     the same, for CTL_LISTEN and CTL_LISTEN_ALL
 *	        CTL_GROUPS ...      the same, for CTL_GROUP
 *	        CTL_ROWS ...        those that are forgotten now, for CTL_DROP_MATCHING
 *	        CTL_LEAK_LINES ...  none or many, for CTL_LEAKS; and so for the two after it
 *	        CTL_EVENT_ROWS ...  as things happen, for CTL_EVENTS
 *	        CTL_COUNTERS        for CTL_STATS
 *	        CTL_NETS            for CTL_HOME
 *	        CTL_END             how it went; the next request may follow
 *
 * CTL_EVENTS has no end of its own over live traffic: the next request ends it, and so does a
 * client that says that it will send no more.
 *
 * Both ends are on one machine, so numbers and structs go in the machine's own order; the version
 * in every header covers the layout of all of them and moves with any of them. Magic and version
 * stay where they are in every version to come: so each end can tell an older or newer peer from
 * rubbish. A server that meets another version answers with one CTL_END in its own and hangs up.
 *
 * Nothing here is trusted: lengths are checked against the type before a payload is waited for.
 * Pure functions, any thread.
 */
#ifndef CTL_FRAME_H
#define CTL_FRAME_H

#include "base_compiler.h"
#include "digest_row.h"
#include "report_event.h"
#include "report_group.h"
#include "report_home.h"
#include "report_label.h"
#include "report_listen.h"
#include "report_row.h"
#include "report_stats.h"

BASE_BEGIN_DECLS

#define CTL_MAGIC       0x54535053u /* "SPST" as it lies in memory */
#define CTL_VERSION     5
#define CTL_PAYLOAD_MAX 40960 /* bytes of one frame: rows by the hundred */
#define CTL_TEXT_MAX    256   /* bytes of a message, its NUL included */
#define CTL_REQUEST_MAX 4096  /* bytes of a request's payload */
#define CTL_FILTER_MAX  2048  /* bytes of a filter, its NUL included */
#define CTL_WORDS_MAX   128   /* bytes of a list of words, its NUL included */

enum ctl_type {
	CTL_CONN = 1,      /* nothing, or struct ctl_ask */
	CTL_ALLCONN,       /* the same */
	CTL_STATS,         /* no payload */
	CTL_HOME,          /* no payload */
	CTL_DROP,          /* struct ctl_drop */
	CTL_ALL,           /* as CTL_CONN */
	CTL_LISTEN,        /* no payload */
	CTL_LISTEN_ALL,    /* no payload; those too that never answered */
	CTL_GROUP,         /* struct ctl_ask */
	CTL_DROP_MATCHING, /* struct ctl_ask, whose filter must not be empty */

	/* struct ctl_ask, whose `by` is empty: what many connections add up to (lib/digest) */
	CTL_LEAKS = 20,
	CTL_TIMEWAIT,
	CTL_CLIENTS,

	CTL_EVENTS = 30, /* struct ctl_ask: its filter and limit */

	CTL_INFO = 64, /* struct ctl_info */
	CTL_ROWS,      /* struct report_row, as many as fit */
	CTL_COUNTERS,  /* struct report_stats */
	CTL_NETS,      /* struct report_net, 0 to REPORT_NETS_MAX */
	CTL_END,       /* struct ctl_end */
	CTL_FULL_ROWS, /* struct report_full, as many as fit */
	CTL_SOCKETS,   /* struct report_listen, as many as fit */
	CTL_GROUPS,    /* struct report_group, as many as fit */

	CTL_LEAK_LINES = 80, /* struct digest_leak, as many as fit */
	CTL_TIMEWAIT_LINES,  /* struct digest_timewait, as many as fit */
	CTL_CLIENT_LINES,    /* struct digest_client, as many as fit */

	CTL_EVENT_ROWS = 100, /* struct report_event, as many as fit */

	CTL_LABELS = 110, /* struct report_label, 1 to REPORT_LABELS_MAX */
};

struct ctl_header {
	uint32_t magic;
	uint16_t version;
	uint16_t type;   /* enum ctl_type */
	uint32_t length; /* bytes of payload that follow */
	uint32_t reserved;
};

struct ctl_drop {
	uint64_t id;
};

/*
 * A row for each local end that has a socket, as netstat has lines: report_row.lines says which
 * ends of the row are meant. Sorted, each row is one line.
 */
enum ctl_lines {
	CTL_LINES = 1 << 0,
	CTL_LINES_CLOSED = 1 << 1,  /* ends in CLOSED too, though they have no socket any more */
	CTL_LINES_SERVED = 1 << 2,  /* UDP flows give a line at the end that is served from too */
	CTL_LINES_SOCKETS = 1 << 3, /* listening and unconnected sockets before all others */
};

/* Which rows, in which order, how many. Texts end with NUL; an empty one asks for nothing. */
struct ctl_ask {
	char filter[CTL_FILTER_MAX]; /* the filter language */
	char sort[CTL_WORDS_MAX];    /* FIELD[,FIELD...] */
	char by[CTL_WORDS_MAX];      /* CTL_GROUP: the same */
	uint64_t limit;              /* 0: none */
	uint16_t what;               /* CTL_GROUP: CTL_CONN, CTL_ALLCONN or CTL_ALL */
	uint8_t as_version;          /* with lines, 4, 6: those of the host `as`; 0: of home */
	uint8_t lines; /* enum ctl_lines, or-ed; 0: connections as the tap sees them */
	uint8_t reserved[4];
	uint8_t as[16];
};

struct ctl_info {
	char name[64];    /* the daemon's: its host or what the configuration calls it */
	char version[32]; /* the daemon's program version */
	uint64_t now_us;  /* report time, UTC */
};

struct ctl_end {
	int32_t status;          /* 0 or -errno */
	uint32_t cut;            /* 1: rows are missing at the end */
	uint64_t rows;           /* sent */
	char text[CTL_TEXT_MAX]; /* for a person, without "spanstat: "; empty when all is well */
};

static_assert(sizeof(struct ctl_header) == 16, "the header is the same in every version");
static_assert(sizeof(struct ctl_info) == 104 && sizeof(struct ctl_end) == 272, "no padding");

static_assert(sizeof(struct ctl_ask) == CTL_FILTER_MAX + 2 * CTL_WORDS_MAX + 32, "nor here");
static_assert(sizeof(struct ctl_ask) <= CTL_REQUEST_MAX, "it is taken whole");
static_assert(sizeof(struct report_stats) <= CTL_PAYLOAD_MAX, "counters fit in one frame");
static_assert(REPORT_NETS_MAX * sizeof(struct report_net) <= CTL_PAYLOAD_MAX, "so do networks");
static_assert(REPORT_LABELS_MAX * sizeof(struct report_label) <= CTL_PAYLOAD_MAX, "and labels");

/* Writes a header of `type` and `length` to `to`, any alignment. Returns its size. */
size_t ctl_frame_pack(void *to, enum ctl_type type, size_t length);

/*
 * Reads a header from the `have` bytes at `from`. 0 and *header is good; -EAGAIN: not whole yet;
 * -EPROTO: not a frame; -EPROTONOSUPPORT: another version, *header holds which; -ENOSYS: a type
 * nobody knows; -EMSGSIZE: a length its type cannot have. After all but -EAGAIN the stream is lost.
 */
int ctl_frame_unpack(const void *from, size_t have, struct ctl_header *header);

/* True for the types that a client sends. */
int ctl_frame_is_request(unsigned type);

/*
 * The frames that answer a request for rows, one after the other: their type, the bytes of a row,
 * and how many rows fit in one. Returns 0 for other requests.
 */
struct ctl_rows {
	enum ctl_type type;
	size_t bytes;
	unsigned max;
};
int ctl_frame_rows(unsigned request, struct ctl_rows *rows);

BASE_END_DECLS

#endif
