/* SPDX-License-Identifier: BSD-3-Clause */
/* Ports in TIME_WAIT in numbers and words; see print_timewait.h. */

#include <inttypes.h>

#include "base_text.h"
#include "base_width.h"
#include "digest_row.h"
#include "print_part.h"
#include "print_rows.h"
#include "report_format.h"
#include "report_label.h"

static unsigned
timewait_ports(const struct digest_timewait *sums)
{
	return (unsigned)sums->range_high - sums->range_low + 1;
}

/* Connections a second that enter TIME_WAIT. */
static double
timewait_rate(const struct digest_timewait *sums)
{
	return sums->window_us ? 1e6 * (double)sums->entered / (double)sums->window_us : 0;
}

/* --- text ----------------------------------------------------------------------------------- */

/* Client and server share what the numbers leave; the server has a port more. */
#define TIMEWAIT_NUMBERS 44
#define TIMEWAIT_CLIENT  15
#define TIMEWAIT_PORT    6

static unsigned
timewait_server_width(unsigned columns)
{
	unsigned room = columns > TIMEWAIT_NUMBERS ? columns - TIMEWAIT_NUMBERS : 0;

	return print_terminal_room(
	    columns, TIMEWAIT_NUMBERS + (room - base_min_u32(room, TIMEWAIT_PORT)) / 2,
	    REPORT_SOCKET4_MAX, REPORT_SOCKET4_MAX, REPORT_SOCKET_WIDTH);
}

static unsigned
timewait_client_width(unsigned columns)
{
	return print_terminal_room(columns, TIMEWAIT_NUMBERS + timewait_server_width(columns),
	                           TIMEWAIT_CLIENT, TIMEWAIT_CLIENT, REPORT_ADDR_WIDTH);
}

static void
timewait_text_heading(struct print_out *out)
{
	unsigned columns = out->style.columns;

	print_out_printf(out, "%-*s %-*s %9s %6s %7s %7s %9s\n",
	                 (int)timewait_client_width(columns), "Client",
	                 (int)timewait_server_width(columns), "Server", "TIME_WAIT", "InUse",
	                 "OfPorts", "Rate/s", "RunOut");
}

static void
timewait_text_numbers(struct print_out *out, const struct digest_timewait *sums)
{
	char client[PRINT_PART_MAX], server[PRINT_PART_MAX], out_in[PRINT_PART_MAX];
	const char *end =
	    sums->runs_out_us == DIGEST_NEVER ? _("never") : print_hms(out_in, sums->runs_out_us);
	const struct print_style *style = &out->style;
	unsigned client_width = timewait_client_width(style->columns);
	unsigned server_width = timewait_server_width(style->columns);

	print_host(client, style, sums->client, sums->ip_version);
	print_socket(server, style, sums->server, sums->ip_version, sums->port);
	print_out_printf(
	    out, "%-*s %-*s %9" PRIu64 " %6" PRIu64 " %7u %7.1f %*s\n", (int)client_width,
	    print_terminal_middle(style->columns, client, client_width), (int)server_width,
	    print_terminal_middle(style->columns, server, server_width), sums->time_wait,
	    sums->time_wait + sums->held, timewait_ports(sums), timewait_rate(sums),
	    base_width_field(end, 9), end);
}

static void
timewait_text_future(struct print_out *out, const struct digest_timewait *sums)
{
	char in[PRINT_PART_MAX];

	if (sums->runs_out_us == 0)
		print_out_puts(out, _("  No port is left.\n"));
	else if (sums->runs_out_us != DIGEST_NEVER)
		print_out_printf(out, _("  At this rate no port is left in %s.\n"),
		                 print_hms(in, sums->runs_out_us));
	else
		print_out_printf(out,
		                 _("  In the long run %" PRIu64 " are in use at this rate "
		                   "(2 MSL: %" PRIu64 " s): they last.\n"),
		                 sums->steady, sums->wait_us / 1000000);
}

static void
timewait_text(struct print_out *out, const void *row)
{
	const struct digest_timewait *sums = row;
	unsigned columns = out->style.columns;

	if (sums->other) {
		print_out_printf(out, "%-*s %-*s %9" PRIu64 " %6" PRIu64 " %7s %7s %9s\n",
		                 base_width_field(_("(other)"), timewait_client_width(columns)),
		                 _("(other)"), (int)timewait_server_width(columns), "",
		                 sums->time_wait, sums->time_wait + sums->held, "-", "-", "-");
		return;
	}
	timewait_text_numbers(out, sums);
	print_out_printf(out, _("  Ports %u to %u seen, taken to be chosen from %u to %u (%u).\n"),
	                 sums->port_low, sums->port_high, sums->range_low, sums->range_high,
	                 timewait_ports(sums));
	timewait_text_future(out, sums);
	if (sums->server_time_wait > 0)
		print_out_printf(out,
		                 _("  %" PRIu64
		                   " more are in TIME_WAIT at the server: they take no "
		                   "port of the client.\n"),
		                 sums->server_time_wait);
}

/* --- JSON ----------------------------------------------------------------------------------- */

static void
timewait_json_counts(struct print_out *out, const struct digest_timewait *sums)
{
	print_out_printf(out,
	                 "\"time_wait\":%" PRIu64 ",\"server_time_wait\":%" PRIu64
	                 ",\"held\":%" PRIu64 ",\"in_use\":%" PRIu64,
	                 sums->time_wait, sums->server_time_wait, sums->held,
	                 sums->time_wait + sums->held);
}

static void
timewait_json_future(struct print_out *out, const struct digest_timewait *sums)
{
	char over[PRINT_PART_MAX], wait[PRINT_PART_MAX], in[PRINT_PART_MAX];

	print_out_printf(out,
	                 ",\"ports_seen\":{\"low\":%u,\"high\":%u},\"range\":{\"low\":%u,"
	                 "\"high\":%u,\"size\":%u}",
	                 sums->port_low, sums->port_high, sums->range_low, sums->range_high,
	                 timewait_ports(sums));
	print_out_printf(out,
	                 ",\"rate\":%.3f,\"rate_over\":%s,\"two_msl\":%s,\"steady\":%" PRIu64
	                 ",\"exhausts\":%s",
	                 timewait_rate(sums), print_seconds(over, sums->window_us),
	                 print_seconds(wait, sums->wait_us), sums->steady,
	                 sums->runs_out_us == DIGEST_NEVER ? "false" : "true");
	if (sums->runs_out_us != DIGEST_NEVER)
		print_out_printf(out, ",\"runs_out\":%s", print_seconds(in, sums->runs_out_us));
}

static void
timewait_json(struct print_out *out, const void *row)
{
	const struct digest_timewait *sums = row;
	const char *name = report_label_find(out->style.labels, sums->client, sums->ip_version);
	char client[PRINT_PART_MAX];

	if (sums->other) {
		print_out_puts(out, "{\"other\":true,");
		timewait_json_counts(out, sums);
		print_out_puts(out, "}\n");
		return;
	}
	print_out_printf(out, "{\"client\":\"%s\",",
	                 print_addr(client, sums->client, sums->ip_version));
	if (name)
		print_out_printf(out, "\"client_name\":\"%s\",", name);
	print_json_socket(out, "server", sums->server, sums->ip_version, sums->port);
	print_out_puts(out, ",");
	timewait_json_counts(out, sums);
	timewait_json_future(out, sums);
	print_out_puts(out, "}\n");
}

/* --- CSV ------------------------------------------------------------------------------------ */

static void
timewait_csv_heading(struct print_out *out)
{
	print_out_puts(out,
	               "client,server_ip,server_port,other,time_wait,server_time_wait,held,in_use,"
	               "port_low,port_high,range_low,range_high,rate,rate_over,two_msl,steady,"
	               "runs_out\n");
}

static void
timewait_csv_future(struct print_out *out, const struct digest_timewait *sums)
{
	char over[PRINT_PART_MAX], wait[PRINT_PART_MAX], in[PRINT_PART_MAX] = "";

	if (sums->runs_out_us != DIGEST_NEVER)
		print_seconds(in, sums->runs_out_us);
	print_out_printf(out, ",%u,%u,%u,%u,%.3f,%s,%s,%" PRIu64 ",%s\n", sums->port_low,
	                 sums->port_high, sums->range_low, sums->range_high, timewait_rate(sums),
	                 print_seconds(over, sums->window_us), print_seconds(wait, sums->wait_us),
	                 sums->steady, in);
}

static void
timewait_csv(struct print_out *out, const void *row)
{
	const struct digest_timewait *sums = row;
	char client[PRINT_PART_MAX], server[PRINT_PART_MAX];

	if (sums->other)
		print_out_puts(out, ",,,1");
	else
		print_out_printf(out, "%s,%s,%u,0",
		                 print_addr(client, sums->client, sums->ip_version),
		                 print_addr(server, sums->server, sums->ip_version), sums->port);
	print_out_printf(out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64, sums->time_wait,
	                 sums->server_time_wait, sums->held, sums->time_wait + sums->held);
	if (sums->other)
		print_out_puts(out, ",,,,,,,,,\n");
	else
		timewait_csv_future(out, sums);
}

const struct print_rows print_timewait = {
	.text_heading = timewait_text_heading,
	.csv_heading = timewait_csv_heading,
	.text = timewait_text,
	.json = timewait_json,
	.csv = timewait_csv,
	.text_cut = print_cut,
};
