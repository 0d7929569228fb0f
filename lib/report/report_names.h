/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The words of reports: states, flags, who closed, why it ended.
 *
 * The words are contract: JSON and CSV carry them and programs compare them. Pure tables, any
 * thread.
 */
#ifndef REPORT_NAMES_H
#define REPORT_NAMES_H

#include "base_compiler.h"
#include "report_row.h"

BASE_BEGIN_DECLS

#define REPORT_FLAGS 4 /* bits of enum report_flag */

/* As RFC 9293's figure spells it, words joined by '_'. A number out of range is "UNKNOWN". */
const char *report_state_name(unsigned state);

/* The flag of bit `bit`, 0 to REPORT_FLAGS - 1; as JSON has it, and short for a table. */
const char *report_flag_name(unsigned bit);
const char *report_flag_short(unsigned bit);

/* NULL when there is nothing to say: nobody closed it, it has not ended, no such number. */
const char *report_closer_name(unsigned closer);
const char *report_end_cause_name(unsigned cause);

/*
 * An ICMP error as JSON has it, and short among a table's flags; NULL when there is none, or no
 * such number.
 */
const char *report_icmp_name(unsigned icmp);
const char *report_icmp_short(unsigned icmp);

/* LISTEN, unconnected, answered, refused, silent; "UNKNOWN" for a number out of range. */
const char *report_listen_state_name(unsigned state);

/* "tcp" or "udp"; "unknown" for any other protocol number. */
const char *report_proto_name(unsigned proto);

BASE_END_DECLS

#endif
