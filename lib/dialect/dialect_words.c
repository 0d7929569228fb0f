/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tables; see dialect_words.h.
 *
 * Sources: net-tools and ss are compared with the real programs by tests/net/net_dialect.py; BSD,
 * Solaris and Windows follow listings of real systems; z/OS follows a real listing as far as
 * ClosWait, and the spellings marked so are from memory, in the style of the others.
 */

#include <netinet/in.h>
#include <string.h>

#include "dialect_words.h"
#include "report_names.h"

/*
 * z/OS lists recently closed connections. Windows and net-tools show no connection that is closed,
 * nor does ss. Solaris has a section for each protocol and version of IP: its report must come in
 * their order.
 */
static const struct dialect dialects[DIALECTS] = {
	[DIALECT_NONE] = { "none", 0, 0, 0, 1, NULL },
	[DIALECT_ZOS] = { "zos", 1, 1, 1, 0, NULL },
	[DIALECT_LINUX] = { "linux", 0, 0, 1, 0, NULL },
	[DIALECT_SS] = { "ss", 0, 0, 1, 0, NULL },
	[DIALECT_BSD] = { "bsd", 0, 0, 1, 0, NULL },
	[DIALECT_SOLARIS] = { "solaris", 0, 0, 1, 0, "-proto,bound" },
	[DIALECT_WINDOWS] = { "windows", 0, 0, 1, 0, NULL },
};

/* The rows after the states of RFC 9293: an UDP socket with a peer, and one without. */
enum { WORDS_UDP_SOCKET = REPORT_STATES, WORDS_STATES };

#define STATE(state, ...) [REPORT_##state] = { NULL, __VA_ARGS__ }

/* NULL: as RFC 9293 spells it, with '_'. Marked memory: nothing to compare with was at hand. */
static const char *const dialect_states[WORDS_STATES][DIALECTS] = {
	/*            z/OS        net-tools    ss           BSD         Solaris      Windows */
	STATE(CLOSED, "Closed", "CLOSE", "UNCONN"), /* z/OS: memory */
	STATE(LISTEN, "Listen", NULL, NULL, NULL, NULL, "LISTENING"),
	STATE(SYN_SENT, "SynSent", NULL, "SYN-SENT"),
	STATE(SYN_RECEIVED, "SynRcvd", "SYN_RECV", "SYN-RECV", "SYN_RCVD", "SYN_RCVD"),
	STATE(ESTABLISHED, "Establsh", NULL, "ESTAB"),
	STATE(FIN_WAIT_1, "FinWait1", "FIN_WAIT1", "FIN-WAIT-1"),
	STATE(FIN_WAIT_2, "FinWait2", "FIN_WAIT2", "FIN-WAIT-2"),
	STATE(CLOSE_WAIT, "ClosWait", NULL, "CLOSE-WAIT"),
	STATE(CLOSING, "Closing"),                       /* z/OS: memory */
	STATE(LAST_ACK, "LastAck", NULL, "LAST-ACK"),    /* z/OS: memory */
	STATE(TIME_WAIT, "TimeWait", NULL, "TIME-WAIT"), /* z/OS: memory */
	STATE(UDP, "UDP", "ESTABLISHED", "ESTAB", "", "Connected", ""),
	[WORDS_UDP_SOCKET] = { NULL, "UDP", "", "UNCONN", "", "Idle", "" }, /* z/OS: memory */
};

/* tcp of IPv4 and IPv6, udp of IPv4 and IPv6. z/OS and Solaris have no such column. */
static const char *const dialect_protos[DIALECTS][2][2] = {
	[DIALECT_NONE] = { { "tcp", "tcp" }, { "udp", "udp" } },
	[DIALECT_ZOS] = { { "Stream", "Stream" }, { "Dgram", "Dgram" } }, /* in `sockets` */
	[DIALECT_LINUX] = { { "tcp", "tcp6" }, { "udp", "udp6" } },
	[DIALECT_SS] = { { "tcp", "tcp" }, { "udp", "udp" } },
	[DIALECT_BSD] = { { "tcp4", "tcp6" }, { "udp4", "udp6" } },
	[DIALECT_SOLARIS] = { { "TCP", "TCP" }, { "UDP", "UDP" } },
	[DIALECT_WINDOWS] = { { "TCP", "TCP" }, { "UDP", "UDP" } },
};

/* The foreign end of a socket without peer. */
static const char *const any_star[3] = { "*", "*", "*" };
static const char *const any_zos[3] = { "0.0.0.0", "::", "0" };
static const char *const any_linux[3] = { "0.0.0.0", "::", "*" };
static const char *const any_ss[3] = { "0.0.0.0", "[::]", "*" };
static const char *const any_solaris[3] = { "      *", "      *", "*" };
static const char *const any_windows[3] = { "0.0.0.0", "[::]", "0" };
static const char *const any_nothing[3] = { "", "", "" };

static const struct dialect_spelling dialect_spellings[DIALECTS] = {
	[DIALECT_NONE] = { DIALECT_NONE, ":", 1, 0, 0, 0, any_star, any_star },
	[DIALECT_ZOS] = { DIALECT_ZOS, "..", 0, 0, 0, 0, any_zos, any_star },
	[DIALECT_LINUX] = { DIALECT_LINUX, ":", 0, 22, 0, 0, any_linux, any_linux },
	[DIALECT_SS] = { DIALECT_SS, ":", 1, 0, 0, 0, any_ss, any_ss },
	[DIALECT_BSD] = { DIALECT_BSD, ".", 0, 0, 16, 0, any_star, any_star },
	[DIALECT_SOLARIS] = { DIALECT_SOLARIS, ".", 0, 0, 0, 0, any_solaris, any_nothing },
	[DIALECT_WINDOWS] = { DIALECT_WINDOWS, ":", 1, 0, 0, 1, any_windows, any_star },
};

const struct dialect *
dialect_get(enum dialect_id id)
{
	assert(id < DIALECTS);
	return &dialects[id];
}

enum dialect_id
dialect_find(const char *name)
{
	unsigned id = DIALECT_NONE + 1;

	while (id < DIALECTS && strcmp(dialects[id].name, name) != 0)
		id++;
	return id < DIALECTS ? (enum dialect_id)id : DIALECT_NONE;
}

const char *
dialect_state(enum dialect_id id, unsigned state, int is_socket)
{
	const char *word;

	assert(id < DIALECTS);
	if (id == DIALECT_NONE || state >= REPORT_STATES)
		return report_state_name(state);
	word = dialect_states[state == REPORT_UDP && is_socket ? WORDS_UDP_SOCKET : state][id];
	return word ? word : report_state_name(state);
}

const char *
dialect_proto(enum dialect_id id, unsigned proto, unsigned ip_version)
{
	assert(id < DIALECTS);
	if (proto != IPPROTO_TCP && proto != IPPROTO_UDP)
		return report_proto_name(proto);
	return dialect_protos[id][proto == IPPROTO_UDP][ip_version == 6];
}

const struct dialect_spelling *
dialect_spelling(enum dialect_id id)
{
	assert(id < DIALECTS);
	return &dialect_spellings[id];
}
