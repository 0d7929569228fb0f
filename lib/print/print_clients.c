/* SPDX-License-Identifier: BSD-3-Clause */
/* Clients and their sums; see print_clients.h. */

#include <inttypes.h>
#include <string.h>

#include "base_text.h"
#include "base_width.h"
#include "digest_row.h"
#include "print_part.h"
#include "print_rows.h"
#include "report_format.h"
#include "report_label.h"
#include "report_names.h"

/* The columns of text, and the states that each adds up. */
static const struct {
	const char *title;
	int width;
	unsigned states; /* 1 << enum report_state, or-ed */
} clients_columns[] = {
	{ "Opening", 7, 1u << REPORT_SYN_SENT | 1u << REPORT_SYN_RECEIVED | 1u << REPORT_LISTEN },
	{ "Estab", 5, 1u << REPORT_ESTABLISHED },
	{ "Closing", 7,
	  1u << REPORT_FIN_WAIT_1 | 1u << REPORT_FIN_WAIT_2 | 1u << REPORT_CLOSE_WAIT |
	      1u << REPORT_CLOSING | 1u << REPORT_LAST_ACK },
	{ "Past", 5, 1u << REPORT_TIME_WAIT | 1u << REPORT_CLOSED },
	{ "UDP", 5, 1u << REPORT_UDP },
};

/* --- text ----------------------------------------------------------------------------------- */

/* What stands beside the address and the name, the blanks before it included. */
#define CLIENTS_NUMBERS 65
#define CLIENTS_ADDR    15 /* columns of any IPv4 address */

/* The column of names: there if there are any, unless a terminal has too little room for it. */
static unsigned
clients_name_width(const struct print_style *style)
{
	unsigned n = style->labels ? style->labels->n : 0, width;

	width = print_terminal_room(style->columns, CLIENTS_NUMBERS + CLIENTS_ADDR + 2, 0,
	                            REPORT_LABEL_MAX - 1, REPORT_LABEL_MAX - 1);
	return n > 0 && width >= strlen("Name") ? width : 0;
}

static unsigned
clients_addr_width(const struct print_style *style)
{
	unsigned name = clients_name_width(style);

	return print_terminal_room(style->columns, CLIENTS_NUMBERS + (name > 0 ? name + 2 : 0),
	                           CLIENTS_ADDR, CLIENTS_ADDR, REPORT_ADDR_WIDTH);
}

static void
clients_text_heading(struct print_out *out)
{
	print_out_printf(out, "%-*s %6s", (int)clients_addr_width(&out->style), "Client", "Conns");
	for (unsigned i = 0; i < BASE_COUNT_OF(clients_columns); i++)
		print_out_printf(out, " %*s", clients_columns[i].width, clients_columns[i].title);
	print_out_printf(out, " %7s %6s %8s%s\n", "Packets", "Bytes", "Idle",
	                 clients_name_width(&out->style) > 0 ? "  Name" : "");
}

static uint64_t
clients_column(const struct digest_client *client, unsigned column)
{
	uint64_t sum = 0;

	for (unsigned s = 0; s < REPORT_STATES; s++)
		if (clients_columns[column].states & 1u << s)
			sum += client->by_state[s];
	return sum;
}

/* What the client is called, or NULL. */
static const char *
clients_label(const struct print_out *out, const struct digest_client *client)
{
	return client->other
	           ? NULL
	           : report_label_find(out->style.labels, client->addr, client->ip_version);
}

static void
clients_text_name(struct print_out *out, const struct digest_client *client)
{
	const char *label = clients_label(out, client);
	char name[REPORT_LABEL_MAX];

	if (label && clients_name_width(&out->style) > 0) {
		strcpy(name, label);
		print_out_printf(out, "  %s",
		                 print_terminal_middle(out->style.columns, name,
		                                       clients_name_width(&out->style)));
	}
	print_out_puts(out, "\n");
}

static void
clients_text(struct print_out *out, const void *row)
{
	const struct digest_client *client = row;
	char addr[PRINT_PART_MAX], part[PRINT_PART_MAX], bytes[PRINT_PART_MAX],
	    idle[PRINT_PART_MAX];
	unsigned width = clients_addr_width(&out->style);
	const char *name = _("(other)");

	if (!client->other) {
		print_host(addr, &out->style, client->addr, client->ip_version);
		name = print_terminal_middle(out->style.columns, addr, width);
	}
	print_out_printf(out, "%-*s %6s", base_width_field(name, width), name,
	                 print_brief(part, client->count));
	for (unsigned i = 0; i < BASE_COUNT_OF(clients_columns); i++)
		print_out_printf(out, " %*s", clients_columns[i].width,
		                 print_brief(part, clients_column(client, i)));
	print_out_printf(out, " %7s %6s %8s",
	                 print_brief(part, client->packets_out + client->packets_in),
	                 print_brief(bytes, client->bytes_out + client->bytes_in),
	                 print_hms(idle, client->idle_us));
	clients_text_name(out, client);
}

/* --- JSON and CSV --------------------------------------------------------------------------- */

static void
clients_json(struct print_out *out, const void *row)
{
	const struct digest_client *client = row;
	char part[PRINT_PART_MAX];

	if (client->other) {
		print_out_puts(out, "{\"other\":true");
	} else {
		print_out_printf(out, "{\"ip\":\"%s\"",
		                 print_addr(part, client->addr, client->ip_version));
		print_json_name(out, client->addr, client->ip_version);
	}
	print_out_printf(out, ",\"count\":%" PRIu64 ",\"by_state\":{", client->count);
	for (unsigned s = 0; s < REPORT_STATES; s++)
		print_out_printf(out, "%s\"%s\":%" PRIu64, s > 0 ? "," : "", report_state_name(s),
		                 client->by_state[s]);
	print_out_printf(out,
	                 "},\"packets_out\":%" PRIu64 ",\"packets_in\":%" PRIu64
	                 ",\"bytes_out\":%" PRIu64 ",\"bytes_in\":%" PRIu64,
	                 client->packets_out, client->packets_in, client->bytes_out,
	                 client->bytes_in);
	*report_format_time(part, client->last_us) = '\0';
	print_out_printf(out, ",\"last\":\"%s\"", part);
	print_out_printf(out, ",\"idle\":%s}\n", print_seconds(part, client->idle_us));
}

static void
clients_csv_heading(struct print_out *out)
{
	print_out_puts(out, "ip,other,count");
	for (unsigned s = 0; s < REPORT_STATES; s++)
		print_out_printf(out, ",%s", report_state_name(s));
	print_out_puts(out, ",packets_out,packets_in,bytes_out,bytes_in,last,idle,name\n");
}

static void
clients_csv(struct print_out *out, const void *row)
{
	const struct digest_client *client = row;
	char addr[PRINT_PART_MAX] = "", last[PRINT_PART_MAX], idle[PRINT_PART_MAX];

	if (!client->other)
		print_addr(addr, client->addr, client->ip_version);
	print_out_printf(out, "%s,%u,%" PRIu64, addr, client->other, client->count);
	for (unsigned s = 0; s < REPORT_STATES; s++)
		print_out_printf(out, ",%" PRIu64, client->by_state[s]);
	*report_format_time(last, client->last_us) = '\0';
	print_out_printf(out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%s,%s,%s\n",
	                 client->packets_out, client->packets_in, client->bytes_out,
	                 client->bytes_in, last, print_seconds(idle, client->idle_us),
	                 clients_label(out, client) ? clients_label(out, client) : "");
}

const struct print_rows print_clients = {
	.text_heading = clients_text_heading,
	.csv_heading = clients_csv_heading,
	.text = clients_text,
	.json = clients_json,
	.csv = clients_csv,
	.text_cut = print_cut,
};
