/* SPDX-License-Identifier: BSD-3-Clause */
/* The page of top: what is above and below the lines; top_table.c has those. See top_text.h. */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base_text.h"
#include "base_width.h"
#include "report_names.h"
#include "top_table.h"
#include "top_text.h"

#define TOP_STATE_WIDTH 6 /* a column of the states */
#define TOP_WORDS_MAX   512
#define TOP_HEIGHT_FULL 14 /* below this the states give way to lines of the sample */

/* --- numbers --------------------------------------------------------------------------------- */

void
top_text_number(char to[TOP_NUMBER_MAX], double value, int is_rate)
{
	static const char units[] = "kMGTPE";
	int unit = -1;

	if (value < 0) {
		strcpy(to, "-");
		return;
	}
	if (value < 9999.5) {
		snprintf(to, TOP_NUMBER_MAX, is_rate && value > 0 && value < 9.95 ? "%.1f" : "%.0f",
		         value);
		return;
	}
	while (value >= 999.5 && units[unit + 1] != '\0') {
		value /= 1000;
		unit++;
	}
	snprintf(to, TOP_NUMBER_MAX,
	         value < 9.995   ? "%.2f%c"
	         : value < 99.95 ? "%.1f%c"
	                         : "%.0f%c",
	         value, units[unit]);
}

void
top_text_duration(char to[TOP_NUMBER_MAX], uint64_t us)
{
	unsigned long long s = us / 1000000;

	if (s < 60)
		snprintf(to, TOP_NUMBER_MAX, "%llus", s);
	else if (s < 3600)
		snprintf(to, TOP_NUMBER_MAX, "%llum%02llu", s / 60, s % 60);
	else if (s < 86400)
		snprintf(to, TOP_NUMBER_MAX, "%lluh%02llu", s / 3600, s / 60 % 60);
	else if (s < 100 * 86400ull)
		snprintf(to, TOP_NUMBER_MAX, "%llud%02llu", s / 86400, s / 3600 % 24);
	else
		snprintf(to, TOP_NUMBER_MAX, "%llud", s / 86400 % 10000);
}

/* --- lines ----------------------------------------------------------------------------------- */

char *
top_page_line(struct top_page *page, enum top_style style)
{
	struct top_line *line;

	if (page->n >= page->height)
		return NULL;
	line = &page->lines[page->n++];
	line->style = (uint8_t)style;
	line->text[0] = '\0';
	return line->text;
}

/* Cut where the screen ends, which is not in the middle of a character. */
void
top_page_put(struct top_page *page, enum top_style style, const char *format, ...)
{
	char *text = top_page_line(page, style);
	va_list args;

	if (!text)
		return;
	va_start(args, format);
	vsnprintf(text, TOP_LINE_BYTES, format, args);
	va_end(args);
	base_width_clean(text);
	text[base_width_cut(text, page->width)] = '\0';
}

/* --- above ----------------------------------------------------------------------------------- */

static void
top_put_title(struct top_page *page, const struct top_settings *settings,
              const struct top_status *status)
{
	time_t seconds = (time_t)(status->now_us / 1000000);
	char when[16] = "--:--:--", up[TOP_NUMBER_MAX];
	struct tm local;

	if (status->now_us && localtime_r(&seconds, &local))
		strftime(when, sizeof(when), "%H:%M:%S", &local);
	snprintf(up, sizeof(up), "%.4g", (double)settings->interval_us / 1e6);
	top_page_put(page, TOP_TITLE, _("spanstat top   %.63s   %s   every %s s%s"), status->name,
	             when, up, settings->paused ? _("   PAUSED") : "");
}

static void
top_put_rates(struct top_page *page, const struct top_rates *rates)
{
	char packets[TOP_NUMBER_MAX], bits[TOP_NUMBER_MAX], created[TOP_NUMBER_MAX],
	    ended[TOP_NUMBER_MAX], dropped[TOP_NUMBER_MAX];

	top_text_number(packets, rates->packets, 1);
	top_text_number(bits, rates->bits, 1);
	top_text_number(created, rates->created, 1);
	top_text_number(ended, rates->ended, 1);
	top_text_number(dropped, rates->dropped, 1);
	top_page_put(page, rates->dropped > 0 ? TOP_ALARM : TOP_STRONG,
	             _("packets %s/s   bits %s/s   new %s/s   ended %s/s   dropped %s/s"), packets,
	             bits, created, ended, dropped);
}

static void
top_put_flows(struct top_page *page, const struct report_stats *s)
{
	char live[TOP_NUMBER_MAX], capacity[TOP_NUMBER_MAX], tcp[TOP_NUMBER_MAX],
	    udp[TOP_NUMBER_MAX], oneway[TOP_NUMBER_MAX];
	double share =
	    s->flows_capacity ? 100 * (double)s->flows_live / (double)s->flows_capacity : 0;

	top_text_number(live, (double)s->flows_live, 0);
	top_text_number(capacity, (double)s->flows_capacity, 0);
	top_text_number(tcp, (double)s->flows_tcp, 0);
	top_text_number(udp, (double)s->flows_udp, 0);
	top_text_number(oneway, (double)s->flows_oneway, 0);
	top_page_put(page, TOP_PLAIN, _("flows %s of %s (%.0f%%)   tcp %s   udp %s   one-way %s"),
	             live, capacity, share, tcp, udp, oneway);
}

static void
top_put_states(struct top_page *page, const char *label, const uint64_t *states)
{
	char line[16 + REPORT_STATES * (TOP_STATE_WIDTH + TOP_NUMBER_MAX)];
	int n = snprintf(line, sizeof(line), "%-7s", label);

	for (unsigned i = 0; i < REPORT_STATES; i++) {
		char number[TOP_NUMBER_MAX];

		if (states)
			top_text_number(number, (double)states[i], 0);
		n += snprintf(line + n, sizeof(line) - (size_t)n, "%*s", TOP_STATE_WIDTH,
		              states ? number : top_state_short(i));
	}
	top_page_put(page, states ? TOP_PLAIN : TOP_FAINT, "%s", line);
}

static const char *
top_sort_name(const struct top_settings *settings)
{
	return top_table_name(settings->sort[settings->view]);
}

/* What lines there are; of groups, made by what. */
static void
top_view_words(char to[TOP_WORDS_MAX], const struct top_settings *settings,
               const struct top_sample *sample)
{
	static const char *const all[TOP_VIEWS] = { N_("%u connections"), N_("%u groups of %s"),
		                                    N_("%u hosts") };
	static const char *const first[TOP_VIEWS] = { N_("%u first connections"),
		                                      N_("%u first groups of %s"),
		                                      N_("%u first hosts") };

	snprintf(to, TOP_WORDS_MAX, _(sample->full ? first[settings->view] : all[settings->view]),
	         sample->n, settings->by);
}

static void
top_put_view(struct top_page *page, const struct top_settings *settings,
             const struct top_sample *sample)
{
	char words[TOP_WORDS_MAX];

	top_view_words(words, settings, sample);
	top_page_put(page, TOP_PLAIN,
	             settings->reverse[settings->view] ? _("%s by %s, least first%s%s")
	                                               : _("%s by %s%s%s"),
	             words, top_sort_name(settings), settings->filter[0] ? _("   filter: ") : "",
	             settings->filter);
}

/* --- below ----------------------------------------------------------------------------------- */

/* The line that is typed; of a long one the part around the cursor. */
static void
top_put_prompt(struct top_page *page, const struct top_settings *settings)
{
	const char *name = settings->prompt == TOP_PROMPT_FILTER ? _("filter: ") : _("seconds: ");
	unsigned used = base_width(name), from = 0;
	unsigned room = page->width > used + 1 ? page->width - used - 1 : 1;

	if (settings->input_at > room)
		from = settings->input_at - room;
	page->cursor = (int)(used + settings->input_at - from);
	top_page_put(page, TOP_STRONG, "%s%s", name, settings->input + from);
}

static void
top_put_last(struct top_page *page, const struct top_settings *settings,
             const struct top_status *status)
{
	while (page->n + 1 < page->height)
		top_page_put(page, TOP_PLAIN, "%s", "");
	if (settings->prompt != TOP_PROMPT_NONE && !settings->message[0])
		top_put_prompt(page, settings);
	else if (settings->message[0])
		top_page_put(page, TOP_ALARM, "%s", settings->message);
	else if (status->trouble[0])
		top_page_put(page, TOP_ALARM, "%s", status->trouble);
	else
		top_page_put(
		    page, TOP_FAINT, "%s",
		    _("q quit  h help  v view  g group  s sort  r reverse  f filter  p pause"));
}

/* A text of one line or several. */
static void
top_put_lines(struct top_page *page, const char *text)
{
	const char *end;

	for (; (end = strchr(text, '\n')); text = end + 1)
		top_page_put(page, TOP_PLAIN, "%.*s", (int)(end - text), text);
	top_page_put(page, TOP_PLAIN, "%s", text);
}

static void
top_put_help(struct top_page *page)
{
	static const char *const help[] = {
		N_("v, Tab      the next view: connections, groups, hosts; 1 2 3 choose one"),
		N_("g           groups, and what they are made by: client, server, port, state "
		   "..."),
		N_("s, >, right sort by the next column        S, <, left  by the one before"),
		N_("r           reverse the order"),
		N_("f, /        filter: state close-wait and dport 443; an empty one shows all"),
		N_("i, d        seconds between two looks"),
		N_("p, space    pause, and go on"),
		N_("w           whole addresses: two lines a connection"),
		N_("up, down, PgUp, PgDn, Home, End            scroll"),
		N_("q, Ctrl-C   quit"),
		"",
		N_("Rates are those since the look before; - is not known yet. Connections, "
		   "groups\n"
		   "and hosts are those that the filter matches; the counts above are of all."),
	};

	top_page_put(page, TOP_HEADING, "%s", _("Keys"));
	for (unsigned i = 0; i < BASE_COUNT_OF(help); i++)
		top_put_lines(page, help[i][0] ? _(help[i]) : "");
}

/* --- all ------------------------------------------------------------------------------------- */

unsigned
top_page_make(struct top_page *page, const struct top_settings *settings,
              const struct top_status *status, const struct top_sample *sample)
{
	unsigned room;

	if (page->width > TOP_COLUMNS_MAX)
		page->width = TOP_COLUMNS_MAX;
	if (page->height > TOP_LINES_MAX)
		page->height = TOP_LINES_MAX;
	page->n = page->n_items = 0;
	page->cursor = -1;
	top_put_title(page, settings, status);
	top_put_rates(page, &status->rates);
	if (page->height >= TOP_HEIGHT_FULL) {
		top_put_flows(page, &sample->stats);
		top_put_states(page, "state", NULL);
		top_put_states(page, "client", sample->stats.flows_client_state);
		top_put_states(page, "server", sample->stats.flows_server_state);
	}
	top_put_view(page, settings, sample);
	room = page->height > page->n + 2 ? page->height - page->n - 2 : 0;
	if (settings->help)
		top_put_help(page);
	else
		room = top_table_put(page, settings, sample, room);
	top_put_last(page, settings, status);
	return room;
}
