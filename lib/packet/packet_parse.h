/* SPDX-License-Identifier: BSD-3-Clause */
/* From bytes to struct packet and a verdict. Pure: no memory, clock or state; any thread. */
#ifndef PACKET_PARSE_H
#define PACKET_PARSE_H

#include "packet.h"

BASE_BEGIN_DECLS

/*
 * Parses n packets in place. Each must have data, data_len, wire_len, link and time_us. With the
 * verdict PACKET_TRACKED every field that it promises is set; with others fields may be unset. With
 * PACKET_ICMP_ERROR, src, dst, src_port, dst_port, proto and, for TCP, seq are those of the quoted
 * packet, so src is the end to which the error goes. `icmp` is what the error says. version, vlan,
 * ttl, ip_bytes and ip_id are the error's own; every other number is 0. Nothing is read at or past
 * data + data_len, whatever the headers claim. Any thread, hot.
 */
void packet_parse_burst(struct packet *packets, unsigned n);

BASE_END_DECLS

#endif
