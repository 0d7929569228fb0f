/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tunnels in which connections were seen, as rows name them: by one number.
 *
 * Overview. A row has no room for eight tunnels with both their ends, and many rows share theirs.
 * So each step of a path is kept once: what it is, and the number of the step outside it. A row
 * holds the number of its innermost step. The control core numbers them as it makes rows, the
 * server sends those that its rows need before the rows, and the command keeps what it was sent.
 *
 * Life. Numbers are given once, one after the other. The table keeps the last REPORT_PATHS_MAX; a
 * number that is older means nothing any more, and never another path.
 *
 * Who writes and who reads. One thread: the control core, or the command.
 *
 * Cost. A search a step; 14 MB once all of it is used, and nothing before the first path.
 */
#ifndef REPORT_PATH_H
#define REPORT_PATH_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define REPORT_PATHS_MAX   (1u << 18) /* a power of two */
#define REPORT_TUNNELS_MAX 8
#define REPORT_PATH_NONE   0u
#define REPORT_STEP_JOIN   255 /* a path whose other direction has another one */

/* A step as it crosses the socket. */
struct report_step {
	uint8_t src[16], dst[16]; /* network order; IPv4 in the first four bytes */
	uint32_t id;              /* JOIN: the number of the other direction's path */
	uint8_t kind;             /* enum packet_tunnel_kind, or REPORT_STEP_JOIN */
	uint8_t version;          /* of src and dst: 4, 6; 0: they are not known */
	uint8_t has_id;
	uint8_t reserved;
	uint32_t outside; /* number of the step around it; 0: none */
	uint32_t number;  /* its own */
};

static_assert(sizeof(struct report_step) == 48, "no padding crosses the socket");

/* All zero: no paths. */
struct report_paths {
	struct report_step *steps; /* by number; NULL until there is one */
	uint32_t *buckets;         /* last number of each */
	uint32_t *next;            /* number in the same bucket, by number */
	uint32_t last;             /* number given */
	uint64_t secret;           /* a stranger chooses steps: he must not choose buckets */
};

/* A path as it is read: outermost step first. */
struct report_path {
	unsigned n;
	const struct report_step *step[REPORT_TUNNELS_MAX];
};

void report_paths_free(struct report_paths *paths);

/*
 * The number of a step, given now if it has none; its own `number` is not asked. 0: no memory, no
 * randomness, or the one outside means nothing any more.
 */
uint32_t report_paths_add(struct report_paths *paths, const struct report_step *step);

/* Takes n steps that came over a socket, each by its own number. */
void report_paths_receive(struct report_paths *paths, const struct report_step *steps, size_t n);

/* The step of a number, or NULL: it means nothing, or not any more. paths NULL: there are none. */
const struct report_step *report_paths_step(const struct report_paths *paths, uint32_t number);

/*
 * The path of a row, and, into *back if it is not NULL, that of its other direction where that is
 * another one. Both are empty where there is none.
 */
void report_paths_read(const struct report_paths *paths, uint32_t number, struct report_path *path,
                       struct report_path *back);

BASE_END_DECLS

#endif
