/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows for tests.
 */
#ifndef REPORT_FIXTURE_H
#define REPORT_FIXTURE_H

#include <arpa/inet.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "report_row.h"

inline std::vector<std::string>
lines_of(const std::string &text)
{
	std::vector<std::string> lines;
	size_t from = 0, to;

	while ((to = text.find('\n', from)) != std::string::npos) {
		lines.push_back(text.substr(from, to - from));
		from = to + 1;
	}
	if (from < text.size())
		lines.push_back(text.substr(from) + "<no newline>");
	return lines;
}

inline void
set_address(struct report_end *end, int family, const char *address, uint16_t port)
{
	inet_pton(family, address, end->addr);
	end->port = port;
}

/* A half-closed connection, every key set. */
inline struct report_row
example_row()
{
	struct report_row row;

	memset(&row, 0, sizeof(row));
	row.id = 0x2a;
	row.proto = IPPROTO_TCP;
	row.ip_version = 4;
	row.vlan = 10;
	row.flags = REPORT_MIDSTREAM;
	row.closed_by = REPORT_CLOSER_CLIENT;
	row.end_cause = REPORT_END_FIN;
	set_address(&row.client, AF_INET, "10.0.0.1", 20008);
	row.client.state = REPORT_FIN_WAIT_2;
	row.client.packets = 6;
	row.client.bytes = 412;
	row.client.payload = 130;
	set_address(&row.server, AF_INET, "192.168.5.146", 443);
	row.server.state = REPORT_CLOSE_WAIT;
	row.server.packets = 5;
	row.server.bytes = 6120;
	row.server.payload = 5900;
	row.opened_us = 1767225600000123; /* 2026-01-01T00:00:00.000123Z */
	row.last_us = 1767225601250000;
	row.in_state_us = 3600500000;
	row.idle_us = 3600500000;
	return row;
}

/* Nothing known but who talks to whom. */
inline struct report_row
bare_row()
{
	struct report_row row = example_row();

	row.vlan = REPORT_NO_VLAN;
	row.flags = 0;
	row.closed_by = REPORT_CLOSER_NONE;
	row.end_cause = REPORT_END_NONE;
	return row;
}

/* No field can be longer. */
inline struct report_row
longest_row()
{
	struct report_row row;

	memset(&row, 0xff, sizeof(row));
	row.proto = 0; /* "unknown" */
	row.ip_version = 6;
	row.vlan = 65534;
	row.closed_by = REPORT_CLOSER_SERVER;
	row.end_cause = REPORT_END_TIMEOUT;
	row.icmp = REPORT_ICMP_PORT;
	row.icmp_end = REPORT_CLOSER_SERVER;
	row.opened_us = row.last_us = 253402300799999999; /* the end of 9999 */
	row.client.state = row.server.state = REPORT_SYN_RECEIVED;
	return row;
}

/* The half-closed connection of example_row, with all that may be known of it. */
inline struct report_full
example_full()
{
	struct report_full full;

	memset(&full, 0, sizeof(full));
	full.row = example_row();
	full.copies = 2;
	full.client.in_state_us = 3600500000;
	full.client.retransmitted = 3;
	full.client.retransmitted_bytes = 4380;
	full.client.out_of_order = full.client.lost = 1;
	full.client.needless = 1;
	full.client.seen = REPORT_SEEN_SYN | REPORT_SEEN_ACK | REPORT_SEEN_FIN;
	full.client.rtt_us = 1500;
	full.client.handshake_us = 1250;
	full.client.window = 65535;
	full.client.snd_nxt = 4294967295;
	full.client.rcv_nxt = 77;
	full.client.mss = 1460;
	full.client.wscale = 7;
	full.client.known = REPORT_KNOWS_SYN | REPORT_KNOWS_SACK | REPORT_KNOWS_SND_NXT |
	                    REPORT_KNOWS_RCV_NXT;
	full.server = full.client;
	full.server.in_state_us = 3601000000;
	full.server.retransmitted = full.server.retransmitted_bytes = full.server.out_of_order = 0;
	full.server.lost = full.server.needless = 0;
	full.server.closed_us = 2500000;
	full.server.seen = REPORT_SEEN_SYN | REPORT_SEEN_ACK;
	full.server.gaps = 4;
	full.server.zero_windows = 5;
	full.server.rtt_us = 140000;
	full.server.handshake_us = 138000;
	full.server.wscale = 255;
	full.server.known &= (uint8_t)~REPORT_KNOWS_SACK;
	return full;
}

/* An UDP flow: nothing of TCP is known. */
inline struct report_full
udp_full()
{
	struct report_full full;

	memset(&full, 0, sizeof(full));
	full.row = bare_row();
	full.row.proto = IPPROTO_UDP;
	full.row.client.state = full.row.server.state = REPORT_UDP;
	full.client.in_state_us = full.server.in_state_us = 5000000;
	return full;
}

inline struct report_full
longest_full()
{
	struct report_full full;

	memset(&full, 0xff, sizeof(full));
	full.row = longest_row();
	full.client.wscale = full.server.wscale = 14;
	return full;
}

#endif
