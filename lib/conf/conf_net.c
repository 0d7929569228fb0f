/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A network in CIDR notation. The address itself is left to inet_pton, which takes neither the
 * short forms of old (`10/8`) nor leading zeros that some read as octal.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conf_net.h"

/* A prefix length: one to three digits and nothing else. 0 or -EINVAL. */
static int
conf_net_parse_len(const char *text, unsigned *len)
{
	size_t i, digits = strlen(text);

	if (digits == 0 || digits > 3)
		return -EINVAL;
	*len = 0;
	for (i = 0; i < digits; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
		*len = *len * 10 + (unsigned)(text[i] - '0');
	}
	return 0;
}

/* The part of byte `i` that a prefix of `len` bits covers. */
static uint8_t
conf_net_byte_mask(unsigned len, unsigned i)
{
	if (len >= 8 * (i + 1))
		return 0xff;
	if (len <= 8 * i)
		return 0;
	return (uint8_t)(0xff00 >> (len - 8 * i));
}

/* Clears what lies beyond the length; true if there was anything. */
static bool
conf_net_clear_tail(struct conf_net *net)
{
	bool cleared = false;
	unsigned i;

	for (i = 0; i < sizeof(net->addr); i++) {
		uint8_t kept = net->addr[i] & conf_net_byte_mask(net->len, i);

		cleared |= kept != net->addr[i];
		net->addr[i] = kept;
	}
	return cleared;
}

/* Address and length as written, bits beyond the length included. */
static int
conf_net_split(struct conf_net *net, const char *text)
{
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	char addr[INET6_ADDRSTRLEN];
	unsigned len, bits;

	if (n >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, text, n);
	addr[n] = '\0';
	memset(net, 0, sizeof(*net));
	net->version = strchr(addr, ':') ? 6 : 4;
	bits = net->version == 6 ? 128 : 32;
	if (inet_pton(net->version == 6 ? AF_INET6 : AF_INET, addr, net->addr) != 1)
		return -EINVAL;
	len = bits;
	if (slash && conf_net_parse_len(slash + 1, &len))
		return -EINVAL;
	if (len > bits)
		return -ERANGE;
	net->len = (uint8_t)len;
	return 0;
}

int
conf_net_parse(struct conf_net *net, const char *text)
{
	struct conf_net got;
	int rc = conf_net_split(&got, text);

	if (rc == 0 && conf_net_clear_tail(&got))
		rc = -EDOM;
	if (rc == 0)
		*net = got;
	return rc;
}

int
conf_net_mask(struct conf_net *net, const char *text)
{
	struct conf_net got;
	int rc = conf_net_split(&got, text);

	if (rc)
		return rc;
	conf_net_clear_tail(&got);
	*net = got;
	return 0;
}

void
conf_net_format(const struct conf_net *net, char text[CONF_NET_TEXT_MAX])
{
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(net->version == 6 ? AF_INET6 : AF_INET, net->addr, addr, sizeof(addr));
	snprintf(text, CONF_NET_TEXT_MAX, "%s/%u", addr, net->len);
}
