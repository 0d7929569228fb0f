/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Values that people write, read from a piece of text: numbers, durations, networks, labels.
 *
 * The text is `n` bytes from `text` on; no NUL need follow it. Each function reads the whole of it
 * or refuses it, and writes its result only if it returns 0. What is allowed in a place (ranges,
 * forms) and what is said of a mistake are the caller's. Nothing is allocated. Any thread; cold.
 */
#ifndef BASE_PARSE_H
#define BASE_PARSE_H

#include "base_net.h"

BASE_BEGIN_DECLS

#define BASE_LABEL_MAX           32 /* bytes with the NUL */
#define BASE_DURATION_MAX_US     (UINT64_C(100) * 365 * 86400 * 1000000)
#define BASE_DURATION_DIGITS_MAX 63 /* of a duration in BASE_DURATION_DECIMAL */

/* How a duration may be written; several may be allowed. */
enum base_duration {
	BASE_DURATION_UNITS = 1,   /* 90s, 5m, 2h, 1d, 1h30m: each unit once, the longer first */
	BASE_DURATION_SECONDS = 2, /* 90 */
	BASE_DURATION_DECIMAL = 4, /* seconds as strtod reads them: 0.5, .5, 2 */
};

/* Decimal digits alone. 0; -EINVAL it is no number; -ERANGE it is more than `most`. */
int base_parse_number(const char *text, size_t n, uint64_t most, uint64_t *value);

/* Digits, and perhaps one of k, m, g, t for thousands, in either case. 0, -EINVAL, -ERANGE. */
int base_parse_count(const char *text, size_t n, uint64_t *value);

/*
 * A duration in one of `forms`, enum base_duration, in microseconds. 0; -EINVAL it is none, or is
 * longer than BASE_DURATION_MAX_US, a hundred years.
 */
int base_parse_duration_us(const char *text, size_t n, unsigned forms, uint64_t *us);

/*
 * An IPv4 or IPv6 address alone, the network of just itself. Neither short forms of old (`10`) nor
 * leading zeros, which some read as octal, nor a zone. 0 or -EINVAL.
 */
int base_parse_addr(const char *text, size_t n, struct base_net *net);

/*
 * ADDRESS or ADDRESS/LENGTH, a length of up to three digits. The address stays as written: see
 * base_net_mask. 0; -EINVAL it is no network; -ERANGE its length is more than such an address has.
 */
int base_parse_net(const char *text, size_t n, struct base_net *net);

/*
 * May a host or a network be called that? One word that needs no quotes anywhere: 1 to
 * BASE_LABEL_MAX - 1 letters and digits of ASCII, '.', '_', '-' and the bytes in `also`.
 */
bool base_parse_is_label(const char *text, size_t n, const char *also);

BASE_END_DECLS

#endif
