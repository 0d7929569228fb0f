/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tables; see report_spelling.h.
 *
 * Sources: net-tools and ss are compared with the real programs by tests/net/net_dialect.py; BSD,
 * Solaris and Windows follow listings of real systems; z/OS follows IBM's page "TCP connection
 * status", which has a column for TSO and the shell and one for the console.
 */

#include <string.h>
#include <strings.h>

#include "report_names.h"
#include "report_spelling.h"

static const struct {
	const char *name, *manual;
} report_systems[REPORT_SYSTEMS] = {
	[REPORT_SYSTEM_RFC] = { "state", "RFC 9293, section 3.3.2" },
	[REPORT_SYSTEM_ZOS] = { "zos", "z/OS, Netstat: TCP connection status" },
	[REPORT_SYSTEM_ZOS_CONSOLE] = { "console", "the same page, column of the MVS console" },
	[REPORT_SYSTEM_LINUX] = { "linux", "netstat(8) of net-tools" },
	[REPORT_SYSTEM_SS] = { "ss", "ss(8) of iproute2" },
	[REPORT_SYSTEM_BSD] = { "bsd", "netstat(1), tcp(4)" },
	[REPORT_SYSTEM_SOLARIS] = { "solaris", "netstat(8)" },
	[REPORT_SYSTEM_WINDOWS] = { "windows", "Microsoft's page `netstat`" },
	[REPORT_SYSTEM_CONNTRACK] = { "conntrack", "conntrack(8)" },
	[REPORT_SYSTEM_SNMP] = { "snmp", "RFC 4022, tcpConnectionState" },
};

/* The rows after the states of RFC 9293: an UDP socket with a peer, and one without. */
enum { SPELLING_UDP_SOCKET = REPORT_STATES, SPELLING_ROWS };

#define STATE(state, ...) [REPORT_##state] = { NULL, __VA_ARGS__ }

/* clang-format off */
/* NULL: as RFC 9293 spells it, with '_'. */
static const char *const report_spellings[SPELLING_ROWS][REPORT_SYSTEMS] = {
	/*  z/OS, its console, net-tools, ss, BSD, Solaris, Windows, conntrack, SNMP */
	STATE(CLOSED, "Closed", "Closed", "CLOSE", "UNCONN", NULL, NULL, NULL, "CLOSE",
	      "closed(1)"),
	STATE(LISTEN, "Listen", "Listen", NULL, NULL, NULL, NULL, "LISTENING", "", "listen(2)"),
	STATE(SYN_SENT, "SynSent", "SynSent", NULL, "SYN-SENT", NULL, NULL, NULL, NULL,
	      "synSent(3)"),
	STATE(SYN_RECEIVED, "SynRcvd", "SynRcvd", "SYN_RECV", "SYN-RECV", "SYN_RCVD", "SYN_RCVD",
	      NULL, "SYN_RECV", "synReceived(4)"),
	STATE(ESTABLISHED, "Establsh", "Estblsh", NULL, "ESTAB", NULL, NULL, NULL, NULL,
	      "established(5)"),
	STATE(FIN_WAIT_1, "FinWait1", "FinWt1", "FIN_WAIT1", "FIN-WAIT-1", NULL, NULL, NULL,
	      "FIN_WAIT", "finWait1(6)"),
	STATE(FIN_WAIT_2, "FinWait2", "FinWt2", "FIN_WAIT2", "FIN-WAIT-2", NULL, NULL, NULL,
	      "", "finWait2(7)"),
	STATE(CLOSE_WAIT, "ClosWait", "ClosWt", NULL, "CLOSE-WAIT", NULL, NULL, NULL, NULL,
	      "closeWait(8)"),
	STATE(CLOSING, "Closing", "Closing", NULL, NULL, NULL, NULL, NULL, "", "closing(10)"),
	STATE(LAST_ACK, "LastAck", "LastAck", NULL, "LAST-ACK", NULL, NULL, NULL, NULL,
	      "lastAck(9)"),
	STATE(TIME_WAIT, "TimeWait", "TimeWt", NULL, "TIME-WAIT", NULL, NULL, NULL, NULL,
	      "timeWait(11)"),
	STATE(UDP, "UDP", "UDP", "ESTABLISHED", "ESTAB", "", "Connected", "", "", ""),
	[SPELLING_UDP_SOCKET] = { NULL, "UDP", "UDP", "", "UNCONN", "", "Idle", "", "", "" },
};

#define BIT(state) (UINT32_C(1) << REPORT_##state)

/* What differs from the columns by more than '_', '-', blanks and case. In the order of states. */
static const struct report_spelling_also report_also[] = {
	{ BIT(CLOSED), "unconnected", "ss's filter" },
	{ BIT(CLOSED), "NONE", "conntrack" },
	{ BIT(CLOSED), "BOUND", "Solaris, Windows" },
	{ BIT(CLOSED) | BIT(UDP), "IDLE", "Solaris" },
	{ BIT(CLOSED), "DELETE_TCB", "Windows, SNMP" },
	{ BIT(SYN_SENT), "SYN_SEND", "Microsoft's Q137984" },
	{ BIT(SYN_SENT), "SYN_SENT2", "conntrack" },
	{ BIT(SYN_RECEIVED), "SYN RCVD", "RFC 793" },
	{ BIT(SYN_RECEIVED), "syn-rcv", "ss's filter" },
	{ BIT(SYN_RECEIVED), "SYN_RCDV", "a misprint in lists" },
	{ BIT(ESTABLISHED), "ESTAB", "RFC 793" },
	{ BIT(FIN_WAIT_1), "FINWAIT-1", "RFC 793" },
	{ BIT(FIN_WAIT_2), "FINWAIT-2", "RFC 793" },
	{ BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2), "FIN_WAIT", "conntrack" },
	{ BIT(CLOSE_WAIT), "CLOSE WAIT", "RFC 793" },
	{ BIT(TIME_WAIT), "TIMED_WAIT", "Microsoft's Q137984" },
	{ BIT(UDP), "Unbound", "Solaris" },
};
/* clang-format on */

const char *
report_system_name(enum report_system system)
{
	assert(system < REPORT_SYSTEMS);
	return report_systems[system].name;
}

const char *
report_system_manual(enum report_system system)
{
	assert(system < REPORT_SYSTEMS);
	return report_systems[system].manual;
}

const char *
report_spelling(enum report_system system, unsigned state, bool is_socket)
{
	unsigned row = state == REPORT_UDP && is_socket ? SPELLING_UDP_SOCKET : state;
	const char *word = NULL;

	assert(system < REPORT_SYSTEMS);
	if (system != REPORT_SYSTEM_RFC && state < REPORT_STATES)
		word = report_spellings[row][system];
	return word ? word : report_state_name(state);
}

const struct report_spelling_also *
report_spelling_also(size_t at)
{
	return at < BASE_COUNT_OF(report_also) ? &report_also[at] : NULL;
}

static bool
spelling_separates(char byte)
{
	return byte == '_' || byte == '-' || byte == ' ';
}

/* Is the text that spelling? What is in parentheses behind it is no part of it. */
static bool
spelling_is(const char *word, const char *text, size_t n)
{
	if (*word == '\0' || n == 0 || spelling_separates(text[0]))
		return false;
	for (; *word != '\0' && *word != '('; word++, text++, n--) {
		if (spelling_separates(*word))
			word++;
		if (n > 1 && spelling_separates(*text)) {
			text++;
			n--;
		}
		if (n == 0 || strncasecmp(word, text, 1) != 0)
			return false;
	}
	return n == 0;
}

/*
 * The word of more than one state is itself and no other: conntrack's FIN_WAIT is in a column, too.
 * UDP is found by its name alone, since systems call it by the names of other states.
 */
uint32_t
report_spelling_find(const char *text, size_t n)
{
	for (size_t i = 0; i < BASE_COUNT_OF(report_also); i++)
		if (spelling_is(report_also[i].word, text, n))
			return report_also[i].states;
	for (unsigned state = 0; state < REPORT_UDP; state++)
		for (unsigned system = 0; system < REPORT_SYSTEMS; system++)
			if (spelling_is(report_spelling((enum report_system)system, state, false),
			                text, n))
				return UINT32_C(1) << state;
	return spelling_is(report_state_name(REPORT_UDP), text, n) ? BIT(UDP) : 0;
}
