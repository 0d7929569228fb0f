/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers, addresses and times as text, for rows by the million.
 *
 * Each writes at `to`, adds no NUL and returns the end of what it wrote; the caller has room for
 * the length that is named. Tens of nanoseconds at most; no locale, no allocation, any thread.
 */
#ifndef REPORT_FORMAT_H
#define REPORT_FORMAT_H

#include <string.h>

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define REPORT_U64_MAX     20 /* 18446744073709551615 */
#define REPORT_ID_MAX      16
#define REPORT_ADDR_MAX    45 /* ffff:...:ffff:255.255.255.255 */
#define REPORT_SOCKET_MAX  53 /* [ADDR]:65535 */
#define REPORT_SOCKET4_MAX 21 /* 255.255.255.255:65535 */

/* Columns that the longest address of hosts takes, and the longest socket: eight groups. */
#define REPORT_ADDR_WIDTH   39
#define REPORT_SOCKET_WIDTH 47
#define REPORT_TIME_MAX     32 /* 2026-01-01T00:00:00.000123Z */
#define REPORT_DURATION_MAX 28 /* 18446744073709.551615 */

char *report_format_u64(char *to, uint64_t value);

/* In at most five characters: 99999, 123k, 1.2M, 345G. */
#define REPORT_BRIEF_MAX 5
char *report_format_brief(char *to, uint64_t value);

/* Upper-case hexadecimal, at least eight digits. */
char *report_format_id(char *to, uint64_t id);

/* `version` 4 or 6. IPv6 as RFC 5952 has it, the spelling of inet_ntop. */
char *report_format_addr(char *to, const uint8_t *addr, unsigned version);

/* ADDR:PORT, or [ADDR]:PORT for IPv6. */
char *report_format_socket(char *to, const uint8_t *addr, unsigned version, uint16_t port);

/* Microseconds since 1970 as RFC 3339 in UTC, six decimals. Right from 1970 to 9999. */
char *report_format_time(char *to, uint64_t time_us);

/* Microseconds as seconds: up to six decimals, no zero at the end: 3600.5 */
char *report_format_seconds(char *to, uint64_t duration_us);

/* Control bits that an end has sent, enum report_seen: "SAF". At most four letters. */
char *report_format_seen(char *to, unsigned seen);

/* Microseconds as hh:mm:ss, rounded down; the hours grow as they must. */
char *report_format_hms(char *to, uint64_t duration_us);

/* A literal or a name: its bytes as they are. */
BASE_INLINE char *
report_format_text(char *to, const char *text)
{
	size_t n = strlen(text);

	memcpy(to, text, n);
	return to + n;
}

/*
 * `text`, at most `max` bytes or up to its NUL, as the inside of a JSON string: quotes, backslashes
 * and what no terminal should get (base_plain.h) escaped, bytes that are no UTF-8 replaced. Needs
 * six times `max`.
 */
char *report_format_json(char *to, const char *text, size_t max);

/*
 * The same text as a field of RFC 4180, plain: in quotes only if it must be. Needs four times `max`
 * and three.
 */
char *report_format_csv(char *to, const char *text, size_t max);

BASE_END_DECLS

#endif
