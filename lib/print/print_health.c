/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks in words; see print_health.h. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base_plain.h"
#include "base_text.h"
#include "base_width.h"
#include "print_health.h"
#include "print_part.h"
#include "report_format.h"

#define HEALTH_FIGURE_MAX 96

static const char *const health_grades[DIGEST_GRADES] = {
	[DIGEST_OK] = N_("good"),
	[DIGEST_WARNING] = N_("look"),
	[DIGEST_CRITICAL] = N_("bad"),
};

static double
health_share(uint64_t count, uint64_t total)
{
	return total ? (double)(count < total ? count : total) / (double)total : 0;
}

/* --- text ----------------------------------------------------------------------------------- */

/* False: the check has a count and no share, as the clock and the packets of a port. */
static bool
health_has_share(const struct digest_check *check)
{
	return strcmp(check->word, "clock") && strcmp(check->word, "port-quiet") &&
	       strcmp(check->word, "port-link") && strcmp(check->word, "port-gone");
}

static void
health_figure(char to[HEALTH_FIGURE_MAX], const struct digest_check *check, uint64_t count,
              uint64_t total)
{
	char part[PRINT_PART_MAX], whole[PRINT_PART_MAX], percent[PRINT_PART_MAX];

	if (!strcmp(check->word, "port-link"))
		snprintf(to, HEALTH_FIGURE_MAX, "%s", _("down"));
	else if (!strcmp(check->word, "port-gone"))
		snprintf(to, HEALTH_FIGURE_MAX, "%s", _("not there"));
	else if (!health_has_share(check))
		snprintf(to, HEALTH_FIGURE_MAX, "%s", print_brief(part, count));
	else
		snprintf(to, HEALTH_FIGURE_MAX, _("%s of %s (%s %%)"), print_brief(part, count),
		         print_brief(whole, total), print_percent(percent, count, total));
}

static void
health_now(char to[HEALTH_FIGURE_MAX], const struct digest_check *check)
{
	*to = '\0';
	if (check->now_us > 0)
		health_figure(to, check, check->now_count, check->now_total);
}

/* The column of checks, beside a grade and two figures. */
static unsigned
health_name_width(const struct print_out *out)
{
	return print_terminal_room(out->style.columns, 52, 28, 29, REPORT_NAME_MAX);
}

/* A line of the table; the cells are in the user's language. The last one may be empty. */
static void
health_line(struct print_out *out, const char *grade, const char *name, const char *since,
            const char *now)
{
	print_out_printf(out, "%-*s %-*s ", base_width_field(grade, 5), grade,
	                 base_width_field(name, health_name_width(out)), name);
	if (now[0])
		print_out_printf(out, "%-*s %s\n", base_width_field(since, 22), since, now);
	else
		print_out_printf(out, "%s\n", since);
}

/* What is checked, and of what: a port may be a file with a long path. */
static void
health_name(const struct print_out *out, char *to, size_t size, const struct digest_check *check)
{
	unsigned width = health_name_width(out), used;
	char of[REPORT_NAME_MAX + 1];

	base_plain(of, sizeof(of), check->of, REPORT_NAME_MAX);
	used = base_width(_(check->name)) + 1;
	if (of[0])
		print_terminal_tail(out->style.columns, of, used < width ? width - used : 1);
	snprintf(to, size, "%s%s%s", _(check->name), of[0] ? " " : "", of);
}

static void
health_text(struct print_out *out, const struct digest_check *check)
{
	char since[HEALTH_FIGURE_MAX], now[HEALTH_FIGURE_MAX];
	char name[HEALTH_FIGURE_MAX + REPORT_NAME_MAX];

	health_name(out, name, sizeof(name), check);
	health_figure(since, check, check->count, check->total);
	health_now(now, check);
	health_line(out, _(health_grades[check->grade]), name, since, now);
	if (check->advice)
		print_wrap(out, "", _(check->advice), NULL);
}

static uint64_t
health_span_us(const struct digest_check *checks, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (checks[i].now_us > 0)
			return checks[i].now_us;
	return 0;
}

static void
health_text_rows(struct print_out *out, const void *row)
{
	const struct print_health_row *health = row;
	uint64_t span_us = health_span_us(health->checks, health->n);
	char now[HEALTH_FIGURE_MAX] = "";

	if (span_us > 0)
		snprintf(now, sizeof(now), _("Last %.1f s"), (double)span_us / 1e6);
	if (health->with_heading)
		health_line(out, "", _("Check"), _("Since the start"), now);
	for (unsigned i = 0; i < health->n; i++)
		health_text(out, &health->checks[i]);
}

/* --- JSON and CSV --------------------------------------------------------------------------- */

static void
health_json_of(struct print_out *out, const struct digest_check *check)
{
	char of[6 * REPORT_NAME_MAX + 1];

	if (!check->of[0])
		return;
	*report_format_json(of, check->of, REPORT_NAME_MAX) = '\0';
	print_out_printf(out, ",\"of\":\"%s\"", of);
}

static void
health_json_figure(struct print_out *out, const char *key, uint64_t count, uint64_t total)
{
	print_out_printf(out, ",\"%s\":{\"count\":%" PRIu64 ",\"total\":%" PRIu64 ",\"share\":%.9f",
	                 key, count, total, health_share(count, total));
}

/* The advice in the program's own language: programs compare it. */
static void
health_json(struct print_out *out, const struct digest_check *check)
{
	char seconds[PRINT_PART_MAX];

	print_out_printf(out, "{\"check\":\"%s\"", check->word);
	health_json_of(out, check);
	print_out_printf(out, ",\"verdict\":\"%s\"", health_grades[check->grade]);
	health_json_figure(out, "since_start", check->count, check->total);
	print_out_puts(out, "}");
	if (check->now_us > 0) {
		health_json_figure(out, "now", check->now_count, check->now_total);
		print_out_printf(out, ",\"seconds\":%s}", print_seconds(seconds, check->now_us));
	}
	if (check->advice)
		print_out_printf(out, ",\"advice\":\"%s\"", check->advice);
	print_out_puts(out, "}\n");
}

static void
health_json_rows(struct print_out *out, const void *row)
{
	const struct print_health_row *health = row;

	for (unsigned i = 0; i < health->n; i++)
		health_json(out, &health->checks[i]);
}

static void
health_csv(struct print_out *out, const struct digest_check *check)
{
	char of[BASE_PLAIN_EACH * REPORT_NAME_MAX + 3], seconds[PRINT_PART_MAX];

	*report_format_csv(of, check->of, REPORT_NAME_MAX) = '\0';
	print_out_printf(out, "%s,%s,%s,%" PRIu64 ",%" PRIu64 ",", check->word, of,
	                 health_grades[check->grade], check->count, check->total);
	if (check->now_us > 0)
		print_out_printf(out, "%" PRIu64 ",%" PRIu64 ",%s,", check->now_count,
		                 check->now_total, print_seconds(seconds, check->now_us));
	else
		print_out_puts(out, ",,,");
	print_out_printf(out, check->advice ? "\"%s\"\n" : "%s\n",
	                 check->advice ? check->advice : "");
}

static void
health_csv_heading(struct print_out *out)
{
	print_out_puts(out, "check,of,verdict,count,total,now_count,now_total,seconds,advice\n");
}

static void
health_csv_rows(struct print_out *out, const void *row)
{
	const struct print_health_row *health = row;

	for (unsigned i = 0; i < health->n; i++)
		health_csv(out, &health->checks[i]);
}

const struct print_rows print_health = {
	.csv_heading = health_csv_heading,
	.text = health_text_rows,
	.json = health_json_rows,
	.csv = health_csv_rows,
};
