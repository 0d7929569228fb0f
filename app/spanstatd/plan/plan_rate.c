/* SPDX-License-Identifier: BSD-3-Clause */
/* See plan_rate.h. The figures are those of docs/performance.md, and change with that page. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conf.h"
#include "plan_rate.h"

#define RATE_MOST 1e15 /* whoever writes more has mistaken a unit */

/* --- what was measured ---------------------------------------------------------------------- */

/* By flows_max. */
static const struct plan_measured rate_workers[] = {
	{ 4 << 20, 9800000, "behind senders, vhost, churn: whole TCP connections, always new" },
	{ CONF_FLOWS_WORKER, 7100000,
	  "the same, times known flows, 10 million, by known flows, 1 million" },
};

const struct plan_measured plan_rate_receiver = {
	0, 19900000, "behind senders, memif-client, capture: rxonly, which looks at no packet"
};

const struct plan_measured *
plan_rate_worker(uint64_t flows)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(rate_workers); i++)
		if (flows <= rate_workers[i].flows_max)
			return &rate_workers[i];
	return NULL;
}

uint32_t
plan_rate_counted(const struct plan_measured *measured)
{
	return (uint32_t)((uint64_t)measured->packets_sec * PLAN_MARGIN_PERCENT / 100);
}

/* --- what people write ---------------------------------------------------------------------- */

struct rate_unit {
	const char *name;
	bool is_bits;
};

static const struct rate_unit rate_units[] = {
	{ "", false },   { "pps", false },  { "p/s", false },
	{ "bit", true }, { "bit/s", true }, { "bps", true },
};

static double
rate_factor(char letter)
{
	switch (letter) {
	case 'k':
	case 'K':
		return 1e3;
	case 'm':
	case 'M':
		return 1e6;
	case 'g':
	case 'G':
		return 1e9;
	default:
		return 1;
	}
}

/* The name that begins at `text` and ends at its end or at '@'. */
static const struct rate_unit *
rate_unit_find(const char *text)
{
	size_t n = strcspn(text, "@");

	for (unsigned i = 0; i < BASE_COUNT_OF(rate_units); i++)
		if (strlen(rate_units[i].name) == n &&
		    strncasecmp(rate_units[i].name, text, n) == 0)
			return &rate_units[i];
	return NULL;
}

/* "@BYTES", or nothing. 0 or -EINVAL. */
static int
rate_frame(const char *text, uint32_t *bytes)
{
	char *end;
	unsigned long value;

	*bytes = PLAN_FRAME_MIN;
	if (*text == '\0')
		return 0;
	if (text[1] < '0' || text[1] > '9')
		return -EINVAL;
	value = strtoul(text + 1, &end, 10);
	if (*end != '\0' || value < PLAN_FRAME_MIN || value > PLAN_FRAME_MAX)
		return -EINVAL;
	*bytes = (uint32_t)value;
	return 0;
}

/* Digits, and perhaps a point with more of them; *end is behind. A locale changes nothing. */
static double
rate_number(const char *text, const char **end)
{
	double value = 0, step = 0.1;

	for (; *text >= '0' && *text <= '9'; text++)
		value = value * 10 + (*text - '0');
	if (*text == '.')
		for (text++; *text >= '0' && *text <= '9'; text++, step /= 10)
			value += step * (*text - '0');
	*end = text;
	return value;
}

/* `value` packets or bits, in frames as the text behind '@' says. 0 or -EINVAL. */
static int
rate_settle(struct plan_rate *rate, double value, const struct rate_unit *unit, const char *frame,
            const char **why)
{
	*why = "packets have no size here: BYTES goes with bits, as in 25Gbit@512";
	*rate = (struct plan_rate){ 0 };
	if (!unit->is_bits && *frame != '\0')
		return -EINVAL;
	*why = "a frame has 64 to 16384 bytes";
	if (unit->is_bits && rate_frame(frame, &rate->frame_bytes) != 0)
		return -EINVAL;
	*why = "that is no rate of packets";
	if (unit->is_bits) {
		rate->bits_sec = (uint64_t)value;
		value /= 8 * (rate->frame_bytes + PLAN_FRAME_GAP);
	}
	rate->packets_sec = (uint64_t)(value + 0.5);
	return rate->packets_sec > 0 ? 0 : -EINVAL;
}

int
plan_rate_parse(const char *text, struct plan_rate *rate, const char **why)
{
	const struct rate_unit *unit;
	const char *at;
	double value = rate_number(text, &at);
	double factor = rate_factor(*at);

	at += factor > 1;
	unit = rate_unit_find(at);
	*why = "it is written 10M, 14.88Mpps, 25Gbit or 25Gbit@BYTES";
	if (text[0] < '0' || text[0] > '9' || unit == NULL || !(value * factor <= RATE_MOST))
		return -EINVAL;
	return rate_settle(rate, value * factor, unit, at + strcspn(at, "@"), why);
}
