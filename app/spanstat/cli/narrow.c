/* SPDX-License-Identifier: BSD-3-Clause */
/* The request's filter, order, limit and groups; see narrow.h. */

#include <stdio.h>
#include <string.h>

#include "base_log.h"
#include "base_text.h"
#include "filter_key.h"
#include "filter_value.h"
#include "narrow.h"

static_assert(FILTER_TEXT_MAX == CTL_FILTER_MAX, "a filter is as long at both ends");
static_assert(FILTER_KEY_TEXT_MAX == CTL_WORDS_MAX, "so are lists");

/* A text being put together; too long is seen at the end. */
struct narrow_text {
	char text[CTL_FILTER_MAX];
	size_t n;
};

static void
narrow_add(struct narrow_text *to, const char *before, const char *text, const char *after)
{
	size_t room = to->n < sizeof(to->text) ? sizeof(to->text) - to->n : 0;
	int n = snprintf(to->text + sizeof(to->text) - room, room, "%s%s%s", before, text, after);

	to->n += (size_t)n;
}

static bool
narrow_fits(const struct narrow_text *text)
{
	if (text->n < sizeof(text->text))
		return true;
	base_error(_("the filter has %zu bytes, and may have %zu"), text->n,
	           sizeof(text->text) - 1);
	return false;
}

/* The words as one text, whose columns are those of the messages. */
static int
narrow_words(const struct options *options, struct narrow_text *words)
{
	struct filter_error error;
	struct filter filter;

	for (unsigned i = 0; i < options->n_words; i++)
		narrow_add(words, i ? " " : "", options->words[i], "");
	if (!narrow_fits(words))
		return STATUS_USAGE;
	if (filter_compile(&filter, words->text, NULL, &error) == 0)
		return -1;
	base_error("%s", error.text);
	return STATUS_USAGE;
}

/* -I, -P and -E: any of the values of each, and all where several are given. */
static void
narrow_values(struct narrow_text *text, const char *word, const struct options_list *list)
{
	for (unsigned i = 0; i < list->n; i++)
		narrow_add(text, i ? " or " : " (", word, list->values[i]);
	if (list->n > 0)
		narrow_add(text, ")", "", "");
}

static int
narrow_check_values(const struct options *options)
{
	struct filter_socket socket;
	uint64_t port;

	for (unsigned i = 0; i < options->nets.n; i++) {
		const char *value = options->nets.values[i];

		if (filter_value_net((struct filter_span){ value, strlen(value) }, &socket)) {
			base_error(_("-I takes ADDRESS[/LENGTH] such as 10.0.0.0/8, not '%s'"),
			           value);
			return STATUS_USAGE;
		}
	}
	for (unsigned i = 0; i < options->ports.n; i++) {
		const char *value = options->ports.values[i];

		if (filter_value_port((struct filter_span){ value, strlen(value) }, &port)) {
			base_error(_("-P takes a port, 0 to 65535, not '%s'"), value);
			return STATUS_USAGE;
		}
	}
	for (unsigned i = 0; i < options->names.n; i++) {
		const char *value = options->names.values[i];

		if (filter_value_label((struct filter_span){ value, strlen(value) })) {
			base_error(_("-E takes a name of the configuration, such as db1 or web*, "
			             "not '%s'"),
			           value);
			return STATUS_USAGE;
		}
	}
	return -1;
}

/*
 * Whose name -E means. z/OS's client is whoever has the socket: a line's own end, the client of
 * `clients`; of a connection as the tap sees it, either end.
 */
static const char *
narrow_name_word(const struct options *options)
{
	if (options->cmd->report == REPORT_ASK_CLIENTS)
		return "client.name ";
	if (options->as || options->dialect || options->cmd->report == REPORT_ASK_SOCKETS)
		return "src.name ";
	return "name ";
}

static int
narrow_filter(struct ask *ask)
{
	const struct options *options = ask->options;
	struct narrow_text words = { .n = 0 }, whole = { .n = 0 };
	int status = narrow_words(options, &words);

	if (status < 0)
		status = narrow_check_values(options);
	if (status >= 0)
		return status;
	if (options->nets.n + options->ports.n + options->names.n == 0) {
		whole = words;
	} else {
		if (words.text[strspn(words.text, " \t\n\r\v\f")])
			narrow_add(&whole, "(", words.text, ")");
		narrow_values(&whole, "host ", &options->nets);
		narrow_values(&whole, "port ", &options->ports);
		narrow_values(&whole, narrow_name_word(options), &options->names);
	}
	if (!narrow_fits(&whole))
		return STATUS_USAGE;
	memcpy(ask->request.filter, whole.text, sizeof(ask->request.filter));
	return -1;
}

/* Copies a list of words that has been found good, or says what is wrong with it. */
static int
narrow_list(const char *option, const char *text, char to[CTL_WORDS_MAX], int wrong,
            const struct filter_error *error)
{
	if (!wrong && strlen(text) < CTL_WORDS_MAX) {
		memcpy(to, text, strlen(text) + 1);
		return -1;
	}
	if (wrong)
		base_error("%s: %s", option, error->text);
	else
		base_error(_("%s has at most %d bytes"), option, CTL_WORDS_MAX - 1);
	return STATUS_USAGE;
}

static int
narrow_sort(struct ask *ask)
{
	const struct options *options = ask->options;
	int of_groups = options->by || !(ask->cmd->takes & REPORT_BY);
	enum filter_key_use use = of_groups ? FILTER_KEY_SORTS_GROUPS : FILTER_KEY_SORTS_ROWS;
	struct filter_error error;
	struct filter_order order;

	if (!options->sort)
		return -1;
	return narrow_list("--sort", options->sort, ask->request.sort,
	                   filter_order_parse(&order, options->sort, use, &error), &error);
}

/* The report becomes another one, of groups; their columns are those of its first key. */
static int
narrow_by(struct ask *ask)
{
	const struct options *options = ask->options;
	struct filter_grouping grouping;
	struct filter_error error;
	int status;

	if (!options->by)
		return -1;
	status = narrow_list("--by", options->by, ask->request.by,
	                     filter_grouping_parse(&grouping, options->by, &error), &error);
	if (status >= 0)
		return status;
	ask->columns.n_keys = (uint8_t)grouping.n;
	for (unsigned i = 0; i < grouping.n; i++)
		ask->columns.keys[i].kind = grouping.keys[i].word->groups;
	ask->request.of = (uint16_t)ask->cmd->report;
	ask->cmd = &cmd_table[REPORT_ASK_GROUP];
	return -1;
}

int
narrow_parse(struct ask *ask)
{
	int status = narrow_filter(ask);

	if (status < 0)
		status = narrow_by(ask);
	if (status < 0)
		status = narrow_sort(ask);
	ask->request.limit = ask->options->limit;
	return status;
}
