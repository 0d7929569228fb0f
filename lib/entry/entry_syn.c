/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Slots of SYNs, direct-mapped by the number of the flow; see entry_syn.h.
 *
 * Worker alone. Cost: constant.
 */

#include "entry_syn.h"

static_assert((ENTRY_SYN_SLOTS & (ENTRY_SYN_SLOTS - 1)) == 0, "a mask chooses the slot");
static_assert((ENTRY_SYN_WAITING & (ENTRY_SYN_WAITING - 1)) == 0, "here too");

static struct entry_syn *
syn_slot(struct entry_syns *syns, uint32_t number)
{
	return &syns->slot[number & (ENTRY_SYN_SLOTS - 1)];
}

static uint32_t *
syn_waiting_owner(struct entry_syns *syns, uint32_t number)
{
	return &syns->waiting_owner[number & (ENTRY_SYN_WAITING - 1)];
}

static struct entry_syn_waiting *
syn_waiting(struct entry_syns *syns, uint32_t number)
{
	return &syns->waiting[number & (ENTRY_SYN_WAITING - 1)];
}

static void
syn_wait_no_more(struct entry_syns *syns, uint32_t number)
{
	uint32_t *owner = syn_waiting_owner(syns, number);

	if (BASE_UNLIKELY(*owner == number + 1))
		*owner = 0;
}

void
entry_syn_open(struct entry_syns *syns, uint32_t number)
{
	struct entry_syn *slot = syn_slot(syns, number);

	if (slot->owner == number + 1)
		slot->owner = 0;
	syn_wait_no_more(syns, number);
}

void
entry_syn_open_by(struct entry_syns *syns, uint32_t number, unsigned dir, uint16_t id,
                  uint64_t now_us)
{
	struct entry_syn *slot = syn_slot(syns, number);

	slot->owner = (number + 1) & 0x3fffffff;
	slot->known = 1u << (dir & 1);
	slot->id[dir] = id;
	slot->at_us[dir] = (uint32_t)now_us;
	syn_wait_no_more(syns, number);
}

/*
 * What a SYN is that comes so long after the last one of its sender. `same`, `other`: it has the
 * identification of that one, or another; neither, where they have none.
 */
static unsigned
syn_bits(uint64_t elapsed_us, bool same, bool other, uint32_t window_us)
{
	bool soon = elapsed_us < ENTRY_SYN_AGAIN_US;
	unsigned bits = soon ? TCP_SYN_SOON : 0;

	if (other || (!same && !soon))
		bits |= TCP_SYN_REPEATED;
	if (same && window_us != 0 && elapsed_us <= window_us)
		bits |= TCP_SYN_COPIED;
	return bits;
}

unsigned
entry_syn_see(struct entry_syns *syns, uint32_t number, unsigned dir, uint16_t id,
              const struct entry_syn_time *time)
{
	struct entry_syn *slot = syn_slot(syns, number);
	uint32_t at_us = (uint32_t)time->now_us;
	bool is_same = id != 0 && id == slot->id[dir], is_other = id != slot->id[dir];
	unsigned bits;

	if (slot->owner != number + 1)
		*slot = (struct entry_syn){ .owner = (number + 1) & 0x3fffffff };
	if (slot->known & 1u << dir)
		bits = syn_bits(at_us - slot->at_us[dir], is_same, is_other, time->window_us);
	else
		bits = syn_bits(time->now_us - time->since_us, false, false, 0);
	slot->known = (slot->known | 1u << dir) & 3;
	slot->id[dir] = id;
	slot->at_us[dir] = at_us;
	return bits;
}

void
entry_syn_wait(struct entry_syns *syns, uint32_t number, unsigned dir, const struct packet *pk,
               uint64_t now_us, uint64_t before_us)
{
	struct entry_syn_waiting *waiting = syn_waiting(syns, number);
	uint32_t *owner = syn_waiting_owner(syns, number);

	if (*owner == number + 1 && waiting->dir == dir && waiting->packet.seq == pk->seq &&
	    waiting->packet.ip_bytes == pk->ip_bytes && waiting->times < UINT16_MAX) {
		waiting->times++;
		waiting->latest_us = now_us;
		return;
	}
	*owner = number + 1;
	*waiting = (struct entry_syn_waiting){
		.times = 1,
		.dir = (uint8_t)dir,
		.before_us = before_us,
		.latest_us = now_us,
		.packet = *pk,
	};
	waiting->packet.time_us = now_us;
	waiting->packet.data = NULL;
	waiting->packet.path = NULL; /* another packet has that room by then */
}

const struct entry_syn_waiting *
entry_syn_answered(struct entry_syns *syns, uint32_t number, unsigned dir, const struct packet *pk)
{
	struct entry_syn_waiting *waiting = syn_waiting(syns, number);
	const struct packet *syn = &waiting->packet;
	uint32_t *owner = syn_waiting_owner(syns, number);

	if (*owner != number + 1 || waiting->dir == dir ||
	    pk->ack - syn->seq - 1 > syn->payload_bytes)
		return NULL;
	*owner = 0;
	return waiting;
}
