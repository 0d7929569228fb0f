/* SPDX-License-Identifier: BSD-3-Clause */
/* Counters of which no two that could be confused are equal. */
#ifndef REPORT_STATS_FIXTURE_H
#define REPORT_STATS_FIXTURE_H

#include <cstring>
#include <memory>

#include "report_stats.h"

inline std::unique_ptr<struct report_stats>
example_stats()
{
	std::unique_ptr<struct report_stats> s(new struct report_stats());
	const char *const verdicts[] = { "tcp", "udp", "arp", "short" };
	const uint64_t counts[] = { 70, 20, 0, 10 };

	s->received = 100;
	s->tracked = 90;
	s->ignored = 10;
	s->dropped_nic = 3;
	s->dropped_worker = 4;
	s->n_verdicts = 4;
	for (unsigned i = 0; i < 4; i++) {
		strcpy(s->verdict_names[i], verdicts[i]);
		s->verdicts[i] = counts[i];
	}
	s->duplicates = 11;
	s->late_copies = 16;
	s->copy_delay_us = 17;
	s->copy_window_us = 18;
	s->bad_stamps = 19;
	s->gaps = 12;
	s->retransmissions = 13;
	s->rst_ignored = 14;
	s->syn_on_live = 15;
	s->wrong_checksums = 16;
	s->fragments = { 51, 52, 53, 54, 55, 56, 57 };
	s->n_tunnels = 3;
	strcpy(s->tunnels[0].name, "ipip");
	strcpy(s->tunnels[1].name, "vxlan-gpe");
	strcpy(s->tunnels[2].name, "gre");
	s->tunnels[1].packets = 61;
	s->tunnels[1].ignored = 62;
	s->tunnels[2].packets = 63;
	s->networks_joined = 64;
	s->networks_ambiguous = 65;
	s->networks_refused = 66;
	s->icmp_tied = 21;
	s->icmp_no_flow = 22;
	s->icmp_ignored = 23;
	s->flows_live = 5;
	s->flows_capacity = 1000;
	s->flows_created = 9;
	s->flows_expired = 2;
	s->flows_evicted = 1;
	s->flows_reused = 6;
	s->flows_dropped = 7;
	s->flows_refused = 8;
	s->flows_saturated = 28;
	for (unsigned i = 0; i < REPORT_STATES; i++) {
		s->flows_client_state[i] = i;
		s->flows_server_state[i] = 100 + i;
	}
	s->sockets_live = 21;
	s->sockets_capacity = 22;
	s->sockets_replaced = 23;
	s->sockets_passed_over = 24;
	s->memory_table_bytes = 1024;
	s->memory_control_bytes = 2048;
	s->hugepages = 1;
	s->now_us = 1767225600000123;
	s->uptime_us = 61500000;
	s->n_workers = 2;
	s->workers[0].lcore = 1;
	s->workers[0].received = 60;
	s->workers[0].busy_cycles = 750;
	s->workers[0].idle_cycles = 250;
	s->workers[1].lcore = 2;
	s->workers[1].received = 40;
	s->workers[1].flows_capacity = 500;
	s->workers[1].dropped = 4;
	s->workers[1].handed = 41;
	s->workers[1].stray = 42;
	s->n_ports = 1;
	strcpy(s->ports[0].name, "net_pcap0,rx=\"a\"");
	strcpy(s->ports[0].driver, "net_pcap");
	s->ports[0].received = 100;
	s->ports[0].bytes = 6400;
	s->ports[0].missed = 3;
	s->ports[0].state = REPORT_PORT_UP;
	s->ports[0].changes = 1;
	s->events_lost = 43;
	return s;
}

#endif
