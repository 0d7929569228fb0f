/* SPDX-License-Identifier: BSD-3-Clause */
/* The tables of words; see report_names.h. */

#include <netinet/in.h>

#include "report_listen.h"
#include "report_names.h"

static const char *const report_states[REPORT_STATES] = {
	[REPORT_CLOSED] = "CLOSED",           [REPORT_LISTEN] = "LISTEN",
	[REPORT_SYN_SENT] = "SYN_SENT",       [REPORT_SYN_RECEIVED] = "SYN_RECEIVED",
	[REPORT_ESTABLISHED] = "ESTABLISHED", [REPORT_FIN_WAIT_1] = "FIN_WAIT_1",
	[REPORT_FIN_WAIT_2] = "FIN_WAIT_2",   [REPORT_CLOSE_WAIT] = "CLOSE_WAIT",
	[REPORT_CLOSING] = "CLOSING",         [REPORT_LAST_ACK] = "LAST_ACK",
	[REPORT_TIME_WAIT] = "TIME_WAIT",     [REPORT_UDP] = "UDP",
};

static const struct {
	const char *name, *brief;
} report_flags[REPORT_FLAGS] = {
	{ "midstream", "mid" },
	{ "oneway", "1way" },
	{ "gap", "gap" },
	{ "role-guessed", "guess" },
};

static_assert(REPORT_MIDSTREAM == 1 << 0 && REPORT_ONEWAY == 1 << 1 && REPORT_GAP == 1 << 2 &&
                  REPORT_ROLE_GUESSED == 1 << 3,
              "the table is in the order of the bits");

static const char *const report_listen_states[REPORT_LISTEN_STATES] = {
	[REPORT_LISTEN_SILENT] = "silent",     [REPORT_LISTEN_REFUSED] = "refused",
	[REPORT_LISTEN_ANSWERED] = "answered", [REPORT_LISTEN_UNCONNECTED] = "unconnected",
	[REPORT_LISTEN_LISTEN] = "LISTEN",
};

static const char *const report_closers[] = {
	[REPORT_CLOSER_NONE] = NULL,
	[REPORT_CLOSER_CLIENT] = "client",
	[REPORT_CLOSER_SERVER] = "server",
};

static const char *const report_causes[REPORT_END_CAUSES] = {
	[REPORT_END_NONE] = NULL,         [REPORT_END_FIN] = "fin",
	[REPORT_END_RST] = "rst",         [REPORT_END_TIMEOUT] = "timeout",
	[REPORT_END_EVICTED] = "evicted", [REPORT_END_DROPPED] = "dropped",
	[REPORT_END_REUSED] = "reused",
};

static const struct {
	const char *name, *brief;
} report_icmps[REPORT_N_ICMP] = {
	[REPORT_ICMP_NET] = { "net-unreachable", "icmp-net" },
	[REPORT_ICMP_HOST] = { "host-unreachable", "icmp-host" },
	[REPORT_ICMP_PORT] = { "port-unreachable", "icmp-port" },
	[REPORT_ICMP_ADMIN] = { "admin-prohibited", "icmp-admin" },
	[REPORT_ICMP_TOO_BIG] = { "packet-too-big", "icmp-big" },
	[REPORT_ICMP_TIME] = { "time-exceeded", "icmp-time" },
	[REPORT_ICMP_OTHER] = { "other", "icmp-other" },
};

const char *
report_state_name(unsigned state)
{
	return state < REPORT_STATES ? report_states[state] : "UNKNOWN";
}

const char *
report_flag_name(unsigned bit)
{
	assert(bit < REPORT_FLAGS);
	return report_flags[bit].name;
}

const char *
report_flag_short(unsigned bit)
{
	assert(bit < REPORT_FLAGS);
	return report_flags[bit].brief;
}

const char *
report_closer_name(unsigned closer)
{
	return closer < BASE_COUNT_OF(report_closers) ? report_closers[closer] : NULL;
}

const char *
report_end_cause_name(unsigned cause)
{
	return cause < REPORT_END_CAUSES ? report_causes[cause] : NULL;
}

const char *
report_icmp_name(unsigned icmp)
{
	return icmp < REPORT_N_ICMP ? report_icmps[icmp].name : NULL;
}

const char *
report_icmp_short(unsigned icmp)
{
	return icmp < REPORT_N_ICMP ? report_icmps[icmp].brief : NULL;
}

const char *
report_proto_name(unsigned proto)
{
	return proto == IPPROTO_TCP ? "tcp" : proto == IPPROTO_UDP ? "udp" : "unknown";
}

const char *
report_listen_state_name(unsigned state)
{
	return state < REPORT_LISTEN_STATES ? report_listen_states[state] : "UNKNOWN";
}
