/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How each system spells the states of TCP: the one table of it.
 *
 * The dialects print by it, filters read by it, `states --spellings` shows it. Constants and
 * searches in them; any thread.
 */
#ifndef REPORT_SPELLING_H
#define REPORT_SPELLING_H

#include "report_row.h"

BASE_BEGIN_DECLS

enum report_system {
	REPORT_SYSTEM_RFC,         /* RFC 9293, words joined by '_' */
	REPORT_SYSTEM_ZOS,         /* TSO and the UNIX shell */
	REPORT_SYSTEM_ZOS_CONSOLE, /* DISPLAY TCPIP,,NETSTAT on the console of MVS */
	REPORT_SYSTEM_LINUX,       /* netstat of net-tools */
	REPORT_SYSTEM_SS,
	REPORT_SYSTEM_BSD,
	REPORT_SYSTEM_SOLARIS,
	REPORT_SYSTEM_WINDOWS,
	REPORT_SYSTEM_CONNTRACK, /* netfilter's, one state for both ends */
	REPORT_SYSTEM_SNMP,      /* RFC 4022: the name, its number in parentheses */
	REPORT_SYSTEMS
};

/* A spelling that no column has: of a manual, of a filter, of an older standard. */
struct report_spelling_also {
	uint32_t states; /* bits of 1 << enum report_state */
	const char *word;
	const char *who; /* who writes it */
};

/* Short, as a key of JSON and a column of CSV; and the manual that lists the system's states. */
const char *report_system_name(enum report_system system);
const char *report_system_manual(enum report_system system);

/*
 * The state as the system spells it; "" where it leaves it out or has none. `is_socket`: of a
 * socket without peer, which matters to UDP only. "UNKNOWN": a number out of range.
 */
const char *report_spelling(enum report_system system, unsigned state, bool is_socket);

/* The other spellings by number; NULL behind the last. */
const struct report_spelling_also *report_spelling_also(size_t at);

/*
 * The states that `n` bytes of text name in anybody's spelling, as bits of 1 << enum report_state;
 * 0: none. Letters of either case are the same, and one '_', '-' or blank between two letters
 * may be there or not.
 */
uint32_t report_spelling_find(const char *text, size_t n);

BASE_END_DECLS

#endif
