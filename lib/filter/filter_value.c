/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Values read from a piece of text; see filter_value.h. The address itself is left to inet_pton,
 * which takes neither the short forms of old (`10/8`) nor leading zeros that some read as octal.
 */

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "filter_value.h"
#include "report_label.h"

#define FILTER_USEC        UINT64_C(1000000)
#define FILTER_SECONDS_MAX (UINT64_C(100) * 365 * 86400)
#define FILTER_ID_DIGITS   16

/* Units of durations; each at most once, the longer one first. */
static const struct {
	char letter;
	uint64_t seconds;
} filter_units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };

static const struct {
	char letter;
	uint64_t times;
} filter_factors[] = {
	{ 'k', 1000 },
	{ 'm', UINT64_C(1000) * 1000 },
	{ 'g', UINT64_C(1000) * 1000 * 1000 },
	{ 't', UINT64_C(1000) * 1000 * 1000 * 1000 },
};

static struct filter_span
filter_span_from(struct filter_span span, size_t n)
{
	return (struct filter_span){ span.at + n, span.n - n };
}

/* The number that a span begins with. Returns its digits; 0 if there is none or it is too large. */
static size_t
filter_digits(struct filter_span span, uint64_t most, uint64_t *value)
{
	size_t n = 0;

	*value = 0;
	for (; n < span.n && span.at[n] >= '0' && span.at[n] <= '9'; n++) {
		uint64_t digit = (uint64_t)(span.at[n] - '0');

		if (*value > (most - digit) / 10 || digit > most)
			return 0;
		*value = *value * 10 + digit;
	}
	return n;
}

int
filter_value_number(struct filter_span span, uint64_t most, uint64_t *value)
{
	size_t n = filter_digits(span, most, value);

	return n > 0 && n == span.n ? 0 : -EINVAL;
}

int
filter_value_port(struct filter_span span, uint64_t *value)
{
	if (span.n > 0 && span.at[0] == ':')
		span = filter_span_from(span, 1);
	return filter_value_number(span, UINT16_MAX, value);
}

static uint64_t
filter_factor(char letter)
{
	for (size_t i = 0; i < BASE_COUNT_OF(filter_factors); i++)
		if ((letter | 0x20) == filter_factors[i].letter)
			return filter_factors[i].times;
	return 0;
}

int
filter_value_count(struct filter_span span, uint64_t *value)
{
	size_t n = filter_digits(span, UINT64_MAX, value);
	uint64_t times = 1;

	if (n > 0 && span.n - n == 1)
		times = filter_factor(span.at[n++]);
	if (n == 0 || n != span.n || times == 0 || *value > UINT64_MAX / times)
		return -EINVAL;
	*value *= times;
	return 0;
}

int
filter_value_duration(struct filter_span span, uint64_t *value_us)
{
	uint64_t seconds = 0, piece;
	size_t unit = 0;

	if (filter_value_number(span, FILTER_SECONDS_MAX, &piece) == 0) {
		*value_us = piece * FILTER_USEC;
		return 0;
	}
	if (span.n == 0)
		return -EINVAL;
	for (; span.n > 0; unit++) {
		size_t n = filter_digits(span, FILTER_SECONDS_MAX, &piece);

		if (n == 0 || n == span.n)
			return -EINVAL;
		while (unit < BASE_COUNT_OF(filter_units) &&
		       filter_units[unit].letter != span.at[n])
			unit++;
		if (unit == BASE_COUNT_OF(filter_units))
			return -EINVAL;
		seconds += piece * filter_units[unit].seconds;
		if (seconds > FILTER_SECONDS_MAX)
			return -EINVAL;
		span = filter_span_from(span, n + 1);
	}
	*value_us = seconds * FILTER_USEC;
	return 0;
}

int
filter_value_label(struct filter_span span)
{
	static const char others[] = "._-*?";

	if (span.n == 0 || span.n >= REPORT_LABEL_MAX)
		return -EINVAL;
	for (size_t i = 0; i < span.n; i++)
		if (!isalnum((unsigned char)span.at[i]) &&
		    !memchr(others, span.at[i], sizeof(others) - 1))
			return -EINVAL;
	return 0;
}

int
filter_value_id(struct filter_span span, uint64_t *value)
{
	static const char digits[] = "00112233445566778899aAbBcCdDeEfF";

	if (span.n == 0 || span.n > FILTER_ID_DIGITS)
		return -EINVAL;
	*value = 0;
	for (size_t i = 0; i < span.n; i++) {
		const char *digit = memchr(digits, span.at[i], sizeof(digits) - 1);

		if (!digit)
			return -EINVAL;
		*value = *value << 4 | (uint64_t)(digit - digits) / 2;
	}
	return 0;
}

/* --- addresses ------------------------------------------------------------------------------ */

/* How a socket is written, before any of it is understood. */
struct filter_pieces {
	struct filter_span addr, len, port; /* .at NULL: not there */
	int bracketed;
};

/* Cuts `span` at its first `mark`; what follows goes to *rest. */
static struct filter_span
filter_cut(struct filter_span span, char mark, struct filter_span *rest)
{
	const char *at = memchr(span.at, mark, span.n);
	size_t n = at ? (size_t)(at - span.at) : span.n;

	if (at)
		*rest = filter_span_from(span, n + 1);
	return (struct filter_span){ span.at, n };
}

static unsigned
filter_count(struct filter_span span, char mark)
{
	unsigned count = 0;

	for (size_t i = 0; i < span.n; i++)
		count += span.at[i] == mark;
	return count;
}

/* [ADDRESS], [ADDRESS/LENGTH], [ADDRESS]/LENGTH, each with a port or without. */
static int
filter_cut_bracketed(struct filter_span span, struct filter_pieces *pieces)
{
	struct filter_span inner, rest = { NULL, 0 };

	pieces->bracketed = 1;
	inner = filter_cut(filter_span_from(span, 1), ']', &rest);
	if (!rest.at)
		return -EINVAL;
	pieces->addr = filter_cut(inner, '/', &pieces->len);
	if (rest.n > 0 && rest.at[0] == '/' && !pieces->len.at) {
		pieces->len = filter_cut(filter_span_from(rest, 1), ':', &pieces->port);
		return 0;
	}
	if (rest.n > 0 && rest.at[0] == ':')
		pieces->port = filter_span_from(rest, 1);
	return rest.n > 0 && rest.at[0] != ':' ? -EINVAL : 0;
}

static int
filter_cut_socket(struct filter_span span, struct filter_pieces *pieces)
{
	struct filter_span len = { NULL, 0 };

	if (span.n > 0 && span.at[0] == '[')
		return filter_cut_bracketed(span, pieces);
	pieces->addr = filter_cut(span, '/', &len);
	if (len.at)
		pieces->len = filter_cut(len, ':', &pieces->port);
	else if (filter_count(span, ':') == 1)
		pieces->addr = filter_cut(span, ':', &pieces->port);
	return 0;
}

static int
filter_is_any(struct filter_span span)
{
	return span.n == 1 && span.at[0] == '*';
}

static void
filter_set_mask(struct filter_socket *socket, unsigned len)
{
	uint8_t mask[16] = { 0 };

	for (unsigned i = 0; i < 16; i++) {
		unsigned bits = len > 8 * i ? len - 8 * i : 0;

		mask[i] = (uint8_t)(bits >= 8 ? 0xff : 0xff00 >> bits);
	}
	memcpy(socket->mask, mask, sizeof(mask));
	socket->addr[0] &= socket->mask[0];
	socket->addr[1] &= socket->mask[1];
	socket->len = (uint8_t)len;
}

static int
filter_set_addr(struct filter_socket *socket, const struct filter_pieces *pieces)
{
	char text[INET6_ADDRSTRLEN];
	uint64_t len;

	if (pieces->addr.n >= sizeof(text) || memchr(pieces->addr.at, '\0', pieces->addr.n))
		return -EINVAL;
	memcpy(text, pieces->addr.at, pieces->addr.n);
	text[pieces->addr.n] = '\0';
	socket->version = strchr(text, ':') ? 6 : 4;
	if (pieces->bracketed && socket->version == 4)
		return -EINVAL;
	if (inet_pton(socket->version == 6 ? AF_INET6 : AF_INET, text, socket->addr) != 1)
		return -EINVAL;
	len = socket->version == 6 ? 128 : 32;
	if (pieces->len.at && filter_value_number(pieces->len, len, &len))
		return -EINVAL;
	filter_set_mask(socket, (unsigned)len);
	return 0;
}

int
filter_value_socket(struct filter_span span, struct filter_socket *socket)
{
	struct filter_pieces pieces = { .bracketed = 0 };
	uint64_t port = 0;

	memset(socket, 0, sizeof(*socket));
	if (span.n == 0 || filter_cut_socket(span, &pieces))
		return -EINVAL;
	if (pieces.port.at && !filter_is_any(pieces.port)) {
		if (filter_value_number(pieces.port, UINT16_MAX, &port))
			return -EINVAL;
		socket->has_port = 1;
		socket->port = (uint16_t)port;
	}
	/* Neither `*` nor nothing has a length, and nothing at all is no socket. */
	if (!pieces.bracketed &&
	    (filter_is_any(pieces.addr) || (pieces.addr.n == 0 && pieces.port.at)))
		return pieces.len.at ? -EINVAL : 0;
	return filter_set_addr(socket, &pieces);
}

int
filter_value_net(struct filter_span span, struct filter_socket *socket)
{
	int error = filter_value_socket(span, socket);

	if (error == 0 && (socket->version == 0 || socket->has_port))
		return -EINVAL;
	return error;
}
