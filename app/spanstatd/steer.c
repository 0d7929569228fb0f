/* SPDX-License-Identifier: BSD-3-Clause */
/* Owners of packets, chosen a burst at a time; see steer.h. */

#include <errno.h>
#include <rte_mbuf.h>
#include <string.h>

#include "decode.h"
#include "steer.h"
#include "track_key.h"

#define STEER_HELD_US 500000

/* What a ring brings: said in a field of the mbuf that the NIC's hash was in. */
enum { STEER_ARRIVED, STEER_MEETS };

static void
steer_mark(struct rte_mbuf *mbuf, unsigned mark)
{
	mbuf->hash.usr = mark;
}

int
steer_init(struct steer *steer, unsigned n_workers, unsigned me, const struct dpdk_rss *rss)
{
	*steer = (struct steer){ .n_workers = n_workers, .me = me, .rss = rss };
	steer->fragments = fragment_table_create();
	if (steer->fragments == NULL)
		return -errno;
	return flow_hash_secret_init(&steer->secret);
}

void
steer_fini(struct steer *steer)
{
	for (unsigned i = 0; i < steer->n_held; i++)
		rte_pktmbuf_free(steer->held[i].mbuf);
	steer->n_held = 0;
	fragment_table_destroy(steer->fragments);
	steer->fragments = NULL;
}

/* --- owners ---------------------------------------------------------------------------------- */

/*
 * By a keyed hash of the ordered pair, without the domain. An ICMP error has the pair of the packet
 * that it quotes, so it goes where that flow is; what has no flow goes to the first.
 */
static void
steer_by_hash(const struct steer *steer, const struct packet *packets, unsigned n, uint8_t *to)
{
	uint8_t which[PACKET_BURST_MAX], dir[PACKET_BURST_MAX];
	uint64_t hashes[FLOW_BURST_MAX];
	struct flow_burst keys;
	bool has_tunnels;
	unsigned m = track_key_burst(packets, n, &keys, which, dir, &has_tunnels);

	flow_hash_burst(&steer->secret, &keys, m, hashes);
	memset(to, 0, n);
	for (unsigned i = 0; i < m; i++)
		to[which[i]] = (uint8_t)(((hashes[i] >> 32) * steer->n_workers) >> 32);
}

/* The worker whose queue the NIC would choose if it saw nothing but the innermost flow. */
static uint8_t
steer_by_rss(const struct steer *steer, const struct packet *pk)
{
	const struct dpdk_rss *rss = steer->rss;

	if (!packet_verdict_names_flow(pk->verdict))
		return (uint8_t)steer->me;
	return (uint8_t)rss->queue[dpdk_rss_hash(rss, pk) & (rss->reta_size - 1)];
}

static void
steer_choose(const struct steer *steer, const struct packet *packets, unsigned n, uint8_t *to)
{
	if (steer->rss == NULL) {
		steer_by_hash(steer, packets, n, to);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		to[i] = steer_by_rss(steer, &packets[i]);
}

/* --- fragments ------------------------------------------------------------------------------- */

/* Puts an mbuf behind what goes to that worker. A burst and all that is held fit there. */
static void
steer_put(struct steer *steer, struct rte_mbuf *mbuf, unsigned to,
          struct dpdk_handover_counters *const *counters)
{
	dpdk_handover_put(&steer->handover, mbuf, to, counters[to]);
}

/* Lets number `at` go to a worker. */
static void
steer_let_go(struct steer *steer, unsigned at, unsigned to,
             struct dpdk_handover_counters *const *counters)
{
	steer_mark(steer->held[at].mbuf, STEER_ARRIVED);
	steer_put(steer, steer->held[at].mbuf, to, counters);
	steer->held[at] = steer->held[--steer->n_held];
}

static void
steer_hold(struct steer *steer, struct rte_mbuf *mbuf, uint64_t name, unsigned piece,
           uint64_t now_us, struct dpdk_handover_counters *const *counters)
{
	unsigned oldest = 0;

	if (steer->n_held == STEER_HELD_MAX) {
		for (unsigned i = 1; i < STEER_HELD_MAX; i++)
			if (steer->held[i].since_us < steer->held[oldest].since_us)
				oldest = i;
		steer_let_go(steer, oldest, 0, counters);
	}
	steer->held[steer->n_held++] = (struct steer_held){ mbuf, name, now_us, (uint16_t)piece };
}

void
steer_expire(struct steer *steer, uint64_t now_us, struct dpdk_handover_counters *const *counters)
{
	for (unsigned i = steer->n_held; i-- > 0;)
		if (now_us - steer->held[i].since_us > STEER_HELD_US)
			steer_let_go(steer, i, 0, counters);
	dpdk_handover_flush(&steer->handover, counters);
}

/*
 * The datagram meets here. Where the fragment goes; false: it is held, and gone from the burst. Its
 * first says where, and takes those along that came before it.
 */
static bool
steer_meet(struct steer *steer, struct rte_mbuf *mbuf, const struct packet *pk, uint8_t *to,
           uint64_t now_us, struct dpdk_handover_counters *const *counters)
{
	struct fragment_datagram *datagram;
	uint64_t name;

	datagram = fragment_datagram_of(steer->fragments, pk, &name);
	if (pk->fragment == PACKET_FRAGMENT_FIRST) {
		datagram->to = *to;
		return true;
	}
	if (datagram != NULL) {
		*to = datagram->to;
		return true;
	}
	steer_hold(steer, mbuf, name, pk->piece, now_us, counters);
	return false;
}

/* The same of a fragment from a queue, which may have to go elsewhere to meet the others. */
static bool
steer_fragment(struct steer *steer, struct rte_mbuf *mbuf, const struct packet *pk, uint8_t *to,
               uint64_t now_us, struct dpdk_handover_counters *const *counters)
{
	unsigned where = steer->me;

	if (!fragment_has_datagram(pk))
		return true;
	if (steer->rss != NULL)
		where = fragment_number(pk, steer->rss->secret) % steer->n_workers;
	if (where == steer->me)
		return steer_meet(steer, mbuf, pk, to, now_us, counters);
	steer_mark(mbuf, STEER_MEETS);
	*to = (uint8_t)where;
	return true;
}

/* What was held for this first fragment goes behind it, the foremost piece first. */
static void
steer_release(struct steer *steer, const struct packet *pk,
              struct dpdk_handover_counters *const *counters)
{
	uint64_t name;
	unsigned to = fragment_datagram_of(steer->fragments, pk, &name)->to;

	for (;;) {
		unsigned found = steer->n_held;

		for (unsigned i = 0; i < steer->n_held; i++)
			if (steer->held[i].name == name &&
			    (found == steer->n_held ||
			     steer->held[i].piece < steer->held[found].piece))
				found = i;
		if (found == steer->n_held)
			return;
		steer_let_go(steer, found, to, counters);
	}
}

/* --- a burst --------------------------------------------------------------------------------- */

static void
steer_move(struct steer *steer, struct dpdk_burst *burst, struct packet *packets, unsigned i,
           unsigned to, unsigned *kept, struct dpdk_handover_counters *const *counters)
{
	if (to != steer->me) {
		steer_put(steer, burst->mbufs[i], to, counters);
		return;
	}
	burst->mbufs[*kept] = burst->mbufs[i];
	if (*kept != i)
		packet_copy(&packets[*kept], &packets[i]);
	(*kept)++;
}

/* Packet i stays, as number *kept, or goes; and behind it what was held for it. */
static void
steer_keep(struct steer *steer, struct dpdk_burst *burst, struct packet *packets, unsigned i,
           unsigned to, unsigned *kept, struct dpdk_handover_counters *const *counters)
{
	bool is_waited_for = steer->n_held > 0 && packets[i].fragment == PACKET_FRAGMENT_FIRST &&
	                     fragment_has_datagram(&packets[i]) &&
	                     burst->mbufs[i]->hash.usr == STEER_ARRIVED;

	steer_move(steer, burst, packets, i, to, kept, counters);
	if (BASE_UNLIKELY(is_waited_for))
		steer_release(steer, &packets[i], counters);
}

unsigned
steer_burst(struct steer *steer, struct dpdk_burst *burst, struct packet *packets, unsigned found,
            uint64_t now_us, struct dpdk_handover_counters *const *counters)
{
	unsigned n = burst->n, kept = 0;
	uint8_t to[PACKET_BURST_MAX];

	steer_choose(steer, packets, n, to);
	for (unsigned i = 0; i < n; i++) {
		if (steer->rss != NULL || (found & DECODE_FRAGMENTS))
			steer_mark(burst->mbufs[i], STEER_ARRIVED);
		if ((found & DECODE_FRAGMENTS) &&
		    !steer_fragment(steer, burst->mbufs[i], &packets[i], &to[i], now_us, counters))
			continue;
		steer_keep(steer, burst, packets, i, to[i], &kept, counters);
	}
	burst->n = kept;
	dpdk_handover_flush(&steer->handover, counters);
	return kept;
}

BASE_NOINLINE unsigned
steer_ring(struct steer *steer, struct dpdk_burst *burst, struct packet *packets, uint64_t now_us,
           struct dpdk_handover_counters *const *counters)
{
	unsigned n = burst->n, kept = 0;

	for (unsigned i = 0; i < n; i++) {
		uint8_t to = (uint8_t)steer->me;

		if (burst->mbufs[i]->hash.usr == STEER_MEETS) {
			steer_mark(burst->mbufs[i], STEER_ARRIVED);
			to = steer_by_rss(steer, &packets[i]);
			if (!steer_meet(steer, burst->mbufs[i], &packets[i], &to, now_us, counters))
				continue;
		}
		steer_keep(steer, burst, packets, i, to, &kept, counters);
	}
	burst->n = kept;
	dpdk_handover_flush(&steer->handover, counters);
	return kept;
}
