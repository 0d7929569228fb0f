/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a machine needs for a rate of packets and a number of flows: `spanstatd --plan RATE FLOWS`.
 *
 * Memory is worked out by the same functions as at a start (memory.h), so it is what a start takes.
 * Cores follow from rates that were measured, plan_rate.h. Nothing is started or taken. Cold.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdio.h>

#include "memory.h"
#include "plan_rate.h"

BASE_BEGIN_DECLS

/* The two words of the command line; RATE was not given where packets_sec is 0. */
struct plan_ask {
	struct plan_rate rate;
	uint64_t flows;
};

struct plan {
	unsigned workers;
	unsigned ports;      /* sources of the configuration, or one NIC where it names none */
	unsigned interfaces; /* those of them that are the kernel's */
	bool may_spread;     /* one NIC, and several workers: with symmetric RSS no receive core */
	const struct plan_measured *measured; /* by which the workers were counted */
	struct memory_need need;
};

/* The words RATE and FLOWS; FLOWS may be NULL. 0; or -EINVAL, with a message. */
int plan_parse(struct plan_ask *ask, const char *rate, const char *flows);

/*
 * Works it out. Of *conf sources, sockets and pages count; its workers are the fewest, its flows
 * mean nothing. 0; or -EINVAL where no daemon could do that, -EIO where the capture of a source
 * cannot be measured: with a message.
 */
int plan_make(struct plan *plan, const struct plan_ask *ask, const struct conf *conf);

/*
 * Prints it: lines of a configuration, and all else in comments, so that the whole may be put into
 * a file.
 */
void
plan_print(FILE *out, const struct plan *plan, const struct plan_ask *ask, const struct conf *conf);

BASE_END_DECLS

#endif
