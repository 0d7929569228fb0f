/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What crosses the control socket: frames of a fixed header and a payload.
 *
 * Overview. Frames in order:
 *
 *	client: CTL_ASK        one request: which report, and of what
 *	server: CTL_LABELS     what hosts and networks are called, if anything is
 *	        CTL_INFO       who answers, and report time
 *	        CTL_PATHS ...  before the rows that name them: the tunnels of connections
 *	        CTL_ROWS ...   none or many: rows of that report's type (report_table.h)
 *	        CTL_END        how it went; the next request may follow
 *
 * A report over live traffic may go on for ever. Then the next request ends it, and so does a
 * client that says that it will send no more.
 *
 * Both ends are on one machine, so numbers and structs go in the machine's own order. The version
 * in every header covers the layout of all of them, and the numbers of the reports; it moves with
 * any of them. Magic and version keep their place in every version to come, so each end knows an
 * older or newer peer from rubbish. A server that meets another version answers with one CTL_END in
 * its own version and hangs up. Nothing here is trusted: lengths are checked against the type
 * before anybody waits for a payload.
 *
 * Life, and who writes and reads. Pure functions over the caller's bytes; any thread.
 *
 * Cost. A struct ctl_header for each frame besides its payload.
 */
#ifndef CTL_FRAME_H
#define CTL_FRAME_H

#include "base_compiler.h"
#include "query.h"
#include "report_label.h"
#include "report_path.h"

BASE_BEGIN_DECLS

#define CTL_MAGIC       0x54535053u /* "SPST" as it lies in memory */
#define CTL_VERSION     8
#define CTL_PAYLOAD_MAX 40960 /* bytes of one frame: rows by the hundred */
#define CTL_TEXT_MAX    256   /* bytes of a message, its NUL included */
#define CTL_REQUEST_MAX 4096  /* bytes of a request's payload */
#define CTL_FILTER_MAX  2048  /* bytes of a filter, its NUL included */
#define CTL_PATH_ROWS   48    /* rows of one frame where rows have paths */
#define CTL_WORDS_MAX   128   /* bytes of a list of words, its NUL included */

enum ctl_type {
	CTL_ASK = 1, /* nothing, or struct ctl_ask */
	CTL_INFO,    /* struct ctl_info */
	CTL_LABELS,  /* struct report_label, 1 to REPORT_LABELS_MAX */
	CTL_PATHS,   /* struct report_step, as many as fit */
	CTL_ROWS,    /* rows of the report, as many as fit */
	CTL_END,     /* struct ctl_end */
};

struct ctl_header {
	uint32_t magic;
	uint16_t version;
	uint16_t type;   /* enum ctl_type */
	uint32_t length; /* bytes of payload that follow */
	uint16_t report; /* CTL_ASK, CTL_ROWS: enum report_request; else 0 */
	uint16_t reserved;
};

/* A query_request as it crosses. Texts end with NUL; an empty one asks for nothing. */
struct ctl_ask {
	char filter[CTL_FILTER_MAX]; /* the filter language */
	char sort[CTL_WORDS_MAX];    /* FIELD[,FIELD...] */
	char by[CTL_WORDS_MAX];      /* GROUP: the same */
	uint64_t limit;              /* 0: none */
	uint64_t id;                 /* DROP: of the connection */
	uint16_t of;                 /* GROUP: enum report_request: whose connections */
	uint8_t as_version;          /* with lines, 4, 6: those of the host `as`; 0: of home */
	uint8_t lines; /* enum query_lines, or-ed; 0: connections as the tap sees them */
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

static_assert(sizeof(struct ctl_ask) == CTL_FILTER_MAX + 2 * CTL_WORDS_MAX + 40, "nor here");
static_assert(sizeof(struct ctl_ask) <= CTL_REQUEST_MAX, "it is taken whole");
static_assert(CTL_TEXT_MAX == QUERY_TEXT_MAX, "a message of a query is sent whole");
static_assert(sizeof(struct report_stats) <= CTL_PAYLOAD_MAX, "counters fit in one frame");
static_assert(REPORT_LABELS_MAX * sizeof(struct report_label) <= CTL_PAYLOAD_MAX, "and labels");
static_assert(CTL_PATH_ROWS * (2 * REPORT_TUNNELS_MAX + 1) * sizeof(struct report_step) <=
                  CTL_PAYLOAD_MAX,
              "and the paths of a frame of rows");

/*
 * Writes a header of `type` and `length` to `to`, any alignment; `report` of those that have one,
 * else 0. Returns its size.
 */
size_t ctl_frame_pack(void *to, enum ctl_type type, unsigned report, size_t length);

/*
 * Reads a header from the `have` bytes at `from`. 0 and *header is good; -EAGAIN: not whole yet;
 * -EPROTO: not a frame; -EPROTONOSUPPORT: another version, *header holds which; -ENOSYS: a type or
 * report nobody knows; -EMSGSIZE: a length its type cannot have. After all but -EAGAIN the stream
 * is lost.
 */
int ctl_frame_unpack(const void *from, size_t have, struct ctl_header *header);

/* Bytes of one row of that report; 0: there is no such report. How many rows fit in one frame. */
size_t ctl_frame_row_bytes(unsigned report);
unsigned ctl_frame_rows_max(unsigned report);

/* Where the number of its path stands in a row of that report; SIZE_MAX: it has none. */
size_t ctl_frame_path_at(unsigned report);

/*
 * The request as lib/query has it. The texts are ended here, and borrowed from *ask. ask NULL:
 * nothing but the report. A number that cannot be is taken for none.
 */
void ctl_frame_request(struct query_request *request, unsigned report, struct ctl_ask *ask);

BASE_END_DECLS

#endif
