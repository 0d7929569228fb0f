/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The language of messages and explanations: the user's, where there is a catalogue for it.
 *
 * Only characters and messages are localized (LC_CTYPE, LC_MESSAGES): numbers and times have one
 * form, so JSON and CSV are the same bytes in every language. So are the words that programs search
 * for in text: states, headings, the names of counters, which stay as netstat has them.
 */
#ifndef LANGUAGE_H
#define LANGUAGE_H

/*
 * Before anything is printed; main thread. Without a catalogue all is in English, and so it is
 * where the locale is not on this machine: then a warning says so, once, and what helps.
 */
void language_init(void);

/* The locale that was asked for and is not on this machine, or NULL. */
const char *language_missing(void);

/* From now on all is in English, for what programs read. Main thread. */
void language_leave(void);

#endif
