/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One finding about this machine: a row of the report `doctor`.
 *
 * lib/doctor makes it, in the process that prints it, and print_doctor.c prints it. The daemon has
 * none of them. Texts end within their arrays.
 */
#ifndef REPORT_FINDING_H
#define REPORT_FINDING_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define REPORT_FINDING_CHECK_MAX 16
#define REPORT_FINDING_OF_MAX    64
#define REPORT_FINDING_WHAT_MAX  512
#define REPORT_FINDING_MEND_MAX  256

enum report_finding_verdict {
	REPORT_FINDING_OK,
	REPORT_FINDING_ADVICE, /* it works, and would be better otherwise */
	REPORT_FINDING_MUST,   /* spanstatd does not start, or does not see what is there */
	REPORT_FINDING_VERDICTS
};

struct report_finding {
	uint32_t verdict;
	char check[REPORT_FINDING_CHECK_MAX]; /* a word that programs compare */
	char of[REPORT_FINDING_OF_MAX];       /* port, node, CPU or file; empty: the machine */
	char what[REPORT_FINDING_WHAT_MAX];   /* for people, in their language */
	char mend[REPORT_FINDING_MEND_MAX];   /* the command, or lines of a file; empty: none */
};

BASE_END_DECLS

#endif
