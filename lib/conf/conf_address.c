/* SPDX-License-Identifier: BSD-3-Clause */
/* ADDRESS:PORT read; see conf_address.h. */

#include <errno.h>
#include <string.h>

#include "base_parse.h"
#include "conf_address.h"

int
conf_address_parse(const char *text, struct conf_address *address)
{
	const char *colon = strrchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : 0;
	bool brackets = n > 2 && text[0] == '[' && text[n - 1] == ']';
	uint64_t port;

	if (!n || base_parse_addr(text + brackets, n - 2u * brackets, &address->host))
		return -EINVAL;
	/* Without brackets the last part of an IPv6 address would be the port. */
	if (brackets != (address->host.version == 6))
		return -EINVAL;
	if (base_parse_number(colon + 1, strlen(colon + 1), UINT16_MAX, &port) || !port)
		return -EINVAL;
	address->port = (uint16_t)port;
	return 0;
}
