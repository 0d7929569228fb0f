/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Values read from a piece of text: ports, counts, durations, ids, addresses.
 *
 * Each reads the whole span or refuses it: 0 or -EINVAL. Nothing is allocated. Any thread; cold.
 */
#ifndef FILTER_VALUE_H
#define FILTER_VALUE_H

#include "filter_words.h"

BASE_BEGIN_DECLS

/* ADDRESS[/LENGTH][:PORT], each of which may be missing or '*'. */
struct filter_socket {
	uint64_t addr[2], mask[2]; /* as they lie in report_end; addr is 0 where mask is */
	uint8_t version;           /* 4, 6; 0: any address */
	uint8_t len;               /* bits of the mask */
	uint8_t has_port;
	uint16_t port;
};

/* Decimal digits, at most `most`. */
int filter_value_number(struct filter_span span, uint64_t most, uint64_t *value);

/* 443 or :443. */
int filter_value_port(struct filter_span span, uint64_t *value);

/* Digits, and perhaps one of k, M, G, T for thousands, in letters of either case. */
int filter_value_count(struct filter_span span, uint64_t *value);

/* 90, 90s, 5m, 2h, 1d, 1h30m, the longer unit first; microseconds, at most a hundred years. */
int filter_value_duration(struct filter_span span, uint64_t *value_us);

/* Is it a name that a label may have, or a pattern of one? 0 or -EINVAL. */
int filter_value_label(struct filter_span span);

/* 1 to 16 hexadecimal digits. */
int filter_value_id(struct filter_span span, uint64_t *value);

/* Bits of the address beyond the length are cleared. IPv6 with a port, or with '*', in brackets. */
int filter_value_socket(struct filter_span span, struct filter_socket *socket);

/* The same without a port, and the address must be there. */
int filter_value_net(struct filter_span span, struct filter_socket *socket);

BASE_END_DECLS

#endif
