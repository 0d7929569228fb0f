/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A sender of TCP connections that are always new ones, out of a DPDK port: what testpmd cannot do.
 *
 * Whatever stands at the other end of a memif, vhost-user or ring sees connections open, carry
 * data, close and never come again (churn), or a flood of SYNs beside connections that go on
 * (flood), or all that makes a table work, by turns (mix). All frames are made in memory by
 * bench_frame.c, from nothing but the number of their flow; which of the open connections moves
 * next is drawn at random.
 *
 * It waits for the port's link, sends so many packets or until SIGINT or SIGTERM, prints one line
 * of JSON, and stays until it is told again to end: a peer that has packets in its rings may still
 * take them, and DPDK's memif driver does not like to be left.
 *
 * One thread does it all. A port that takes no more is asked again (every packet sent arrives at
 * the ring), or, with --drop, the packets it refuses are thrown away, as a card would.
 */

#include <errno.h>
#include <getopt.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_frame.h"
#include "dpdk_eal.h"
#include "dpdk_port.h"

#define PKTGEN_BURST     32
#define PKTGEN_LINK_SEC  60
#define PKTGEN_OPEN_MAX  (1u << 20)
#define PKTGEN_OPEN      65536
#define PKTGEN_USEC      1000000
#define PKTGEN_MEMORY_MB 128

static const char pktgen_usage[] =
    "usage: bench_pktgen --vdev ARGS [--known N | --mix] [--open N] [--packets N] [--mpps RATE]\n"
    "                    [--drop] [--cpu N] [--no-huge] [--eal ARGS]\n"
    "\n"
    "  --known N   a flood: N connections are opened, then each sends in turn with a new SYN;\n"
    "              without it: whole connections of nine packets, always new ones\n"
    "  --mix       whole connections, some of which repeat much, datagrams of one way and of\n"
    "              both, and at times a flood of SYNs\n"
    "  --open N    connections that are open at a time, without --known\n";

/* Of the mix: one connection in so many repeats its data so often; packets of a flood, 2 ^ N. */
#define PKTGEN_DATA_STEP 3
#define PKTGEN_REPEATING 128
#define PKTGEN_REPEATS   8
#define PKTGEN_SPAN_BITS 21

struct pktgen_slot {
	uint32_t flow;
	unsigned step, repeated;
};

struct pktgen {
	/* given */
	const char *vdev, *eal;
	uint64_t packets; /* 0: until a signal */
	double mpps;      /* 0: as fast as it goes */
	uint32_t open, known;
	int cpu, drop, no_huge, mix;
	/* what there is */
	struct dpdk_port port;
	struct rte_mempool *pool;
	struct bench_frames frames;
	struct pktgen_slot *slots;
	struct bench_talk talk;
	struct bench_order order;
	/* where it is */
	uint32_t next; /* flow */
	uint32_t datagram_flow;
	uint64_t drawn;
	uint64_t sent, refused, dropped, ended, known_packets, syns, datagrams;
};

static volatile sig_atomic_t pktgen_signals;

static void
pktgen_on_signal(int number)
{
	(void)number;
	pktgen_signals = pktgen_signals + 1;
}

static int
pktgen_stopped(void)
{
	return pktgen_signals != 0;
}

/* --- options -------------------------------------------------------------------------------- */

static const struct option pktgen_long[] = {
	{ "vdev", required_argument, NULL, 'v' },
	{ "known", required_argument, NULL, 'k' },
	{ "open", required_argument, NULL, 'o' },
	{ "packets", required_argument, NULL, 'n' },
	{ "mpps", required_argument, NULL, 'r' },
	{ "drop", no_argument, NULL, 'd' },
	{ "cpu", required_argument, NULL, 'c' },
	{ "no-huge", no_argument, NULL, 'h' },
	{ "eal", required_argument, NULL, 'e' },
	{ "mix", no_argument, NULL, 'm' },
	{ NULL, 0, NULL, 0 },
};

static void
pktgen_option(struct pktgen *gen, int id)
{
	switch (id) {
	case 'v':
		gen->vdev = optarg;
		break;
	case 'k':
		gen->known = (uint32_t)strtoul(optarg, NULL, 10);
		break;
	case 'o':
		gen->open = (uint32_t)strtoul(optarg, NULL, 10);
		break;
	case 'n':
		gen->packets = strtoull(optarg, NULL, 10);
		break;
	case 'r':
		gen->mpps = strtod(optarg, NULL);
		break;
	case 'c':
		gen->cpu = (int)strtol(optarg, NULL, 10);
		break;
	case 'e':
		gen->eal = optarg;
		break;
	case 'd':
		gen->drop = 1;
		break;
	case 'm':
		gen->mix = 1;
		break;
	default:
		gen->no_huge = 1;
	}
}

static int
pktgen_options(struct pktgen *gen, int argc, char **argv)
{
	int id;

	*gen = (struct pktgen){ .open = PKTGEN_OPEN };
	while ((id = getopt_long(argc, argv, "", pktgen_long, NULL)) != -1) {
		if (id == '?')
			return -EINVAL;
		pktgen_option(gen, id);
	}
	if (optind != argc || gen->vdev == NULL || gen->open == 0 || gen->open > PKTGEN_OPEN_MAX)
		return -EINVAL;
	return 0;
}

/* --- port ----------------------------------------------------------------------------------- */

static int
pktgen_start(struct pktgen *gen)
{
	struct dpdk_eal_config eal = { .n_lcores = 1, .no_huge = gen->no_huge, .extra = gen->eal };
	char error[DPDK_ERROR_MAX] = "EAL does not start", why[DPDK_EAL_WHY_MAX];
	struct dpdk_pool_plan plan;
	int code;

	dpdk_pool_plan(&plan, NULL, 0);
	eal.cpu[0] = gen->cpu;
	eal.memory_bytes = dpdk_pool_bytes(&plan) + ((uint64_t)PKTGEN_MEMORY_MB << 20);
	code = dpdk_eal_init(&eal, why);
	dpdk_port_init(&gen->port, DPDK_PORT_VDEV, gen->vdev, 0, NULL, -1);
	if (code == 0)
		code = dpdk_port_attach(&gen->port, error);
	if (code == 0) {
		gen->pool = dpdk_pool_create(&plan, "pktgen", -1);
		code =
		    gen->pool == NULL ? -ENOMEM : dpdk_port_start(&gen->port, 1, gen->pool, error);
	}
	if (code != 0)
		fprintf(stderr, "bench_pktgen: %s (%s)\n", error, strerror(-code));
	return code;
}

/* The other end may not be there yet. */
static int
pktgen_wait_link(const struct pktgen *gen)
{
	for (unsigned i = 0; i < PKTGEN_LINK_SEC * 100 && !pktgen_stopped(); i++) {
		struct rte_eth_link link;

		if (rte_eth_link_get_nowait(gen->port.id, &link) == 0 && link.link_status)
			return 0;
		usleep(PKTGEN_USEC / 100);
	}
	fprintf(stderr, "bench_pktgen: nobody is at the other end of %s\n", gen->vdev);
	return -ETIMEDOUT;
}

/* --- frames --------------------------------------------------------------------------------- */

static int
pktgen_frames_init(struct pktgen *gen)
{
	int error = bench_frames_init(&gen->frames);

	if (error == 0 && gen->known != 0) {
		error = bench_talk_init(&gen->talk, gen->known);
		return error != 0 ? error : bench_order_random(&gen->order, gen->known);
	}
	gen->slots = calloc(gen->open, sizeof(*gen->slots));
	if (error != 0 || gen->slots == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < gen->open; i++)
		gen->slots[i].step = BENCH_STEPS;
	return 0;
}

static void
pktgen_frames_fini(struct pktgen *gen)
{
	free(gen->slots);
	bench_frames_fini(&gen->frames);
	if (gen->known != 0) {
		bench_talk_fini(&gen->talk);
		bench_order_fini(&gen->order);
	}
}

/* Does the slot's connection send its data once more? More often than an entry has room for. */
static int
pktgen_repeats(struct pktgen_slot *slot)
{
	return slot->step == PKTGEN_DATA_STEP && slot->flow % PKTGEN_REPEATING == 0 &&
	       slot->repeated++ < PKTGEN_REPEATS;
}

/* A random one of the open connections moves a step; where one is over another begins. */
static void
pktgen_churn(struct pktgen *gen)
{
	struct pktgen_slot *slot = &gen->slots[bench_mix(gen->drawn++) % gen->open];

	if (slot->step == BENCH_STEPS)
		*slot = (struct pktgen_slot){ gen->next++, 0, 0 };
	bench_frame_step(&gen->frames, slot->flow, slot->step);
	if (!gen->mix || !pktgen_repeats(slot))
		slot->step++;
	gen->ended += slot->step == BENCH_STEPS;
}

/* The known connections are opened first; then theirs and SYNs take turns. */
static void
pktgen_flood(struct pktgen *gen)
{
	uint64_t made = gen->drawn++;

	if (made < (uint64_t)gen->known * BENCH_STEPS_OPENING) {
		gen->next = (uint32_t)(made / BENCH_STEPS_OPENING) + 1;
		bench_frame_step(&gen->frames, gen->next - 1,
		                 (unsigned)(made % BENCH_STEPS_OPENING));
		gen->known_packets++;
	} else if (made & 1) {
		bench_frame_talk(&gen->frames, &gen->talk, bench_order_next(&gen->order));
		gen->known_packets++;
	} else {
		bench_frame_step(&gen->frames, gen->next++, 0);
		gen->syns++;
	}
}

/* A datagram: of each second flow an answer, too. */
static void
pktgen_datagram(struct pktgen *gen)
{
	bool answers = gen->datagrams % 3 == 2;

	gen->drawn++;
	bench_frame_udp(&gen->frames, answers ? gen->datagram_flow : gen->next, answers);
	if (!answers)
		gen->datagram_flow = gen->next++;
	gen->datagrams++;
}

/* Whose turn it is is drawn at random; a flood is there in one of four spans of packets. */
static void
pktgen_mix(struct pktgen *gen)
{
	unsigned kind = (unsigned)(bench_mix(~gen->drawn) & 15);

	if (kind < 2) {
		pktgen_datagram(gen);
	} else if (kind < 9 && gen->drawn >> PKTGEN_SPAN_BITS & 1 &&
	           gen->drawn >> PKTGEN_SPAN_BITS & 2) {
		gen->drawn++;
		bench_frame_step(&gen->frames, gen->next++, 0);
		gen->syns++;
	} else {
		pktgen_churn(gen);
	}
}

static void
pktgen_fill(struct pktgen *gen, struct rte_mbuf **mbufs, unsigned n)
{
	gen->frames.n = 0;
	for (unsigned i = 0; i < n; i++) {
		uint8_t *to = rte_pktmbuf_mtod(mbufs[i], uint8_t *);

		if (gen->known != 0)
			pktgen_flood(gen);
		else if (gen->mix)
			pktgen_mix(gen);
		else
			pktgen_churn(gen);
		memcpy(to, gen->frames.bytes + i * BENCH_FRAME_STRIDE, BENCH_FRAME_BYTES);
		mbufs[i]->data_len = BENCH_FRAME_BYTES;
		mbufs[i]->pkt_len = BENCH_FRAME_BYTES;
	}
}

/* --- sending -------------------------------------------------------------------------------- */

static void
pktgen_send(struct pktgen *gen, struct rte_mbuf **mbufs, unsigned n)
{
	unsigned done = rte_eth_tx_burst(gen->port.id, 0, mbufs, (uint16_t)n);

	gen->refused += n - done;
	while (done < n && !gen->drop && !pktgen_stopped())
		done += rte_eth_tx_burst(gen->port.id, 0, mbufs + done, (uint16_t)(n - done));
	gen->sent += done;
	gen->dropped += n - done;
	rte_pktmbuf_free_bulk(mbufs + done, n - done);
}

static void
pktgen_run(struct pktgen *gen)
{
	double cycles_per_packet = gen->mpps > 0 ? (double)rte_get_tsc_hz() / gen->mpps / 1e6 : 0;
	uint64_t begun = rte_rdtsc();
	struct rte_mbuf *mbufs[PKTGEN_BURST];

	while (!pktgen_stopped()) {
		uint64_t offered = gen->sent + gen->dropped, n = PKTGEN_BURST;

		if (gen->packets != 0 && gen->packets - offered < n)
			n = gen->packets - offered;
		if (n == 0)
			break;
		while ((double)(rte_rdtsc() - begun) < (double)offered * cycles_per_packet &&
		       !pktgen_stopped())
			rte_pause();
		if (rte_pktmbuf_alloc_bulk(gen->pool, mbufs, (unsigned)n) != 0)
			continue;
		pktgen_fill(gen, mbufs, (unsigned)n);
		pktgen_send(gen, mbufs, (unsigned)n);
	}
}

static void
pktgen_print(const struct pktgen *gen, double seconds)
{
	printf(
	    "{\"sent\":%llu,\"refused\":%llu,\"dropped\":%llu,\"connections\":%u,\"ended\":%llu,"
	    "\"known\":%u,\"known_packets\":%llu,\"syns\":%llu,\"seconds\":%.6f,\"mpps\":%.3f}\n",
	    (unsigned long long)gen->sent, (unsigned long long)gen->refused,
	    (unsigned long long)gen->dropped, gen->next, (unsigned long long)gen->ended, gen->known,
	    (unsigned long long)gen->known_packets, (unsigned long long)gen->syns, seconds,
	    (double)gen->sent / seconds / 1e6);
	fflush(stdout);
}

/* Gives whether a signal ended it. */
static int
pktgen_measure(struct pktgen *gen)
{
	uint64_t begun = rte_rdtsc();
	int ended_by_signal;

	pktgen_run(gen);
	ended_by_signal = pktgen_stopped();
	pktgen_print(gen, (double)(rte_rdtsc() - begun) / (double)rte_get_tsc_hz());
	return ended_by_signal;
}

/* Until a signal; the one that has ended the sending does not count. */
static void
pktgen_linger(int ended_by_signal)
{
	sigset_t signals;
	int number;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	if (pktgen_signals == ended_by_signal)
		sigwait(&signals, &number);
}

int
main(int argc, char **argv)
{
	static struct pktgen gen;
	int failed = 1;

	if (pktgen_options(&gen, argc, argv) != 0) {
		fputs(pktgen_usage, stderr);
		return 2;
	}
	signal(SIGINT, pktgen_on_signal);
	signal(SIGTERM, pktgen_on_signal);
	if (pktgen_frames_init(&gen) == 0 && pktgen_start(&gen) == 0 &&
	    pktgen_wait_link(&gen) == 0) {
		pktgen_linger(pktgen_measure(&gen));
		failed = 0;
	}
	dpdk_port_stop(&gen.port);
	pktgen_frames_fini(&gen);
	return failed;
}
