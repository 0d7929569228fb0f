/* SPDX-License-Identifier: BSD-3-Clause */
/* Values that people write; see base_parse.h. Addresses are left to inet_pton. */

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#include "base_parse.h"

#define PARSE_SECOND_US UINT64_C(1000000)

struct parse_unit {
	char letter;
	uint64_t times;
};

/* Units of durations, in seconds, the longer one first. */
static const struct parse_unit parse_durations[] = {
	{ 'd', 86400 },
	{ 'h', 3600 },
	{ 'm', 60 },
	{ 's', 1 },
};

static const struct parse_unit parse_factors[] = {
	{ 'k', 1000 },
	{ 'm', UINT64_C(1000) * 1000 },
	{ 'g', UINT64_C(1000) * 1000 * 1000 },
	{ 't', UINT64_C(1000) * 1000 * 1000 * 1000 },
};

static size_t
parse_digits(const char *text, size_t n)
{
	size_t digits = 0;

	while (digits < n && text[digits] >= '0' && text[digits] <= '9')
		digits++;
	return digits;
}

int
base_parse_number(const char *text, size_t n, uint64_t most, uint64_t *value)
{
	uint64_t number = 0;

	if (n == 0 || parse_digits(text, n) != n)
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(text[i] - '0'), &number))
			return -ERANGE;
	if (number > most)
		return -ERANGE;
	*value = number;
	return 0;
}

static uint64_t
parse_factor(char letter)
{
	for (size_t i = 0; i < BASE_COUNT_OF(parse_factors); i++)
		if ((letter | 0x20) == parse_factors[i].letter)
			return parse_factors[i].times;
	return 0;
}

int
base_parse_count(const char *text, size_t n, uint64_t *value)
{
	size_t digits = parse_digits(text, n);
	uint64_t number, times = 1;
	int error;

	if (n - digits == 1)
		times = parse_factor(text[digits]);
	if (n - digits > 1 || times == 0)
		return -EINVAL;
	error = base_parse_number(text, digits, UINT64_MAX, &number);
	if (error)
		return error;
	if (__builtin_mul_overflow(number, times, &number))
		return -ERANGE;
	*value = number;
	return 0;
}

/* NUMBER UNIT and so on, without blanks. */
static int
parse_units(const char *text, size_t n, uint64_t *us)
{
	const uint64_t most = BASE_DURATION_MAX_US / PARSE_SECOND_US;
	uint64_t seconds = 0, piece;
	size_t unit = 0;

	if (n == 0)
		return -EINVAL;
	for (; n > 0; unit++) {
		size_t digits = parse_digits(text, n);

		if (digits == n || base_parse_number(text, digits, most, &piece))
			return -EINVAL;
		while (unit < BASE_COUNT_OF(parse_durations) &&
		       parse_durations[unit].letter != text[digits])
			unit++;
		if (unit == BASE_COUNT_OF(parse_durations))
			return -EINVAL;
		seconds += piece * parse_durations[unit].times;
		if (seconds > most)
			return -EINVAL;
		text += digits + 1;
		n -= digits + 1;
	}
	*us = seconds * PARSE_SECOND_US;
	return 0;
}

static int
parse_decimal(const char *text, size_t n, uint64_t *us)
{
	char copy[BASE_DURATION_DIGITS_MAX + 1], *end;
	double all;

	if (n == 0 || n >= sizeof(copy) || (parse_digits(text, 1) == 0 && text[0] != '.'))
		return -EINVAL;
	memcpy(copy, text, n);
	copy[n] = '\0';
	all = strtod(copy, &end) * (double)PARSE_SECOND_US;
	if (end != copy + n || !(all >= 0) || !(all <= (double)BASE_DURATION_MAX_US))
		return -EINVAL;
	*us = (uint64_t)all;
	return 0;
}

int
base_parse_duration_us(const char *text, size_t n, unsigned forms, uint64_t *us)
{
	const uint64_t most = BASE_DURATION_MAX_US / PARSE_SECOND_US;
	uint64_t seconds;

	if ((forms & BASE_DURATION_SECONDS) && base_parse_number(text, n, most, &seconds) == 0) {
		*us = seconds * PARSE_SECOND_US;
		return 0;
	}
	if ((forms & BASE_DURATION_UNITS) && parse_units(text, n, us) == 0)
		return 0;
	return forms & BASE_DURATION_DECIMAL ? parse_decimal(text, n, us) : -EINVAL;
}

int
base_parse_addr(const char *text, size_t n, struct base_net *net)
{
	char copy[INET6_ADDRSTRLEN];
	struct base_net got = { .version = 4 };

	if (n == 0 || n >= sizeof(copy) || memchr(text, '\0', n))
		return -EINVAL;
	memcpy(copy, text, n);
	copy[n] = '\0';
	if (strchr(copy, ':'))
		got.version = 6;
	if (inet_pton(got.version == 6 ? AF_INET6 : AF_INET, copy, got.addr) != 1)
		return -EINVAL;
	got.len = (uint8_t)base_net_bits(got.version);
	*net = got;
	return 0;
}

int
base_parse_net(const char *text, size_t n, struct base_net *net)
{
	const char *slash = n > 0 ? memchr(text, '/', n) : NULL;
	size_t addr = slash ? (size_t)(slash - text) : n;
	struct base_net got;
	uint64_t len;

	if (base_parse_addr(text, addr, &got))
		return -EINVAL;
	if (slash) {
		n -= addr + 1;
		if (n > 3 || base_parse_number(slash + 1, n, UINT64_MAX, &len))
			return -EINVAL;
		if (len > got.len)
			return -ERANGE;
		got.len = (uint8_t)len;
	}
	*net = got;
	return 0;
}

static bool
parse_is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool
base_parse_is_label(const char *text, size_t n, const char *also)
{
	static const char marks[] = "._-";

	for (size_t i = 0; i < n; i++)
		if (!parse_is_alnum(text[i]) && !memchr(marks, text[i], sizeof(marks) - 1) &&
		    !memchr(also, text[i], strlen(also)))
			return false;
	return n > 0 && n < BASE_LABEL_MAX;
}
