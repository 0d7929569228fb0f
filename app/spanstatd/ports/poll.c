/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of queues, and the call that changes them; see poll.h. */

#include <assert.h>

#include "poll.h"

void
poll_give(struct poll *poll, uint16_t port, uint16_t queue, uint32_t owner)
{
	assert(poll->n_given < POLL_QUEUES_MAX && owner < 32);
	poll->given[poll->n_given++] = (struct poll_queue){ port, queue, owner };
}

void
poll_renumber(struct poll *poll, uint32_t owner, uint16_t port)
{
	for (unsigned i = 0; i < poll->n_given; i++)
		if (poll->given[i].owner == owner)
			poll->given[i].port = port;
}

void
poll_leave_out(struct poll_order *order, uint32_t owner)
{
	__atomic_store_n(&order->left_out, order->left_out | UINT32_C(1) << owner,
	                 __ATOMIC_RELAXED);
	poll_call(order);
}

/* Who sees the bit cleared sees what was written before. */
void
poll_let_in(struct poll_order *order, uint32_t owner)
{
	__atomic_store_n(&order->left_out, order->left_out & ~(UINT32_C(1) << owner),
	                 __ATOMIC_RELEASE);
	poll_call(order);
}

/* A queue that is left out is not read, for the control core may be writing it. */
void
poll_take(struct poll *poll, const struct poll_order *order)
{
	uint32_t call = __atomic_load_n(&order->call, __ATOMIC_ACQUIRE);
	uint32_t left_out = __atomic_load_n(&order->left_out, __ATOMIC_ACQUIRE);

	poll->n = 0;
	for (unsigned i = 0; i < poll->n_given; i++)
		if (!(left_out & (UINT32_C(1) << poll->given[i].owner)))
			poll->queues[poll->n++] = poll->given[i];
	__atomic_store_n(&poll->taken, call, __ATOMIC_RELEASE);
}

bool
poll_has_taken(const struct poll *poll, const struct poll_order *order)
{
	return __atomic_load_n(&poll->taken, __ATOMIC_ACQUIRE) == order->call;
}
