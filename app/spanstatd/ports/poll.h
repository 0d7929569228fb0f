/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which queues a poll loop polls, and how it is asked to leave a port out and to take it again.
 *
 * The control core writes down what it wants and then calls: it moves a number. A loop compares it
 * once a turn with the one that it has taken. Where they differ, it makes its list anew and says
 * so; from then on it touches no port that is left out, and the control core may close that port.
 * No lock, and no turn waits. A call without a change shows whether the loops come round (beat.h).
 */
#ifndef POLL_H
#define POLL_H

#include <stdbool.h>
#include <stdint.h>

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define POLL_QUEUES_MAX 64

struct poll_queue {
	uint16_t port, queue; /* DPDK's numbers */
	uint32_t owner;       /* number of the port in the configuration, below 32 */
};

/* Control: writes; poll loops: read. */
struct poll_order {
	uint32_t call;     /* moved after the rest was written */
	uint32_t left_out; /* a bit for each owner whose queues nobody polls */
};

struct poll {
	/* the loop: writes and reads */
	uint32_t taken; /* the last call that it has obeyed; control: reads */
	uint32_t n;
	struct poll_queue queues[POLL_QUEUES_MAX];
	/* control: writes, before the loop starts or of an owner that is left out */
	uint32_t n_given;
	struct poll_queue given[POLL_QUEUES_MAX];
};

/* Nobody polls the owner's queues, or who was given them does: once the call is obeyed. Control. */
void poll_leave_out(struct poll_order *order, uint32_t owner);
void poll_let_in(struct poll_order *order, uint32_t owner);

/* Makes every loop obey. Control. */
BASE_INLINE void
poll_call(struct poll_order *order)
{
	__atomic_store_n(&order->call, order->call + 1, __ATOMIC_RELEASE);
}

/* Whether there is a call that the loop has not obeyed. That loop. */
BASE_INLINE bool
poll_is_called(const struct poll *poll, const struct poll_order *order)
{
	return __atomic_load_n(&order->call, __ATOMIC_RELAXED) != poll->taken;
}

/* Adds a queue, before the loop starts. Control. */
void poll_give(struct poll *poll, uint16_t port, uint16_t queue, uint32_t owner);

/* The owner's queues are those of DPDK's port `port` from now on. It is left out. Control. */
void poll_renumber(struct poll *poll, uint32_t owner, uint16_t port);

/* Obeys the last call. That loop. */
void poll_take(struct poll *poll, const struct poll_order *order);

/* Whether the loop has obeyed the last call. Control. */
bool poll_has_taken(const struct poll *poll, const struct poll_order *order);

BASE_END_DECLS

#endif
