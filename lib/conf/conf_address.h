/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An address with a port of TCP, as a key says where something listens: 127.0.0.1:9180, [::1]:9180.
 *
 * Addresses alone, no names: nothing is resolved before the rights are gone. A pure function, any
 * thread; cold.
 */
#ifndef CONF_ADDRESS_H
#define CONF_ADDRESS_H

#include "base_net.h"

BASE_BEGIN_DECLS

struct conf_address {
	struct base_net host; /* of full length */
	uint16_t port;        /* 1 to 65535 */
};

/* Reads the whole text. 0; -EINVAL: it is none, and *address is undefined. */
int conf_address_parse(const char *text, struct conf_address *address);

BASE_END_DECLS

#endif
