/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any text as a filter, an order and a grouping.
 *
 * Whatever it is, it is refused with one printable line that points into it, or it means something:
 * the same in parentheses, the opposite behind `not`, and the same whichever parts of a row come
 * first. A libFuzzer target; fuzz_main.c runs it over kept inputs where there is no libFuzzer.
 */

#include <netinet/in.h>

#include "filter.h"
#include "filter_key.h"
#include "fuzz_data.h"

#define FUZZ_ROWS 8

static struct filter fuzz_plain, fuzz_inner, fuzz_not;
static struct report_full fuzz_rows[FUZZ_ROWS];
static char fuzz_text[2 * FILTER_TEXT_MAX], fuzz_wrapped[2 * FILTER_TEXT_MAX + 16];

static void
fuzz_make_rows(void)
{
	for (unsigned i = 0; i < FUZZ_ROWS; i++) {
		struct report_row *row = &fuzz_rows[i].row;

		row->id = 0x2a + i;
		row->proto = i & 1 ? IPPROTO_TCP : IPPROTO_UDP;
		row->ip_version = i & 2 ? 4 : 6;
		row->flags = (uint8_t)(i * 3 & 15);
		row->vlan = i & 4 ? 10 : REPORT_NO_VLAN;
		row->end_cause = (uint8_t)(i % REPORT_END_CAUSES);
		row->closed_by = (uint8_t)(i % 3);
		row->idle_us = i * UINT64_C(60000000);
		row->client = (struct report_end){ { 10, 0, 0, 1 }, 40000, (uint8_t)i };
		row->server = (struct report_end){ { 192, 168 }, 443, (uint8_t)(11 - i) };
		row->client.bytes = i * UINT64_C(5000);
		fuzz_rows[i].client.retransmitted = i;
	}
}

static void
fuzz_check_error(const char *text, const struct filter_error *error)
{
	size_t n = strlen(error->text);

	fuzz_check(strncmp(error->text, "column ", 7) == 0 && n < sizeof(error->text) - 1);
	fuzz_check(error->offset <= strlen(text));
	for (size_t i = 0; i < n; i++)
		fuzz_check(error->text[i] >= ' ' && error->text[i] <= '~');
}

static int
fuzz_match(const struct filter *filter, const struct report_full *full, unsigned parts)
{
	const struct filter_subject subject = {
		.row = &full->row,
		.full = full,
		.local = FILTER_LOCAL_SERVER,
		.parts = parts,
	};

	return filter_match(filter, &subject);
}

static void
fuzz_check_row(const struct report_full *full, int wrapped)
{
	int holds = fuzz_match(&fuzz_plain, full, FILTER_PARTS_ALL);
	int early = fuzz_match(&fuzz_plain, full, FILTER_PART_KEY | FILTER_PART_STATES);

	fuzz_check(holds == 0 || holds == 1);
	fuzz_check(early < 0 || early == holds);
	if (!wrapped)
		return;
	fuzz_check(fuzz_match(&fuzz_inner, full, FILTER_PARTS_ALL) == holds);
	fuzz_check(fuzz_match(&fuzz_not, full, FILTER_PARTS_ALL) == !holds);
}

/* Wrapping may make it too long or too deep, and there is no `()`. */
static int
fuzz_wrap(const char *before, struct filter *filter)
{
	snprintf(fuzz_wrapped, sizeof(fuzz_wrapped), "%s(%s)", before, fuzz_text);
	return filter_compile(filter, fuzz_wrapped, NULL, NULL) == 0;
}

static void
fuzz_lists(void)
{
	struct filter_grouping grouping;
	struct filter_order order;
	struct filter_error error;

	if (filter_order_parse(&order, fuzz_text, FILTER_KEY_SORTS_ROWS, &error) != 0)
		fuzz_check_error(fuzz_text, &error);
	else
		fuzz_check(order.n > 0 && order.n <= FILTER_KEYS_MAX);
	if (filter_grouping_parse(&grouping, fuzz_text, &error) != 0)
		fuzz_check_error(fuzz_text, &error);
	else
		fuzz_check(grouping.n > 0 && grouping.n <= FILTER_KEYS_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct filter_error error;
	int wrapped;

	if (size >= sizeof(fuzz_text))
		return 0;
	memcpy(fuzz_text, data, size);
	fuzz_text[size] = '\0';
	fuzz_make_rows();
	fuzz_lists();
	if (filter_compile(&fuzz_plain, fuzz_text, NULL, &error) != 0) {
		fuzz_check_error(fuzz_text, &error);
		return 0;
	}
	wrapped = fuzz_wrap("", &fuzz_inner) && fuzz_wrap("not ", &fuzz_not);
	for (unsigned i = 0; i < FUZZ_ROWS; i++)
		fuzz_check_row(&fuzz_rows[i], wrapped);
	return 0;
}
