/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The engine made, set, polled and ended: all that is not a packet.
 *
 * Expiry: the hand of flow_sweep goes round the whole table in TRACK_TURN_US, in pieces that are in
 * proportion to the time that has passed between polls. Never more than TRACK_DUE_MAX flows are
 * ended between two bursts. Create and destroy: control; the rest: worker.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "endpoint_table.h"
#include "flow_sweep.h"
#include "track_state.h"

#define TRACK_TURN_US     500000
#define TRACK_DUE_LATE_US 5000
/*
 * After so long a silence (of a capture) a due tick may lie so far back that it looks like one
 * ahead.
 */
#define TRACK_SILENCE_US ((uint64_t)FLOW_TICK_FAR / 2 * FLOW_TICK_US)

void
track_config_init(struct track_config *config)
{
	*config = (struct track_config){
		.capacity = 1 << 20,
		.sockets = ENDPOINT_CAPACITY,
		.workers = 1,
		.pages = MEM_PAGES_LAZY,
		.node = MEM_NODE_ANY,
		.settings = { .duplicate_window_us = 5000, .identity = { .tunnel = true } },
	};
	track_timers_init(&config->settings.timers);
}

void
track_set_settings(struct track *track, const struct track_settings *settings)
{
	track->settings.timers = settings->timers;
	track->settings.identity = settings->identity;
	base_store_u32(&track->settings.duplicate_window_us, settings->duplicate_window_us);
	if (track->keep)
		track_timers_init_never(&track->settings.timers);
	track->quiet_us = TRACK_SILENT_US;
	for (unsigned i = 0; i < TRACK_N_CLASSES; i++)
		if (track->settings.timers.us[i] < track->quiet_us)
			track->quiet_us = track->settings.timers.us[i];
}

uint64_t
track_need(uint32_t capacity, uint32_t sockets)
{
	return sizeof(struct track) + flow_table_need(capacity) +
	       entry_trouble_pool_need(capacity) + endpoint_table_need(sockets) +
	       endpoint_case_table_need() + domain_table_need();
}

struct track *
track_create(const struct track_config *config)
{
	struct track *track = aligned_alloc(BASE_CACHE_LINE, sizeof(*track));
	int error;

	if (track == NULL)
		return NULL;
	memset(track, 0, sizeof(*track));
	track->keep = config->keep;
	track->paths = config->paths;
	track->worker = config->worker;
	track->id_first = (uint64_t)config->worker * config->capacity + 1;
	track->id_stride = (uint64_t)config->workers * config->capacity;
	track_set_settings(track, &config->settings);
	track->table = flow_table_create(config->capacity, config->pages, config->node);
	error = track->table == NULL ? errno : 0;
	if (error == 0)
		error = -entry_trouble_pool_init(&track->trouble, config->capacity, config->pages,
		                                 config->node);
	if (error == 0)
		error = -domain_table_init(&track->domains, config->pages, config->node);
	if (error == 0)
		error = -endpoint_table_init(&track->endpoints, config->sockets, config->pages,
		                             config->node);
	if (error == 0)
		error = -endpoint_case_table_init(&track->cases, config->pages, config->node);
	if (error == 0) {
		track_domain_init(track);
		track->endpoints.domains = track->cases.domains = &track->domains;
		endpoint_events_init(&track->endpoint_events, &track->endpoints, &track->cases,
		                     &track->table->secret);
		trouble_init(&track->troubles, &track->cases, &track->endpoint_events, &track->rtt);
		return track;
	}
	track_destroy(track);
	errno = error;
	return NULL;
}

void
track_destroy(struct track *track)
{
	if (track == NULL)
		return;
	track_emit_free(track);
	endpoint_table_fini(&track->endpoints);
	endpoint_case_table_fini(&track->cases);
	flow_table_destroy(track->table);
	entry_trouble_pool_fini(&track->trouble);
	domain_table_fini(&track->domains);
	free(track);
}

uint64_t
track_now_us(const struct track *track)
{
	return track->now_us;
}

/*
 * Puts those numbers first whose deadline has passed, and returns how many. The others get their
 * real due.
 */
static unsigned
track_select_due(struct track *track, uint32_t *numbers, unsigned n)
{
	unsigned due = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct entry *e = entry_at(track->table, numbers[i]);
		uint64_t deadline;

		if (e->key.rest == 0) {
			flow_sweep_put_off(track->table, numbers[i], track->now_us);
			continue;
		}
		deadline = track_deadline(track, e);
		if (deadline <= track->now_us)
			numbers[due++] = numbers[i];
		else
			flow_sweep_set_due(track->table, numbers[i], track->now_us, deadline);
	}
	return due;
}

/* Ends those of the numbers that are due. */
static unsigned
track_expire(struct track *track, uint32_t *numbers, unsigned n)
{
	unsigned due = track_select_due(track, numbers, n);

	track_forget_many(track, numbers, due, REPORT_END_TIMEOUT);
	base_counter_add(&track->counters.expired, due);
	return due;
}

/* Ends what was found due and still is. */
static unsigned
track_end_due(struct track *track)
{
	unsigned n = track->due.n;

	track->due.n = 0;
	return track_expire(track, track->due.number, n);
}

/*
 * What the hand finds waits until there are many, or until the first has waited for
 * TRACK_DUE_LATE_US, so that memory is waited for once for all of them. The hand does not come
 * round within that time. Where polls are rarer, nothing waits for the next poll, and no number is
 * found twice.
 */
static unsigned
track_sweep(struct track *track, uint64_t elapsed_us, uint32_t budget)
{
	struct track_due *due = &track->due;
	unsigned ended = 0, before;

	if (elapsed_us >= TRACK_DUE_LATE_US)
		ended = track_end_due(track);
	before = due->n;
	if (before == 0)
		due->since_us = track->now_us;
	due->n += flow_sweep(track->table, track->now_us, budget, &due->number[before],
	                     TRACK_DUE_MAX - before);
	for (unsigned i = before; i < due->n; i++)
		flow_table_prefetch_entry(track->table, due->number[i]);
	if (due->n >= TRACK_DUE_MAX / 2 || elapsed_us >= TRACK_DUE_LATE_US ||
	    track->now_us - due->since_us >= TRACK_DUE_LATE_US)
		ended += track_end_due(track);
	return ended;
}

unsigned
track_poll(struct track *track, uint64_t now_us)
{
	uint64_t elapsed, budget;

	track_set_clock(track, now_us);
	track_order_poll(track);
	track_endpoint_poll(track);
	elapsed = track->now_us - track->swept_us;
	budget = (uint64_t)track->table->used *
	         (elapsed < TRACK_TURN_US ? elapsed : TRACK_TURN_US) / TRACK_TURN_US;
	if (budget == 0 || track->keep)
		return 0;
	if (elapsed > TRACK_SILENCE_US)
		flow_sweep_force(track->table);
	track->swept_us = track->now_us;
	return track_sweep(track, elapsed, (uint32_t)budget);
}

void
track_blind(struct track *track, uint64_t now_us)
{
	track->blind_us = now_us - track->now_us;
	track->blind_until_us = now_us;
}

uint32_t
track_advance_part(struct track *track, uint64_t now_us, uint32_t from, uint32_t max)
{
	struct flow_table *table = track->table;
	uint32_t end = from + base_min_u32(table->used - from, max);

	track_set_clock(track, now_us);
	for (uint32_t number = from; number < end && !track->keep; number++)
		if (flow_table_entry(table, number)->key.rest != 0) {
			uint32_t one = number;

			track_expire(track, &one, 1);
		}
	if (end < table->used)
		return end;
	endpoint_event_apply(&track->endpoint_events);
	endpoint_trouble_apply(&track->troubles.queue);
	return UINT32_MAX;
}

void
track_advance(struct track *track, uint64_t now_us)
{
	track_advance_part(track, now_us, 0, UINT32_MAX);
}

/* --- orders of the control core (snapshot_order.c gives them) -------------------------------- */

static int
track_order_drop(struct track *track, const struct track_order *order)
{
	const struct flow_entry *entry = flow_table_entry(track->table, order->number);

	if (entry->key.rest == 0 ||
	    flow_table_cold(track->table, order->number)->generation != order->generation)
		return -ENOENT;
	track_emit_ended(track, order->number, REPORT_END_DROPPED);
	track_forget(track, order->number, REPORT_END_DROPPED);
	base_counter_add(&track->counters.dropped, 1);
	return 0;
}

/*
 * A burst that waits was taken in under the old settings (without a place for its copies, if none
 * were searched for), so it is moved under them. New timers may be shorter than the dues that the
 * old ones left, so every flow is examined anew.
 */
static int
track_order_settings(struct track *track, const struct track_order *order)
{
	track_flush(track);
	track_set_settings(track, &order->settings);
	flow_sweep_force(track->table);
	return 0;
}

void
track_order_poll(struct track *track)
{
	struct track_order *order = &track->order;

	if (__atomic_load_n(&order->turn, __ATOMIC_ACQUIRE) != TRACK_ORDER_GIVEN)
		return;
	order->answer = order->kind == TRACK_ORDER_DROP ? track_order_drop(track, order)
	                                                : track_order_settings(track, order);
	__atomic_store_n(&order->turn, TRACK_ORDER_DONE, __ATOMIC_RELEASE);
}
