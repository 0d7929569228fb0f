/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sockets as a person is shown them: numbers, or with --names what hosts and ports are called.
 *
 * Hosts have the labels in force (report_label) that are of one address, ports the names of
 * /etc/services. That file is read here and not asked for by getservbyport, for what answers that
 * is a matter of the machine's nsswitch.conf and may be a server on the network. One thread a
 * process; text only: JSON has numbers, and names beside them.
 */
#ifndef PRINT_NAMES_H
#define PRINT_NAMES_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define PRINT_SERVICES_FILE "/etc/services"
#define PRINT_SERVICE_MAX   16 /* bytes with the NUL; longer names are not taken (RFC 6335) */

/* From now on names are shown, those of ports from this file. 0 or -errno of reading it. */
int print_names_use(const char *services);

/* What a port is called, IPPROTO_TCP or IPPROTO_UDP, or NULL; NULL while names are not shown. */
const char *print_names_service(uint16_t port, unsigned proto);

/* What a host itself is called, or NULL, likewise: the name of a network would hide which it is. */
const char *print_names_label(const uint8_t *addr, unsigned version);

/* As report_format_addr and report_format_socket, with names if they are shown; no longer. */
char *print_names_host(char *to, const uint8_t *addr, unsigned version);
char *
print_names_socket(char *to, const uint8_t *addr, unsigned version, uint16_t port, unsigned proto);

BASE_END_DECLS

#endif
