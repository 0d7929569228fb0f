/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The filter language: which connections a report is about.
 *
 * Overview. It is ss's language over the words of a tap: `state close-wait and dport 443`, `client
 * 10.0.0.0/8 idle > 5m`, `not (proto udp or flag midstream)`. A text is compiled once (filter_scan,
 * filter_parse, filter_test, filter_build) to an array of tests. Each test has the test to go on
 * with when it holds, and the one when it does not. A jump always goes to a lower number, so every
 * run ends. Matching runs the tests over one report_row and allocates nothing.
 *
 * A source that makes rows from something larger need not make them whole. filter_needs says which
 * parts a program reads, and filter_match stops at the first test that reads a missing part. Tests
 * are put in the order of what their parts cost, as far as `and` and `or` allow.
 *
 * Life. A struct filter is a value without pointers: filter_compile fills it, nothing frees it.
 *
 * Who writes and who reads. filter_compile writes it; after that any number of threads read it.
 *
 * Cost. Some ten nanoseconds a row and less; 12 KB a filter.
 */
#ifndef FILTER_H
#define FILTER_H

#include "base_compiler.h"
#include "report_row.h"

BASE_BEGIN_DECLS

#define FILTER_TESTS_MAX 2048 /* a test on both ends counts as two; each name is a test */
#define FILTER_TEXT_MAX  2048 /* bytes of a filter, its NUL included */
#define FILTER_ERROR_MAX 240  /* bytes of a message, its NUL included */

/* The parts of a row, the cheap ones first. */
enum filter_part {
	FILTER_PART_KEY = 1 << 0,      /* proto, ip_version, both ends' addr and port */
	FILTER_PART_STATES = 1 << 1,   /* both ends' state; flags, closed_by, end */
	FILTER_PART_TIMES = 1 << 2,    /* opened_us, last_us, in_state_us, idle_us */
	FILTER_PART_ORIGIN = 1 << 3,   /* id, vlan, vni, path, worker */
	FILTER_PART_COUNTERS = 1 << 4, /* both ends' packets, bytes, payload */
	FILTER_PART_MORE = 1 << 5,     /* what report_full has beyond the row */
	FILTER_PARTS_ROW = FILTER_PART_MORE - 1,
	FILTER_PARTS_ALL = FILTER_PARTS_ROW | FILTER_PART_MORE,
};

struct report_paths; /* report_path.h */

/* The end that `src` and `sport` mean; the other one is `dst` and `dport`. */
enum filter_local_end { FILTER_LOCAL_CLIENT, FILTER_LOCAL_SERVER };

/* What is matched. */
struct filter_subject {
	const struct report_row *row;
	const struct report_full *full; /* NULL unless FILTER_PART_MORE is in `parts` */
	enum filter_local_end local;
	unsigned parts; /* enum filter_part, or-ed: what is there */
	int one_end;    /* 1: tests on either end's state read the local end only */
	const struct report_paths *paths; /* what row->path means; NULL: nothing */
};

/* Where a run ends, as the number of a test. */
#define FILTER_ACCEPT 0xffff
#define FILTER_REJECT 0xfffe

/* The last three are of any tunnel around the connection, in either direction. */
enum filter_kind {
	FILTER_RANGE,
	FILTER_NET,
	FILTER_STATES,
	FILTER_FLAGS,
	FILTER_TUNNELS, /* kinds */
	FILTER_VNI,     /* range */
	FILTER_OUTER,   /* net */
};

/* Whose: the row's, or one of its ends'. FILTER_EITHER is for states only. */
enum filter_who { FILTER_CLIENT, FILTER_SERVER, FILTER_LOCAL, FILTER_PEER, FILTER_EITHER };

struct filter_test {
	uint8_t kind;  /* enum filter_kind */
	uint8_t field; /* FILTER_RANGE: enum filter_field */
	uint8_t who;   /* enum filter_who */
	uint8_t part;  /* enum filter_part that it reads */
	uint16_t on_true, on_false;
	union {
		struct {
			uint64_t least, most; /* least > most: never */
		} range;
		struct {
			uint64_t addr[2], mask[2]; /* as they lie in report_end */
			uint8_t version;
		} net;
		uint32_t mask; /* of states, of flags, of kinds of tunnels */
	};
};

struct filter {
	uint16_t begin; /* number of the first test, or FILTER_ACCEPT */
	uint16_t n;
	unsigned needs;
	struct filter_test tests[FILTER_TESTS_MAX];
};

struct filter_error {
	unsigned offset;             /* into the text, bytes from 0 */
	char text[FILTER_ERROR_MAX]; /* "column 7: expected ...": one line, for a person */
};

struct report_labels; /* report_label.h */

/*
 * Compiles `text`; nothing but blanks matches everything. `labels` are those that its tests of
 * names mean, and are not needed afterwards; NULL: none, and a name matches nothing. 0; -EINVAL: it
 * is no filter; -E2BIG: it is too long. Then *error says what and where (it may be NULL) and
 * *filter is not to be used. Any thread; cold.
 */
int filter_compile(struct filter *filter, const char *text, const struct report_labels *labels,
                   struct filter_error *error);

/*
 * 1: it matches; 0: it does not; -EAGAIN: that depends on a part that subject->parts has not. With
 * FILTER_PARTS_ALL always 0 or 1. Any thread; hot.
 */
int filter_match(const struct filter *filter, const struct filter_subject *subject);

/*
 * Is there a row with only these parts of which filter_match says 0? False: it says 1 or -EAGAIN of
 * every one. Any thread; cold.
 */
bool filter_may_reject(const struct filter *filter, unsigned parts);

/* The parts that any of its tests reads: enum filter_part, or-ed. */
BASE_INLINE unsigned
filter_needs(const struct filter *filter)
{
	return filter->needs;
}

BASE_END_DECLS

#endif
