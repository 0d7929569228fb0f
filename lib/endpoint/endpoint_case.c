/* SPDX-License-Identifier: BSD-3-Clause */
/* Cases searched, opened and replaced, and their runs; see endpoint_case.h. */

#include <string.h>

#include "endpoint_case.h"

#define CASE_SETS      (ENDPOINT_CASES / ENDPOINT_CASE_WAYS)
#define CASE_HAS_PEER  (UINT64_C(1) << 32)
#define CASE_TIME_UNIT 4 /* microseconds to units of a run's amount */
/* After so many ticks, two minutes, the trouble of a case counts half when room is made. */
#define CASE_HALF_LIFE 2048

/* What the amount of a trouble is, where it has one. */
enum case_amount { CASE_NUMBER, CASE_TIME, CASE_FLAGS };

enum case_whole { CASE_OF_CONNECTIONS, CASE_OF_CLIENT, CASE_OF_SERVER };

static const uint8_t case_amounts[REPORT_TROUBLES] = {
	[REPORT_TROUBLE_DEAF] = CASE_FLAGS,          [REPORT_TROUBLE_UNREACHABLE] = CASE_FLAGS,
	[REPORT_TROUBLE_FORGED_CLIENT] = CASE_FLAGS, [REPORT_TROUBLE_FORGED_SERVER] = CASE_FLAGS,
	[REPORT_TROUBLE_IDLE_RESET] = CASE_TIME,     [REPORT_TROUBLE_IDLE_SILENT] = CASE_TIME,
	[REPORT_TROUBLE_IDLE_SURVIVED] = CASE_TIME,  [REPORT_TROUBLE_WINDOW_CLIENT] = CASE_TIME,
	[REPORT_TROUBLE_WINDOW_SERVER] = CASE_TIME,  [REPORT_TROUBLE_SLOW_ACCEPT] = CASE_TIME,
	[REPORT_TROUBLE_SLOW_SERVER] = CASE_TIME,
};

static const uint8_t case_wholes[REPORT_TROUBLES] = {
#define X(symbol, of) [REPORT_TROUBLE_##symbol] = CASE_OF_##of,
	REPORT_TROUBLE_LIST(X)
#undef X
};

bool
endpoint_case_is_timed(unsigned trouble)
{
	return case_amounts[trouble] == CASE_TIME;
}

/* --- the table ------------------------------------------------------------------------------ */

uint64_t
endpoint_case_table_need(void)
{
	return mem_region_need(ENDPOINT_CASES * sizeof(struct endpoint_case));
}

int
endpoint_case_table_init(struct endpoint_case_table *table, enum mem_pages pages, int node)
{
	int error;

	memset(table, 0, sizeof(*table));
	error = mem_region_init(&table->region, ENDPOINT_CASES * sizeof(struct endpoint_case),
	                        pages, node);
	table->cases = table->region.base;
	return error;
}

void
endpoint_case_table_fini(struct endpoint_case_table *table)
{
	mem_region_fini(&table->region);
}

/* The first bits of an address, as a flow's key has it. */
static void
case_network(uint64_t to[2], const uint64_t addr[2], bool is_ipv6)
{
	uint32_t ipv4 = (uint32_t)addr[1];

	to[0] = addr[0];
	to[1] = 0;
	if (is_ipv6)
		return;
	((uint8_t *)&ipv4)[ENDPOINT_CASE_BITS_IPV4 / 8] = 0;
	to[1] = ipv4;
}

void
endpoint_case_key(struct flow_key *key, const struct flow_key *flow, unsigned server,
                  bool with_client)
{
	const uint64_t *addr = server ? flow->b_addr : flow->a_addr;

	*key = (struct flow_key){ { addr[0], addr[1] }, { 0, 0 }, 0 };
	key->rest = (uint64_t)flow_key_port(flow, server) << 48 | (flow->rest & UINT32_MAX);
	if (!with_client)
		return;
	case_network(key->b_addr, server ? flow->a_addr : flow->b_addr, flow_key_is_ipv6(flow));
	key->rest |= CASE_HAS_PEER;
}

static struct endpoint_case *
case_set(const struct endpoint_case_table *table, uint64_t hash)
{
	return &table->cases[(hash >> 32 & (CASE_SETS - 1)) * ENDPOINT_CASE_WAYS];
}

void
endpoint_case_prefetch(const struct endpoint_case_table *table, uint64_t hash)
{
	for (unsigned way = 0; way < ENDPOINT_CASE_WAYS; way++)
		__builtin_prefetch(case_set(table, hash) + way, 1);
}

static bool
case_is(const struct endpoint_case *of, const struct flow_key *key)
{
	return of->server[0] == key->a_addr[0] && of->server[1] == key->a_addr[1] &&
	       of->client[0] == key->b_addr[0] && of->client[1] == key->b_addr[1] &&
	       of->name == key->rest;
}

/* How much trouble it had lately. */
static uint64_t
case_worth(const struct endpoint_case *of, uint32_t now)
{
	uint32_t halves = (now - of->last) / CASE_HALF_LIFE;
	uint64_t n = 0;

	for (unsigned i = 0; i < of->n_runs; i++)
		if (of->runs[i].trouble != REPORT_TROUBLE_IDLE_SURVIVED)
			n += of->runs[i].total;
	return halves < 63 ? n >> halves : 0;
}

/* Domains are held as long as a case is of them. */
static void
case_move_domain(struct endpoint_case_table *table, uint64_t from, uint64_t to)
{
	const struct flow_key replaced = { .rest = from }, key = { .rest = to };

	if (table->domains == NULL)
		return;
	domain_drop(table->domains, flow_key_domain(&replaced));
	domain_hold(table->domains, flow_key_domain(&key));
}

/* Field by field: seq must never have another value. Its write is open. */
static void
case_begin(struct endpoint_case_table *table, struct endpoint_case *of, const struct flow_key *key,
           uint32_t now)
{
	if (BASE_UNLIKELY((of->name | key->rest) & FLOW_KEY_DOMAIN))
		case_move_domain(table, of->name, key->rest);
	base_counter_add(of->n_runs == 0 ? &table->live : &table->replaced, 1);
	of->server[0] = key->a_addr[0];
	of->server[1] = key->a_addr[1];
	of->client[0] = key->b_addr[0];
	of->client[1] = key->b_addr[1];
	of->name = key->rest;
	of->opened = now;
	of->n_runs = 0;
}

/* The case of that key, made if there is none. Its write is open. */
static struct endpoint_case *
case_take(struct endpoint_case_table *table, const struct flow_key *key, uint64_t hash,
          uint32_t now)
{
	struct endpoint_case *set = case_set(table, hash), *victim = set;
	uint64_t least = UINT64_MAX;

	for (unsigned way = 0; way < ENDPOINT_CASE_WAYS; way++) {
		uint64_t worth;

		if (set[way].n_runs > 0 && case_is(&set[way], key)) {
			base_seq_write_begin(&set[way].seq);
			return &set[way];
		}
		worth = case_worth(&set[way], now);
		if (worth < least) {
			least = worth;
			victim = &set[way];
		}
	}
	base_seq_write_begin(&victim->seq);
	case_begin(table, victim, key, now);
	return victim;
}

/* --- runs ----------------------------------------------------------------------------------- */

static uint32_t
case_sum(uint32_t a, uint64_t b)
{
	return a + b < UINT32_MAX ? (uint32_t)(a + b) : UINT32_MAX;
}

static bool
case_is_quiet(const struct endpoint_run *run, uint32_t now)
{
	return now - run->last > REPORT_RUN_QUIET_US >> ENDPOINT_CASE_TICK;
}

/* The run of that trouble. Where there is no room for it, that which is quiet for longest goes. */
static struct endpoint_run *
case_run(struct endpoint_case *of, uint32_t trouble, uint32_t now)
{
	struct endpoint_run *oldest = &of->runs[0];

	for (unsigned i = 0; i < of->n_runs; i++) {
		if (of->runs[i].trouble == trouble)
			return &of->runs[i];
		if (now - of->runs[i].last > now - oldest->last)
			oldest = &of->runs[i];
	}
	if (of->n_runs < ENDPOINT_CASE_RUNS)
		oldest = &of->runs[of->n_runs++];
	memset(oldest, 0, sizeof(*oldest));
	oldest->trouble = trouble;
	oldest->last = now;
	return oldest;
}

static void
case_run_begin(struct endpoint_run *run, const struct endpoint_trouble *trouble, uint32_t now)
{
	run->since = now != 0 ? now : 1;
	run->count = run->of = 0;
	run->begun = trouble->whole;
	run->amount = run->amount_sum = 0;
	run->amount_least = UINT32_MAX;
}

static void
case_run_add_amount(struct endpoint_run *run, uint64_t of_one, uint32_t n)
{
	uint64_t units =
	    case_amounts[run->trouble] == CASE_TIME ? of_one >> CASE_TIME_UNIT : of_one;
	uint32_t amount = case_sum(0, units);

	if (case_amounts[run->trouble] == CASE_FLAGS) {
		run->amount |= amount;
		return;
	}
	run->amount = amount > run->amount ? amount : run->amount;
	if (n == 0) /* news of one that is counted already, or will be */
		return;
	run->amount_least = amount < run->amount_least ? amount : run->amount_least;
	run->amount_sum = case_sum(run->amount_sum, amount);
}

void
endpoint_case_add(struct endpoint_case_table *table, const struct flow_key *key, uint64_t hash,
                  const struct endpoint_trouble *trouble)
{
	uint32_t now = (uint32_t)(trouble->now_us >> ENDPOINT_CASE_TICK);
	struct endpoint_case *of = case_take(table, key, hash, now);
	struct endpoint_run *run = case_run(of, trouble->trouble, now);

	if (run->since == 0 || case_is_quiet(run, now))
		case_run_begin(run, trouble, now);
	run->total = case_sum(run->total, trouble->n);
	run->count = case_sum(run->count, trouble->n);
	if (case_wholes[trouble->trouble] == CASE_OF_CONNECTIONS)
		run->of = trouble->whole - run->begun;
	else
		run->of = case_sum(run->of, trouble->whole);
	case_run_add_amount(run, trouble->amount, trouble->n);
	run->last = of->last = now;
	base_seq_write_end(&of->seq);
}

bool
endpoint_case_copy(const struct endpoint_case_table *table, uint32_t number,
                   struct endpoint_case *copy)
{
	const struct endpoint_case *of = &table->cases[number];
	uint32_t begun;

	if (base_load_u32(&of->n_runs) == 0)
		return false;
	do {
		begun = base_seq_read_begin(&of->seq);
		base_copy_words(copy, of, sizeof(*copy));
	} while (base_seq_read_retry(&of->seq, begun));
	return true;
}
