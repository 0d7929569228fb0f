/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the command line may say, for programs: manual pages and completion are made of this.
 *
 * One line for each thing, its cells between tabs, "-" for an empty one. The first cell says what
 * it is. Always in English.
 *
 *	program  NAME VERSION
 *	report   NAME LETTER WORDS HELP                  WORDS: none, filter or id (or a filter)
 *	option   NAME LETTER ARGUMENT REPORTS DEFAULT HELP       REPORTS: "all" or a list
 *	dialect  NAME
 *	word     NAME ROLE VALUE COMPARES EXPECTED HELP  of filters
 *	compare  NAME
 *	state    NAME
 *	value    VALUE NAME                              what may follow words of that VALUE
 *	field    NAME USES LENGTH                        USES: rows, groups (--sort), by (--by)
 */
#ifndef DESCRIBE_H
#define DESCRIBE_H

/* On standard output. Returns the status to exit with. */
int describe_print(void);

#endif
