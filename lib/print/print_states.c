/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The eleven states and UDP explained as a tap sees them; see print_states.h.
 *
 * The order is that of a connection's life. The table is all there is to say.
 */

#include <inttypes.h>
#include <stdio.h>

#include "base_text.h"
#include "print_part.h"
#include "print_states.h"
#include "report_names.h"

#define STATES_ASK_MAX 128

struct states_words {
	enum report_state state;
	const char *meaning;
	const char *many; /* what an excess points to; NULL: nothing */
	const char *ask;  /* arguments of spanstat that show more; NULL: none */
};

/* clang-format off */
static const struct states_words states_words[] = {
	{ REPORT_LISTEN,
	  N_("A socket waits for connections. It belongs to no connection, so no row has it: "
	     "the report `listen` shows the sockets that answered."),
	  NULL, NULL },
	{ REPORT_SYN_SENT,
	  N_("It has sent its SYN and has no answer yet."),
	  N_("the server is gone, or a firewall drops SYN or SYN-ACK; one client to "
	     "many addresses or ports: a scan."),
	  "conn --by server state syn-sent" },
	{ REPORT_SYN_RECEIVED,
	  N_("It has answered a SYN with SYN-ACK and waits for the ACK."),
	  N_("from many addresses: a SYN flood with forged senders; from few: the way "
	     "back to the client loses packets."),
	  NULL },
	{ REPORT_ESTABLISHED,
	  N_("Open: both ends may send."),
	  N_("idle for hours: connections that nobody uses, or whose host is gone "
	     "unnoticed."),
	  "conn 'state established and idle > 1h' --by server" },
	{ REPORT_FIN_WAIT_1,
	  N_("It has closed: its FIN is sent and not acknowledged yet."),
	  N_("the other host is gone, or a firewall has forgotten the connection and "
	     "swallows the FIN."),
	  "leaks" },
	{ REPORT_FIN_WAIT_2,
	  N_("It has closed, the other end knows it and has not closed yet."),
	  N_("the other end is in CLOSE_WAIT and forgets to close; it is the one to mend."),
	  "leaks" },
	{ REPORT_CLOSE_WAIT,
	  N_("The other end has closed; this end's application has not called close() yet."),
	  N_("the application forgets to close and will run out of descriptors: the usual leak."),
	  "leaks" },
	{ REPORT_CLOSING,
	  N_("Both have closed at once, and their FINs have crossed."),
	  N_("rare; ACKs of FINs are lost on their way."),
	  NULL },
	{ REPORT_LAST_ACK,
	  N_("It has closed as the second; its FIN is not acknowledged yet."),
	  N_("the first end is gone, or a firewall swallows the last FIN."),
	  NULL },
	{ REPORT_TIME_WAIT,
	  N_("It closed first, and all is acknowledged; its port stays taken for 2 x MSL, so "
	     "that late segments do no harm."),
	  N_("many short connections. Harmless at a server; at a client the ports may run out."),
	  "timewait" },
	{ REPORT_CLOSED,
	  N_("There is no connection any more, or this end has never answered."),
	  N_("with `rst`: refused or aborted."),
	  "allconn --by server,end" },
	{ REPORT_UDP,
	  N_("A UDP flow: it has no states."),
	  N_("of one direction only (`1way`): questions that nobody answers."),
	  NULL },
};
/* clang-format on */

static_assert(BASE_COUNT_OF(states_words) == REPORT_STATES, "each has its words");

/* --- text ----------------------------------------------------------------------------------- */

/* What many point to, and what to ask then, which is copied from the screen and so not broken. */
static void
states_many(struct print_out *out, const struct states_words *words)
{
	char ask[STATES_ASK_MAX];

	if (!words->many)
		return;
	if (words->ask)
		snprintf(ask, sizeof(ask), _("Ask: spanstat %s"), words->ask);
	print_wrap(out, _("Many:"), _(words->many), words->ask ? ask : NULL);
}

static void
states_text(struct print_out *out, const struct states_words *words,
            const struct report_stats *stats)
{
	const char *name = report_state_name(words->state);

	if (stats && words->state == REPORT_UDP)
		print_out_printf(out, _("%-13s flows %" PRIu64 "\n"), name, stats->flows_udp);
	else if (stats && words->state != REPORT_LISTEN)
		print_out_printf(out, _("%-13s clients %" PRIu64 ", servers %" PRIu64 "\n"), name,
		                 stats->flows_client_state[words->state],
		                 stats->flows_server_state[words->state]);
	else
		print_out_printf(out, "%s\n", name);
	print_wrap(out, "", _(words->meaning), NULL);
	states_many(out, words);
}

void
print_states_text(struct print_out *out, const struct report_stats *stats)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(states_words); i++)
		states_text(out, &states_words[i], stats);
}

/* --- JSON and CSV --------------------------------------------------------------------------- */

/* Not translated, for programs compare it; nothing in it would have to be escaped. */
static void
states_plain(struct print_out *out, const struct states_words *words)
{
	if (words->many)
		print_out_puts(out, words->many);
	if (words->ask)
		print_out_printf(out, " Ask: spanstat %s", words->ask);
}

void
print_states_json(struct print_out *out, const struct report_stats *stats)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(states_words); i++) {
		const struct states_words *words = &states_words[i];

		print_out_printf(out, "{\"state\":\"%s\",\"meaning\":\"",
		                 report_state_name(words->state));
		print_out_puts(out, words->meaning);
		print_out_puts(out, "\",\"many\":\"");
		states_plain(out, words);
		print_out_puts(out, "\"");
		if (stats)
			print_out_printf(out, ",\"clients\":%" PRIu64 ",\"servers\":%" PRIu64,
			                 stats->flows_client_state[words->state],
			                 stats->flows_server_state[words->state]);
		print_out_puts(out, "}\n");
	}
}

void
print_states_csv(struct print_out *out, const struct report_stats *stats, int with_header)
{
	if (with_header)
		print_out_puts(out, "state,clients,servers,meaning,many\n");
	for (unsigned i = 0; i < BASE_COUNT_OF(states_words); i++) {
		const struct states_words *words = &states_words[i];

		print_out_printf(out, "%s,", report_state_name(words->state));
		if (stats)
			print_out_printf(out, "%" PRIu64 ",%" PRIu64,
			                 stats->flows_client_state[words->state],
			                 stats->flows_server_state[words->state]);
		else
			print_out_puts(out, ",");
		print_out_puts(out, ",\"");
		print_out_puts(out, words->meaning);
		print_out_puts(out, "\",\"");
		states_plain(out, words);
		print_out_puts(out, "\"\n");
	}
}
