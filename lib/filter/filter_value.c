/* SPDX-License-Identifier: BSD-3-Clause */
/* Values read from a piece of text; see filter_value.h. base_parse.h reads what others read too. */

#include <errno.h>
#include <string.h>

#include "base_parse.h"
#include "filter_value.h"

#define FILTER_ID_DIGITS 16

static struct filter_span
value_span_from(struct filter_span span, size_t n)
{
	return (struct filter_span){ span.at + n, span.n - n };
}

int
filter_value_number(struct filter_span span, uint64_t most, uint64_t *value)
{
	return base_parse_number(span.at, span.n, most, value) ? -EINVAL : 0;
}

int
filter_value_port(struct filter_span span, uint64_t *value)
{
	if (span.n > 0 && span.at[0] == ':')
		span = value_span_from(span, 1);
	return filter_value_number(span, UINT16_MAX, value);
}

int
filter_value_count(struct filter_span span, uint64_t *value)
{
	return base_parse_count(span.at, span.n, value) ? -EINVAL : 0;
}

int
filter_value_duration(struct filter_span span, uint64_t *value_us)
{
	return base_parse_duration_us(span.at, span.n, BASE_DURATION_SECONDS | BASE_DURATION_UNITS,
	                              value_us);
}

int
filter_value_label(struct filter_span span)
{
	return base_parse_is_label(span.at, span.n, "*?") ? 0 : -EINVAL;
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

/* Cuts `span` at its first `sign`; what follows goes to *rest. */
static struct filter_span
value_cut(struct filter_span span, char sign, struct filter_span *rest)
{
	const char *at = memchr(span.at, sign, span.n);
	size_t n = at ? (size_t)(at - span.at) : span.n;

	if (at)
		*rest = value_span_from(span, n + 1);
	return (struct filter_span){ span.at, n };
}

static unsigned
value_count(struct filter_span span, char sign)
{
	unsigned count = 0;

	for (size_t i = 0; i < span.n; i++)
		count += span.at[i] == sign;
	return count;
}

/* [ADDRESS], [ADDRESS/LENGTH], [ADDRESS]/LENGTH, each with a port or without. */
static int
value_cut_bracketed(struct filter_span span, struct filter_pieces *pieces)
{
	struct filter_span inner, rest = { NULL, 0 };

	pieces->bracketed = 1;
	inner = value_cut(value_span_from(span, 1), ']', &rest);
	if (!rest.at)
		return -EINVAL;
	pieces->addr = value_cut(inner, '/', &pieces->len);
	if (rest.n > 0 && rest.at[0] == '/' && !pieces->len.at) {
		pieces->len = value_cut(value_span_from(rest, 1), ':', &pieces->port);
		return 0;
	}
	if (rest.n > 0 && rest.at[0] == ':')
		pieces->port = value_span_from(rest, 1);
	return rest.n > 0 && rest.at[0] != ':' ? -EINVAL : 0;
}

static int
value_cut_socket(struct filter_span span, struct filter_pieces *pieces)
{
	struct filter_span len = { NULL, 0 };

	if (span.n > 0 && span.at[0] == '[')
		return value_cut_bracketed(span, pieces);
	pieces->addr = value_cut(span, '/', &len);
	if (len.at)
		pieces->len = value_cut(len, ':', &pieces->port);
	else if (value_count(span, ':') == 1)
		pieces->addr = value_cut(span, ':', &pieces->port);
	return 0;
}

static bool
value_is_any(struct filter_span span)
{
	return span.n == 1 && span.at[0] == '*';
}

static void
filter_set_net(struct filter_socket *socket, struct base_net *net, unsigned len)
{
	base_net_mask(net->addr, len);
	memcpy(socket->addr, net->addr, sizeof(socket->addr));
	memset(socket->mask, 0xff, sizeof(socket->mask));
	base_net_mask((uint8_t *)socket->mask, len);
	socket->version = net->version;
	socket->len = (uint8_t)len;
}

static int
filter_set_addr(struct filter_socket *socket, const struct filter_pieces *pieces)
{
	struct base_net net;
	uint64_t len;

	if (base_parse_addr(pieces->addr.at, pieces->addr.n, &net))
		return -EINVAL;
	if (pieces->bracketed && net.version == 4)
		return -EINVAL;
	len = net.len;
	if (pieces->len.at && filter_value_number(pieces->len, len, &len))
		return -EINVAL;
	filter_set_net(socket, &net, (unsigned)len);
	return 0;
}

int
filter_value_socket(struct filter_span span, struct filter_socket *socket)
{
	struct filter_pieces pieces = { .bracketed = 0 };
	uint64_t port = 0;

	memset(socket, 0, sizeof(*socket));
	if (span.n == 0 || value_cut_socket(span, &pieces))
		return -EINVAL;
	if (pieces.port.at && !value_is_any(pieces.port)) {
		if (filter_value_number(pieces.port, UINT16_MAX, &port))
			return -EINVAL;
		socket->has_port = 1;
		socket->port = (uint16_t)port;
	}
	/* Neither `*` nor nothing has a length, and nothing at all is no socket. */
	if (!pieces.bracketed &&
	    (value_is_any(pieces.addr) || (pieces.addr.n == 0 && pieces.port.at)))
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
