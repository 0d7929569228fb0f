/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sockets as a person is shown them: numbers, or with --names what hosts and ports are called.
 *
 * Hosts have the labels in force (report_label) that are of one address, ports the names of
 * /etc/services. That file is read here and not asked for by getservbyport, for what answers that
 * is a matter of the machine's nsswitch.conf and may be a server on the network. One thread a
 * process; text only: JSON has numbers, and names beside them.
 */
#ifndef REPORT_SHOWN_H
#define REPORT_SHOWN_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define REPORT_SERVICES_FILE "/etc/services"
#define REPORT_SERVICE_MAX   16 /* bytes with the NUL; longer names are not taken (RFC 6335) */

/* From now on names are shown, those of ports from this file. 0 or -errno of reading it. */
int report_shown_names(const char *services);

/* What a port is called, IPPROTO_TCP or IPPROTO_UDP, or NULL; NULL while names are not shown. */
const char *report_shown_service(uint16_t port, unsigned proto);

/* What a host itself is called, or NULL, likewise: the name of a network would hide which it is. */
const char *report_shown_label(const uint8_t *addr, unsigned version);

/* As report_format_addr and report_format_socket, with names if they are shown; no longer. */
char *report_shown_host(char *to, const uint8_t *addr, unsigned version);
char *
report_shown_socket(char *to, const uint8_t *addr, unsigned version, uint16_t port, unsigned proto);

BASE_END_DECLS

#endif
