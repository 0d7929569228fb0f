/* SPDX-License-Identifier: BSD-3-Clause */
/* clients: a line a client, the one with the most connections first. */

#include "base_text.h"
#include "lines.h"
#include "print_clients.h"

static void
clients_text(struct print_out *out, const void *line)
{
	print_clients_text(out, line);
}

static void
clients_json(struct print_out *out, const void *line)
{
	print_clients_json(out, line);
}

static void
clients_csv(struct print_out *out, const void *line)
{
	print_clients_csv(out, line);
}

static const struct lines clients_lines = {
	.type = CTL_CLIENT_LINES,
	.bytes = sizeof(struct digest_client),
	.sorts = 1,
	.heading = print_clients_heading,
	.csv_header = print_clients_csv_header,
	.text = clients_text,
	.json = clients_json,
	.csv = clients_csv,
};

const struct cmd cmd_clients = {
	.name = "clients",
	.letter = 'e',
	.request = CTL_CLIENTS,
	.help = N_("clients: connections by state, packets and bytes, idle time"),
	.narrows = 1,
	.lines = &clients_lines,
	.parse = lines_parse,
	.begin = lines_begin,
	.part = lines_part,
	.cut = lines_cut,
};
