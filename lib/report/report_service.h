/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What ports are called: the names of /etc/services.
 *
 * The file is read here and not asked for by getservbyport: what answers that is a matter of the
 * machine's nsswitch.conf, and may be a server on the network. Any thread, one a table; cold.
 */
#ifndef REPORT_SERVICE_H
#define REPORT_SERVICE_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define REPORT_SERVICES_FILE "/etc/services"
#define REPORT_SERVICE_MAX   16 /* bytes with the NUL; longer names are not taken (RFC 6335) */
#define REPORT_SERVICES_MAX  8192

struct report_service {
	uint16_t port;
	uint8_t proto; /* IPPROTO_TCP, IPPROTO_UDP */
	char name[REPORT_SERVICE_MAX];
};

/* Sorted by protocol and port. Some 160 KB. */
struct report_services {
	size_t n;
	struct report_service service[REPORT_SERVICES_MAX];
};

/* Reads the file. 0 or -errno: then the table has what was read before that. */
int report_services_read(struct report_services *services, const char *path);

/* What a port is called, IPPROTO_TCP or IPPROTO_UDP, or NULL. */
const char *
report_service_find(const struct report_services *services, uint16_t port, unsigned proto);

BASE_END_DECLS

#endif
