/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prints the checks of the mirror: a verdict and two figures in each line, and below it what to do
 * if the check is not OK. One thread an `out`.
 */
#ifndef PRINT_HEALTH_H
#define PRINT_HEALTH_H

#include "digest_health.h"
#include "print_rows.h"

BASE_BEGIN_DECLS

/* All checks together are the one row of this report. */
struct print_health_row {
	const struct digest_check *checks;
	unsigned n;
	int with_heading; /* of text, whose heading says how long the last moments were */
};

BASE_END_DECLS

#endif
