/* SPDX-License-Identifier: BSD-3-Clause */
/* How the control core puts orders into the order box; track_order.c takes them. See snapshot.h. */

#include <errno.h>

#include "snapshot.h"
#include "track_state.h"

/* Takes an ID apart: which number of this worker it names. */
static uint64_t
snapshot_id_offset(const struct track *track, uint64_t id)
{
	return (id - track->id_first) % track->id_stride;
}

bool
snapshot_owns(const struct track *track, uint64_t id)
{
	return id >= track->id_first && snapshot_id_offset(track, id) < track->table->capacity;
}

static struct track_order *
snapshot_order_open(struct track *track)
{
	struct track_order *order = &track->order;

	return __atomic_load_n(&order->turn, __ATOMIC_ACQUIRE) == TRACK_ORDER_FREE ? order : NULL;
}

static int
snapshot_order_give(struct track_order *order, enum track_order_kind kind)
{
	order->kind = kind;
	__atomic_store_n(&order->turn, TRACK_ORDER_GIVEN, __ATOMIC_RELEASE);
	return 0;
}

int
snapshot_order_drop(struct track *track, uint64_t id)
{
	struct track_order *order = snapshot_order_open(track);
	uint64_t generation;

	if (!snapshot_owns(track, id))
		return -ENOENT;
	generation = (id - track->id_first) / track->id_stride;
	if (snapshot_id_offset(track, id) >= flow_table_used(track->table) ||
	    generation > UINT32_MAX)
		return -ENOENT;
	if (order == NULL)
		return -EAGAIN;
	order->number = (uint32_t)snapshot_id_offset(track, id);
	order->generation = (uint32_t)generation;
	return snapshot_order_give(order, TRACK_ORDER_DROP);
}

int
snapshot_order_settings(struct track *track, const struct track_settings *settings)
{
	struct track_order *order = snapshot_order_open(track);

	if (order == NULL)
		return -EAGAIN;
	order->settings = *settings;
	return snapshot_order_give(order, TRACK_ORDER_SETTINGS);
}

int
snapshot_answer(struct track *track)
{
	struct track_order *order = &track->order;
	int answer;

	if (__atomic_load_n(&order->turn, __ATOMIC_ACQUIRE) != TRACK_ORDER_DONE)
		return -EINPROGRESS;
	answer = order->answer;
	__atomic_store_n(&order->turn, TRACK_ORDER_FREE, __ATOMIC_RELEASE);
	return answer;
}
