/* SPDX-License-Identifier: BSD-3-Clause */
/* How the worker takes orders from the order box; snapshot_order.c puts them in. */

#include <errno.h>

#include "flow_sweep.h"
#include "track_state.h"

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
