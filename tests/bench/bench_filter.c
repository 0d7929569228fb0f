/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bench_filter: what a filter, a sorter and a grouper cost a row.
 *
 * Rows are made beforehand, 65,536 of them (9 MB, so they come from the second cache at best), and
 * gone through in order, as a snapshot makes them. A line a filter: `rows_per_sec`, `cycles`, the
 * share that matches and the number of tests. `sort` has the first 100 by two fields, `sort_all`
 * all of them, each row taken out again; `group` counts by server and port.
 */

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "bench_frame.h"
#include "filter_group.h"
#include "filter_sort.h"

#define FILTER_ROWS       65536
#define FILTER_QUICK_ROWS 1024
#define FILTER_BATCH      4096
#define FILTER_ROUNDS_MAX 99

struct bench_filter {
	struct report_row *rows;
	uint32_t n;
	struct bench_watch watch;
	uint64_t matched;
};

static const char filter_usage[] = "usage: bench_filter [--flows N] [--rounds N] [--cpu N] "
				   "[--quick]\n";

static const char *const filter_texts[] = {
	"",
	"dport 443",
	"state close-wait",
	"state close-wait and dport 443 and idle > 5m",
	"client 10.0.0.0/8 and not (dport 80 or dport 443) and bytes > 1M",
	"host 2001:db8::1 or host 192.168.5.1 or host 10.1.2.3",
	"port 1 or port 2 or port 3 or port 4 or port 5 or port 6 or port 7 or port 8",
	"bytes > 900M",
};

static const uint16_t filter_ports[] = { 22, 25, 53, 80, 443, 993, 3306, 8080 };

static void
filter_make_end(struct report_end *end, uint64_t mixed, uint16_t port)
{
	end->addr[0] = mixed & 1 ? 10 : 192;
	memcpy(end->addr + 1, &mixed, 3);
	end->port = port;
	end->state = (uint8_t)(mixed >> 24 & 7) + REPORT_ESTABLISHED - 2;
	end->packets = mixed >> 32 & 0xfff;
	end->bytes = mixed >> 30;
	end->payload = mixed >> 31;
}

static void
filter_make_row(struct report_row *row, uint32_t number)
{
	uint64_t mixed = bench_mix(number);

	row->id = number;
	row->proto = mixed & 7 ? IPPROTO_TCP : IPPROTO_UDP;
	row->ip_version = 4;
	row->vlan = REPORT_NO_VLAN;
	row->opened_us = UINT64_C(1767225600000000);
	row->last_us = row->opened_us + (mixed >> 40);
	row->idle_us = (mixed >> 20) % UINT64_C(1000000000);
	row->in_state_us = row->idle_us;
	filter_make_end(&row->client, mixed, (uint16_t)(mixed >> 48));
	filter_make_end(&row->server, bench_mix(mixed), filter_ports[mixed >> 4 & 7]);
}

/* --- filters -------------------------------------------------------------------------------- */

static double
filter_round(struct bench_filter *bench, const struct filter *filter)
{
	struct filter_subject subject = { .parts = FILTER_PARTS_ROW };

	bench->matched = 0;
	for (uint32_t from = 0; from < bench->n; from += FILTER_BATCH) {
		uint32_t end = from + base_min_u32(FILTER_BATCH, bench->n - from);

		bench_watch_start(&bench->watch);
		for (uint32_t i = from; i < end; i++) {
			subject.row = &bench->rows[i];
			bench->matched += filter_match(filter, &subject) == 1;
		}
		bench_watch_stop(&bench->watch, end - from);
	}
	return bench_watch_lap(&bench->watch);
}

static void
filter_print(const struct bench_filter *bench, const char *name, double *cycles, unsigned rounds)
{
	double median = bench_median(cycles, rounds);

	bench_json_begin(name);
	bench_json_number("rows", bench->n, 0);
	bench_json_number("rows_per_sec", bench_mops(median) * 1e6, 0);
	bench_json_number("cycles", median, 1);
	bench_json_number("rounds", rounds, 0);
	bench_json_number("preempted", (double)bench->watch.preempted, 0);
}

static int
filter_run(struct bench_filter *bench, const struct bench_options *options, const char *text)
{
	double cycles[FILTER_ROUNDS_MAX];
	static struct filter filter;
	struct filter_error error;

	if (filter_compile(&filter, text, NULL, &error) != 0) {
		fprintf(stderr, "bench_filter: %s\n", error.text);
		return -EINVAL;
	}
	filter_round(bench, &filter);
	for (unsigned round = 0; round < options->rounds; round++)
		cycles[round] = filter_round(bench, &filter);
	filter_print(bench, "filter", cycles, options->rounds);
	bench_json_text("filter", text);
	bench_json_number("matches", (double)bench->matched / bench->n, 4);
	bench_json_number("tests", filter.n, 0);
	bench_json_end();
	return 0;
}

/* --- order and groups ----------------------------------------------------------------------- */

static struct mem_pool filter_heap = { .alloc = malloc, .release = free, .max = SIZE_MAX };

static double
filter_sort_round(struct bench_filter *bench, const struct filter_order *order, uint64_t limit)
{
	struct filter_sorter *sorter =
	    filter_sorter_create(order, sizeof(bench->rows[0]), limit, 1, &filter_heap);

	bench_watch_start(&bench->watch);
	for (uint32_t i = 0; i < bench->n; i++)
		filter_sorter_add(sorter, &bench->rows[i]);
	bench->matched = 0;
	while (filter_sorter_next(sorter) != NULL)
		bench->matched++;
	bench_watch_stop(&bench->watch, bench->n);
	filter_sorter_destroy(sorter);
	return bench_watch_lap(&bench->watch);
}

static int
filter_run_sort(struct bench_filter *bench, const struct bench_options *options, const char *name,
                uint64_t limit)
{
	double cycles[FILTER_ROUNDS_MAX];
	struct filter_order order;

	if (filter_order_parse(&order, "-bytes,client", FILTER_KEY_SORTS_ROWS, NULL) != 0)
		return -EINVAL;
	for (unsigned round = 0; round < options->rounds; round++)
		cycles[round] = filter_sort_round(bench, &order, limit);
	filter_print(bench, name, cycles, options->rounds);
	bench_json_number("given", (double)bench->matched, 0);
	bench_json_end();
	return bench->matched == (limit != 0 ? limit : bench->n) ? 0 : -EPROTO;
}

static double
filter_group_round(struct bench_filter *bench, const struct filter_grouping *grouping)
{
	const struct filter_order order = { .n = 0 };
	struct filter_grouper *grouper =
	    filter_grouper_create(grouping, bench_mix(bench->n), &filter_heap);

	bench_watch_start(&bench->watch);
	for (uint32_t i = 0; i < bench->n; i++)
		filter_grouper_add(grouper, &bench->rows[i]);
	filter_grouper_sort(grouper, &order);
	bench_watch_stop(&bench->watch, bench->n);
	bench->matched = filter_grouper_count(grouper);
	filter_grouper_destroy(grouper);
	return bench_watch_lap(&bench->watch);
}

static int
filter_run_group(struct bench_filter *bench, const struct bench_options *options)
{
	double cycles[FILTER_ROUNDS_MAX];
	struct filter_grouping grouping;

	if (filter_grouping_parse(&grouping, "server-net/16,server-port", NULL) != 0)
		return -EINVAL;
	for (unsigned round = 0; round < options->rounds; round++)
		cycles[round] = filter_group_round(bench, &grouping);
	filter_print(bench, "group", cycles, options->rounds);
	bench_json_number("groups", (double)bench->matched, 0);
	bench_json_end();
	return 0;
}

int
main(int argc, char **argv)
{
	struct bench_options options;
	struct bench_filter bench = { .n = FILTER_ROWS };
	int error = 0;

	bench_options_parse(&options, &argc, &argv, filter_usage);
	if (options.quick)
		bench.n = FILTER_QUICK_ROWS;
	if (options.flows != 0)
		bench.n = options.flows;
	bench_init(&options);
	bench.rows = calloc(bench.n, sizeof(bench.rows[0]));
	if (bench.rows == NULL)
		error = -ENOMEM;
	for (uint32_t i = 0; error == 0 && i < bench.n; i++)
		filter_make_row(&bench.rows[i], i);
	for (unsigned i = 0; error == 0 && i < BASE_COUNT_OF(filter_texts); i++)
		error = filter_run(&bench, &options, filter_texts[i]);
	if (error == 0)
		error = filter_run_sort(&bench, &options, "sort", 100);
	if (error == 0)
		error = filter_run_sort(&bench, &options, "sort_all", 0);
	if (error == 0)
		error = filter_run_group(&bench, &options);
	if (error != 0)
		fprintf(stderr, "bench_filter: %s\n", strerror(-error));
	free(bench.rows);
	return error != 0;
}
