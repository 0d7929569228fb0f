/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sockets as a person is shown them: numbers, or with --names what hosts and ports are called.
 *
 * Names are shown where the output's style (print_out.h) has a table of services. Hosts have its
 * labels that are of one address, ports the names of /etc/services. That file is read here and not
 * asked for by getservbyport, for what answers that is a matter of the machine's nsswitch.conf and
 * may be a server on the network. Text only: JSON has numbers, and names beside them. Any thread.
 */
#ifndef PRINT_NAMES_H
#define PRINT_NAMES_H

#include "print_out.h"

BASE_BEGIN_DECLS

#define PRINT_SERVICES_FILE "/etc/services"
#define PRINT_SERVICE_MAX   16 /* bytes with the NUL; longer names are not taken (RFC 6335) */

#define PRINT_SERVICES_MAX 8192

struct print_service {
	uint16_t port;
	uint8_t proto; /* IPPROTO_TCP, IPPROTO_UDP */
	char name[PRINT_SERVICE_MAX];
};

/* Sorted by protocol and port. Some 160 KB. */
struct print_services {
	size_t n;
	struct print_service service[PRINT_SERVICES_MAX];
};

/* Reads the file. 0 or -errno: then the table has what was read before that. */
int print_services_read(struct print_services *services, const char *path);

/* What a port is called, IPPROTO_TCP or IPPROTO_UDP, or NULL; NULL where names are not shown. */
const char *print_names_service(const struct print_style *style, uint16_t port, unsigned proto);

/* What a host itself is called, or NULL, likewise: the name of a network would hide which it is. */
const char *
print_names_label(const struct print_style *style, const uint8_t *addr, unsigned version);

/* As report_format_addr and report_format_socket, with names if they are shown; no longer. */
char *
print_names_host(char *to, const struct print_style *style, const uint8_t *addr, unsigned version);
char *print_names_socket(char *to, const struct print_style *style, const uint8_t *addr,
                         unsigned version, uint16_t port, unsigned proto);

BASE_END_DECLS

#endif
