/* SPDX-License-Identifier: BSD-3-Clause */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base_text.h"
#include "base_width.h"
#include "digest_row.h"
#include "print_part.h"
#include "print_rows.h"
#include "report_format.h"
#include "report_names.h"

#define LEAKS_LIST_MAX 1024 /* bytes of an enumeration, in any language */

/* The word for programs, the sentence of a row, and what a mixed row counts under it. */
static const struct {
	const char *word, *sentence, *brief;
} leaks_verdicts[DIGEST_VERDICTS] = {
	[DIGEST_YOUNG] = { "young", N_("The FINs are some seconds old: closing takes its time."),
	                   N_("young") },
	[DIGEST_IN_USE] = { "in-use", N_("Packets pass still: the other half is being used."),
	                    N_("in use") },
	[DIGEST_NOT_CLOSING] = { "not-closing",
	                         N_("The application does not close: its host acknowledged the FIN "
	                            "and is alive."),
	                         N_("not closing") },
	[DIGEST_GONE] = { "peer-gone",
	                  N_("The host is gone: what it was asked since has no answer, and nothing "
	                     "else is heard of it."),
	                  N_("gone") },
	[DIGEST_SWALLOWED] = { "fin-swallowed",
	                       N_("The FIN or its ACK does not arrive, though both hosts are "
	                          "alive: a firewall between them swallows it."),
	                       N_("swallowed") },
	[DIGEST_SILENT] = { "silent",
	                    N_("The FIN was acknowledged, and nothing is heard of that host since: "
	                       "the application does not close, or the host is gone."),
	                    N_("silent") },
	[DIGEST_UNSEEN] = { "unseen",
	                    N_("The mirror does not show enough to tell: one direction is missing, "
	                       "or the FIN's answer."),
	                    N_("not seen enough") },
	[DIGEST_UNJUDGED] = { "unjudged",
	                      N_("There are too many hosts to look at all of them: narrow the "
	                         "filter."),
	                      N_("not judged") },
};

const char *
print_leaks_word(unsigned verdict)
{
	return verdict < DIGEST_VERDICTS ? leaks_verdicts[verdict].word : "unknown";
}

static const char *
leaks_open_end(const struct digest_leak *leak)
{
	const char *name = report_closer_name(leak->open_end);

	return name ? name : "";
}

/* --- text ----------------------------------------------------------------------------------- */

/* The server's column, beside those of the numbers. */
static unsigned
leaks_server_width(const struct print_out *out)
{
	return print_terminal_room(out->style.columns, 57, REPORT_SOCKET4_MAX, 22,
	                           REPORT_SOCKET_WIDTH);
}

static void
leaks_text_heading(struct print_out *out)
{
	print_out_printf(out, "%-*s %-8s %6s %6s %6s %6s %9s %9s\n", (int)leaks_server_width(out),
	                 "Server", "Open end", "Conns", "ClosWt", "FinWt1", "FinWt2", "Oldest",
	                 "Median");
}

static void
leaks_text_numbers(struct print_out *out, const struct digest_leak *leak)
{
	char server[PRINT_PART_MAX], oldest[PRINT_PART_MAX], median[PRINT_PART_MAX];
	unsigned width = leaks_server_width(out);
	const char *name = _("(other)");

	if (!leak->other) {
		print_socket(server, &out->style, leak->addr, leak->ip_version, leak->port);
		name = print_terminal_middle(out->style.columns, server, width);
	}
	print_out_printf(
	    out, "%-*s %-8s %6" PRIu64 " %6" PRIu64 " %6" PRIu64 " %6" PRIu64 " %9s %9s\n",
	    base_width_field(name, width), name, leak->other ? "" : leaks_open_end(leak),
	    leak->count, leak->close_wait, leak->fin_wait_1, leak->fin_wait_2,
	    print_hms(oldest, leak->oldest_us), print_hms(median, leak->median_us));
}

static unsigned
leaks_kinds(const struct digest_leak *leak)
{
	unsigned kinds = 0;

	for (unsigned v = 0; v < DIGEST_VERDICTS; v++)
		kinds += leak->by_verdict[v] > 0;
	return kinds;
}

/* Puts more at the end of an enumeration; bytes added. What has no room is cut. */
static size_t __attribute__((format(printf, 3, 4)))
leaks_add(char to[LEAKS_LIST_MAX], size_t at, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(to + at, LEAKS_LIST_MAX - at, format, args);
	va_end(args);
	return base_min_u32(n > 0 ? (uint32_t)n : 0, (uint32_t)(LEAKS_LIST_MAX - 1 - at));
}

static void
leaks_text_mixture(struct print_out *out, const struct digest_leak *leak)
{
	char parts[LEAKS_LIST_MAX] = "", whole[LEAKS_LIST_MAX + 64];
	size_t n = 0;

	for (unsigned v = 0; v < DIGEST_VERDICTS; v++) {
		if (leak->by_verdict[v] == 0)
			continue;
		n += leaks_add(parts, n, "%s", n > 0 ? _(", ") : "");
		n += leaks_add(parts, n, _("%" PRIu64 " %s"), leak->by_verdict[v],
		               _(leaks_verdicts[v].brief));
	}
	snprintf(whole, sizeof(whole), _("Of them: %s."), parts);
	print_wrap(out, "", whole, NULL);
}

static void
leaks_text_evidence(struct print_out *out, const struct digest_leak *leak)
{
	char heard[PRINT_PART_MAX];

	if (leak->heard_us != DIGEST_NEVER)
		print_out_printf(out, _("  Last sign of life of the open end's host %s ago.\n"),
		                 print_hms(heard, leak->heard_us));
	if (leak->closed > 0)
		print_out_printf(
		    out,
		    _("  Other connections of this socket that both ends closed lately: "
		      "%" PRIu64 ".\n"),
		    leak->closed);
}

static void
leaks_text_growth(struct print_out *out, const struct digest_leak *leak)
{
	char ago[PRINT_PART_MAX];

	if (!leak->has_growth)
		return;
	print_hms(ago, leak->growth_us);
	if (leak->growth > 0)
		print_out_printf(out, _("  %" PRId64 " more than %s ago.\n"), leak->growth, ago);
	else if (leak->growth < 0)
		print_out_printf(out, _("  %" PRId64 " fewer than %s ago.\n"), -leak->growth, ago);
	else
		print_out_printf(out, _("  As many as %s ago.\n"), ago);
}

static void
leaks_text_tops(struct print_out *out, const struct digest_leak *leak)
{
	unsigned n = base_min_u32(leak->n_tops, DIGEST_TOPS);
	char addr[PRINT_PART_MAX], parts[LEAKS_LIST_MAX] = "";
	size_t at = 0;

	if (n == 0)
		return;
	for (unsigned i = 0; i < n; i++) {
		const struct digest_top *top = &leak->tops[i];

		at += leaks_add(parts, at, "%s", i > 0 ? _(", ") : "");
		at += leaks_add(
		    parts, at, top->is_exact ? "%s (%" PRIu64 ")" : _("%s (%" PRIu64 " at least)"),
		    print_host(addr, &out->style, top->addr, leak->ip_version), top->at_least);
	}
	print_out_printf(out,
	                 leak->open_end == REPORT_CLOSER_CLIENT
	                     ? _("  Clients that have not closed: %s.\n")
	                     : _("  Clients that have closed and wait: %s.\n"),
	                 parts);
}

static void
leaks_text(struct print_out *out, const void *row)
{
	const struct digest_leak *leak = row;
	unsigned verdict = base_min_u32(leak->verdict, DIGEST_VERDICTS - 1);

	leaks_text_numbers(out, leak);
	print_wrap(out, "", _(leaks_verdicts[verdict].sentence), NULL);
	if (leaks_kinds(leak) > 1)
		leaks_text_mixture(out, leak);
	leaks_text_evidence(out, leak);
	leaks_text_growth(out, leak);
	if (!leak->other)
		leaks_text_tops(out, leak);
}

/* --- JSON ----------------------------------------------------------------------------------- */

static void
leaks_json_name(struct print_out *out, const struct digest_leak *leak)
{
	if (leak->other) {
		print_out_puts(out, "{\"other\":true");
		return;
	}
	print_out_puts(out, "{");
	print_json_socket(out, "server", leak->addr, leak->ip_version, leak->port);
	print_out_printf(out, ",\"not_closed\":\"%s\"", leaks_open_end(leak));
}

static void
leaks_json_seconds(struct print_out *out, const char *key, uint64_t us)
{
	char seconds[PRINT_PART_MAX];

	print_out_printf(out, ",\"%s\":%s", key, print_seconds(seconds, us));
}

static void
leaks_json_evidence(struct print_out *out, const struct digest_leak *leak)
{
	const char *between = "";

	print_out_printf(out, ",\"verdict\":\"%s\",\"verdicts\":{",
	                 print_leaks_word(leak->verdict));
	for (unsigned v = 0; v < DIGEST_VERDICTS; v++) {
		print_out_printf(out, "%s\"%s\":%" PRIu64, between, leaks_verdicts[v].word,
		                 leak->by_verdict[v]);
		between = ",";
	}
	print_out_printf(out, "},\"closed_lately\":%" PRIu64, leak->closed);
	if (leak->heard_us != DIGEST_NEVER)
		leaks_json_seconds(out, "heard", leak->heard_us);
}

static void
leaks_json_tops(struct print_out *out, const struct digest_leak *leak)
{
	char addr[PRINT_PART_MAX];

	print_out_puts(out, ",\"clients\":[");
	for (unsigned i = 0; i < base_min_u32(leak->n_tops, DIGEST_TOPS) && !leak->other; i++) {
		const struct digest_top *top = &leak->tops[i];

		print_out_printf(out, "%s{\"ip\":\"%s\"", i > 0 ? "," : "",
		                 print_addr(addr, top->addr, leak->ip_version));
		print_json_name(out, top->addr, leak->ip_version);
		print_out_printf(out, ",\"%s\":%" PRIu64 "}", top->is_exact ? "count" : "at_least",
		                 top->at_least);
	}
	print_out_puts(out, "]}\n");
}

static void
leaks_json(struct print_out *out, const void *row)
{
	const struct digest_leak *leak = row;
	leaks_json_name(out, leak);
	print_out_printf(out,
	                 ",\"count\":%" PRIu64 ",\"close_wait\":%" PRIu64 ",\"fin_wait_1\":%" PRIu64
	                 ",\"fin_wait_2\":%" PRIu64,
	                 leak->count, leak->close_wait, leak->fin_wait_1, leak->fin_wait_2);
	leaks_json_seconds(out, "oldest", leak->oldest_us);
	leaks_json_seconds(out, "median", leak->median_us);
	if (leak->has_growth) {
		print_out_printf(out, ",\"growth\":%" PRId64, leak->growth);
		leaks_json_seconds(out, "growth_over", leak->growth_us);
	}
	leaks_json_evidence(out, leak);
	leaks_json_tops(out, leak);
}

/* --- CSV ------------------------------------------------------------------------------------ */

static void
leaks_csv_heading(struct print_out *out)
{
	print_out_puts(out, "server_ip,server_port,not_closed,other,count,close_wait,fin_wait_1,"
	                    "fin_wait_2,oldest,median,growth,growth_over,verdict");
	for (unsigned v = 0; v < DIGEST_VERDICTS; v++)
		print_out_printf(out, ",%s", leaks_verdicts[v].word);
	print_out_puts(out, ",closed_lately,heard,clients\n");
}

static void
leaks_csv_name(struct print_out *out, const struct digest_leak *leak)
{
	char addr[PRINT_PART_MAX];

	if (leak->other)
		print_out_puts(out, ",,,1");
	else
		print_out_printf(out, "%s,%u,%s,0", print_addr(addr, leak->addr, leak->ip_version),
		                 leak->port, leaks_open_end(leak));
}

static void
leaks_csv_numbers(struct print_out *out, const struct digest_leak *leak)
{
	char oldest[PRINT_PART_MAX], median[PRINT_PART_MAX], over[PRINT_PART_MAX];

	print_out_printf(out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%s,%s,",
	                 leak->count, leak->close_wait, leak->fin_wait_1, leak->fin_wait_2,
	                 print_seconds(oldest, leak->oldest_us),
	                 print_seconds(median, leak->median_us));
	if (leak->has_growth)
		print_out_printf(out, "%" PRId64 ",%s", leak->growth,
		                 print_seconds(over, leak->growth_us));
	else
		print_out_puts(out, ",");
}

/* ADDR=COUNT, or ADDR>=COUNT, with blanks between. */
static void
leaks_csv_tops(struct print_out *out, const struct digest_leak *leak)
{
	char addr[PRINT_PART_MAX];

	for (unsigned i = 0; i < base_min_u32(leak->n_tops, DIGEST_TOPS) && !leak->other; i++)
		print_out_printf(out, "%s%s%s%" PRIu64, i > 0 ? " " : "",
		                 print_addr(addr, leak->tops[i].addr, leak->ip_version),
		                 leak->tops[i].is_exact ? "=" : ">=", leak->tops[i].at_least);
	print_out_puts(out, "\n");
}

static void
leaks_csv(struct print_out *out, const void *row)
{
	const struct digest_leak *leak = row;
	char heard[PRINT_PART_MAX] = "";

	leaks_csv_name(out, leak);
	leaks_csv_numbers(out, leak);
	print_out_printf(out, ",%s", print_leaks_word(leak->verdict));
	for (unsigned v = 0; v < DIGEST_VERDICTS; v++)
		print_out_printf(out, ",%" PRIu64, leak->by_verdict[v]);
	if (leak->heard_us != DIGEST_NEVER)
		print_seconds(heard, leak->heard_us);
	print_out_printf(out, ",%" PRIu64 ",%s,", leak->closed, heard);
	leaks_csv_tops(out, leak);
}

const struct print_rows print_leaks = {
	.text_heading = leaks_text_heading,
	.csv_heading = leaks_csv_heading,
	.text = leaks_text,
	.json = leaks_json,
	.csv = leaks_csv,
	.text_cut = print_cut,
};
