/* SPDX-License-Identifier: BSD-3-Clause */
/* A network as text. */

#include <arpa/inet.h>
#include <stdio.h>

#include "base_net.h"

void
base_net_format(const struct base_net *net, char text[BASE_NET_TEXT_MAX])
{
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(net->version == 6 ? AF_INET6 : AF_INET, net->addr, addr, sizeof(addr));
	snprintf(text, BASE_NET_TEXT_MAX, "%s/%u", addr, net->len);
}
