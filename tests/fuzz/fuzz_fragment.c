/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fragments of a few datagrams in any order, from bytes through the decoder and the memory of
 * fragments into the engine, as a worker takes them.
 *
 * An input is records of four bytes: which of eight datagrams (family, protocol, in a tunnel or
 * around one, more to come), where the piece begins, how long it is, the flags of TCP; or the clock
 * moves on. Whatever comes, each packet goes on once: at once, behind its first, or when it has
 * waited long enough; and all that is counted is right (fuzz_track_check.c). A libFuzzer target;
 * fuzz_main.c runs it over kept inputs where there is no libFuzzer.
 */

#include "decode.h"
#include "fragment.h"
#include "fuzz_track.h"

#define FUZZ_PACKETS_MAX 200
#define FUZZ_BYTES_MAX   512
#define FUZZ_START_US    UINT64_C(1000000)
#define FUZZ_TIME_MAX    (ENTRY_TIME_MAX / 2)
#define FUZZ_IPIP        4
#define FUZZ_FRAGMENT6   44

enum {
	FUZZ_IS_IP6 = 0x08,
	FUZZ_IS_TCP = 0x10,
	FUZZ_HAS_TUNNEL = 0x20, /* odd datagrams: the pieces are in it; even ones: they carry it */
	FUZZ_HAS_MORE = 0x40,
	FUZZ_IS_CLOCK = 0x80,
};

struct fuzz_run {
	struct fuzz_data data;
	struct fragment_table *table;
	struct track *track;
	struct layer_settings settings;
	uint64_t now_us;
	unsigned in, out; /* packets */
	uint8_t bytes[FUZZ_BYTES_MAX];
	size_t n;
};

/* --- bytes of a piece ------------------------------------------------------------------------- */

static void
fuzz_put(struct fuzz_run *run, const void *bytes, size_t n)
{
	fuzz_check(run->n + n <= sizeof(run->bytes));
	memcpy(run->bytes + run->n, bytes, n);
	run->n += n;
}

static void
fuzz_put_ip4(struct fuzz_run *run, unsigned id, unsigned protocol, unsigned cut, size_t size)
{
	uint8_t ip[20] = { 0x45 };

	ip[2] = (uint8_t)((size + sizeof(ip)) >> 8);
	ip[3] = (uint8_t)(size + sizeof(ip));
	ip[5] = (uint8_t)id;
	ip[6] = (uint8_t)(cut >> 8);
	ip[7] = (uint8_t)cut;
	ip[8] = 64;
	ip[9] = (uint8_t)protocol;
	ip[12] = ip[16] = 10;
	ip[15] = (uint8_t)(1 + id % 2);
	ip[19] = 9;
	fuzz_put(run, ip, sizeof(ip));
}

static void
fuzz_put_ip6(struct fuzz_run *run, unsigned id, unsigned protocol, unsigned cut, size_t size)
{
	uint8_t ip[48] = { 0x60 };

	ip[4] = (uint8_t)((size + 8) >> 8);
	ip[5] = (uint8_t)(size + 8);
	ip[6] = FUZZ_FRAGMENT6;
	ip[7] = 64;
	ip[8] = ip[24] = 0xfd;
	ip[23] = (uint8_t)(1 + id % 2);
	ip[39] = 9;
	ip[40] = (uint8_t)protocol;
	ip[42] = (uint8_t)((cut & 0x1fff) >> 5);
	ip[43] = (uint8_t)((cut & 0x1fff) << 3 | !!(cut & 0x2000));
	ip[47] = (uint8_t)id;
	fuzz_put(run, ip, sizeof(ip));
}

/* The first bytes of a segment or of a datagram of UDP that has `whole` bytes. */
static void
fuzz_put_head(struct fuzz_run *run, unsigned id, bool is_tcp, unsigned flags, unsigned whole)
{
	uint8_t head[20] = { 0x9c, (uint8_t)id, 0, 80 };

	if (is_tcp) {
		head[7] = (uint8_t)flags;
		head[12] = 0x50;
		head[13] = flags & 0x3f;
		fuzz_put(run, head, 20);
	} else {
		head[4] = (uint8_t)(whole >> 8);
		head[5] = (uint8_t)whole;
		fuzz_put(run, head, 8);
	}
}

/* What the datagram carries, from its beginning on, cut or filled up to `size`. */
static void
fuzz_put_payload(struct fuzz_run *run, unsigned what, unsigned flags, size_t size, bool is_first)
{
	static const uint8_t zeros[256];
	bool is_tcp = what & FUZZ_IS_TCP;
	size_t from = run->n, has;

	if (is_first && (what & FUZZ_HAS_TUNNEL) && what % 2 == 0)
		fuzz_put_ip4(run, 8 + what % 8, is_tcp ? 6 : 17, 0, 100);
	if (is_first)
		fuzz_put_head(run, what % 8, is_tcp, flags, 100);
	has = run->n - from;
	if (has < size)
		fuzz_put(run, zeros, size - has);
	run->n = from + size;
}

static void
fuzz_piece(struct fuzz_run *run, unsigned what)
{
	unsigned at = fuzz_data_byte(&run->data), size = fuzz_data_byte(&run->data);
	unsigned flags = fuzz_data_byte(&run->data), id = what % 8;
	unsigned cut = at | (what & FUZZ_HAS_MORE ? 0x2000 : 0);
	unsigned protocol = what & FUZZ_IS_TCP ? 6 : 17;
	size_t header = what & FUZZ_IS_IP6 ? 48 : 20;

	run->n = 0;
	if ((what & FUZZ_HAS_TUNNEL) && id % 2)
		fuzz_put_ip4(run, 77, what & FUZZ_IS_IP6 ? 41 : FUZZ_IPIP, 0, header + size);
	else if (what & FUZZ_HAS_TUNNEL)
		protocol = FUZZ_IPIP;
	if (what & FUZZ_IS_IP6)
		fuzz_put_ip6(run, id, protocol, cut, size);
	else
		fuzz_put_ip4(run, id, protocol, cut, size);
	fuzz_put_payload(run, what, flags, size, at == 0);
}

/* --- the worker ------------------------------------------------------------------------------- */

static void
fuzz_check_table(const struct fragment_table *table)
{
	unsigned waiting = 0, ready = 0;

	for (unsigned i = 0; i < FRAGMENT_WAITING_MAX; i++) {
		waiting += table->waiting[i].name != 0;
		ready += table->waiting[i].name != 0 && table->waiting[i].is_ready;
	}
	fuzz_check(table->n_waiting == waiting && table->n_ready == ready);
}

/* Gives what there is to the engine, until nothing is left of `n` packets nor of those ready. */
static void
fuzz_give(struct fuzz_run *run, struct packet *from, unsigned n)
{
	unsigned taken = 0;

	do {
		struct packet *to = track_inlet(run->track);
		unsigned given = fragment_burst(run->table, from, n, &taken, to);

		fuzz_check(given <= PACKET_BURST_MAX && taken <= n);
		for (unsigned i = 0; i < given; i++) {
			fuzz_check(to[i].verdict < PACKET_DUPLICATE);
			fuzz_check(to[i].verdict != PACKET_TRACKED ||
			           to[i].payload_bytes <= to[i].ip_bytes);
		}
		track_push(run->track, given);
		fuzz_track_touch(run->track);
		run->out += given;
		fuzz_check(given > 0 || taken == n);
	} while (taken < n || fragment_is_ready(run->table));
	fuzz_check_table(run->table);
	fuzz_check(run->in == run->out + run->table->n_waiting);
}

static void
fuzz_receive(struct fuzz_run *run)
{
	static struct packet_path path;
	struct packet pk = { .path = &path };

	pk.data = run->bytes;
	pk.data_len = pk.wire_len = (uint32_t)run->n;
	pk.time_us = run->now_us;
	pk.link = PACKET_LINK_RAW;
	decode_burst(&run->settings, &pk, 1);
	run->in++;
	fuzz_give(run, &pk, 1);
}

/* Up to 18 hours, by a power of two: nobody comes, and those that wait may have waited enough. */
static void
fuzz_clock(struct fuzz_run *run)
{
	uint64_t step_us = UINT64_C(1) << fuzz_data_byte(&run->data) % 36;

	if (run->now_us + step_us < FUZZ_TIME_MAX)
		run->now_us += step_us;
	fragment_expire(run->table, run->now_us, false);
	fuzz_give(run, NULL, 0);
	track_poll(run->track, run->now_us);
}

/* --- an input --------------------------------------------------------------------------------- */

static void
fuzz_table_empty(struct fragment_table *table)
{
	memset(table->datagrams, 0, sizeof(table->datagrams));
	memset(table->waiting_of, 0, sizeof(table->waiting_of));
	for (unsigned i = 0; i < FRAGMENT_WAITING_MAX; i++)
		table->waiting[i].name = 0;
	memset(&table->due_us, 0, sizeof(*table) - offsetof(struct fragment_table, due_us));
	table->secret = 0x5a5a5a5a5a5a5a5a;
}

/* All that waits goes on, and all is as it was. */
static void
fuzz_end(struct fuzz_run *run)
{
	struct track_counters before = { 0 };
	const struct fragment_counters *c = &run->table->counters;

	fragment_expire(run->table, run->now_us, true);
	fuzz_give(run, NULL, 0);
	fuzz_check(run->table->n_waiting == 0 && run->in == run->out);
	fuzz_check(c->waited <= c->followed && c->followed + c->orphans <= run->in);
	track_flush(run->track);
	fuzz_track_check(run->track, run->in, &before);
	fuzz_track_check_quiet(run->track, &before);
	fuzz_track_empty(run->track);
	fuzz_table_empty(run->table);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_run run;

	if (run.track == NULL) {
		run.track = fuzz_track_create();
		run.table = fragment_table_create();
		fuzz_check(run.table != NULL);
		fuzz_table_empty(run.table);
		layer_settings_init(&run.settings);
	}
	run.data = (struct fuzz_data){ data, data + size };
	run.now_us = FUZZ_START_US;
	run.in = run.out = 0;
	while (fuzz_data_has(&run.data) && run.in < FUZZ_PACKETS_MAX) {
		unsigned what = fuzz_data_byte(&run.data);

		if (what & FUZZ_IS_CLOCK) {
			fuzz_clock(&run);
			continue;
		}
		fuzz_piece(&run, what);
		fuzz_receive(&run);
	}
	fuzz_end(&run);
	return 0;
}
