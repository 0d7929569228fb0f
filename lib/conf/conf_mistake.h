/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Collects the mistakes of one configuration and reports them in the order of their lines.
 *
 * Some are known late: that a brace is missing shows at the end of the file, but the line to blame
 * is the one that opened it. Any thread, on a list of its own. Heap, freed by conf_mistakes_fini.
 */
#ifndef CONF_MISTAKE_H
#define CONF_MISTAKE_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

/*
 * Is given each mistake as `FILE:LINE: what is wrong` without a newline, valid during the call;
 * the line is left out where none is to blame (a file that cannot be opened).
 */
typedef void conf_report_fn(void *arg, const char *message);

struct conf_mistake {
	uint32_t line; /* from 1; 0: the file as a whole */
	uint32_t nth;  /* in the order found */
	char *what;
};

struct conf_mistakes {
	struct conf_mistake *items;
	uint32_t count, capacity;
	uint32_t lost; /* found, but there was no memory to keep them */
};

void conf_mistakes_init(struct conf_mistakes *mistakes);
void conf_mistakes_fini(struct conf_mistakes *mistakes);

/* Adds one; never fails, see `lost`. Bytes that are not printable become question marks. */
void conf_mistake_add(struct conf_mistakes *mistakes, uint32_t line, const char *format, ...)
    BASE_PRINTF(3, 4);

/* Reports all, by line and, in a line, in the order found. Returns how many, the lost included. */
uint32_t conf_mistakes_report(struct conf_mistakes *mistakes, const char *path,
                              conf_report_fn *report, void *arg);

BASE_END_DECLS

#endif
