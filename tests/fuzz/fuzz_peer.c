/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as what a client sends to the daemon's socket.
 *
 * A real server, real queries and an engine with a few flows; the client's end of the socket is
 * here. The first byte says in which pieces the input comes. The rest are requests of any report
 * with any filter, order and grouping, headers that lie, and rubbish. Whatever comes, all that the
 * server answers is whole frames, and when the client is gone nothing of it is left. A libFuzzer
 * target; fuzz_main.c runs it over kept inputs where there is no libFuzzer.
 */

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "ctl_peer.h"
#include "fuzz_header.h"
#include "fuzz_track.h"
#include "query_live.h"
#include "query_pool.h"

#define FUZZ_SENT_MAX  16384
#define FUZZ_TURNS_MAX 200
#define FUZZ_NOW_US    UINT64_C(3600000000)

static struct {
	struct event_base *base;
	struct ctl_server *server;
	struct query_live live;
	struct query_source source;
	struct query_pool pool;
	struct track *track;
	struct report_paths paths;
	struct report_labels labels;
} fuzz;

/* --- the daemon ------------------------------------------------------------------------------- */

static struct snapshot_clock
fuzz_clock(void *ctx, const struct track *track)
{
	(void)ctx;
	return (struct snapshot_clock){ .now_us = track_now_us(track) };
}

static void
fuzz_stats(void *ctx, struct report_stats *stats)
{
	(void)ctx;
	stats->n_ports = 1;
	strcpy(stats->ports[0].name, "tap0");
}

static unsigned
fuzz_home(void *ctx, struct report_net *nets, unsigned max)
{
	(void)ctx;
	fuzz_check(max > 0);
	nets[0] = (struct report_net){ { 10 }, 8, 4 };
	return 1;
}

static struct query *
fuzz_open(void *ctx, const struct query_request *request, int *error, char *text)
{
	(void)ctx;
	return query_open(&fuzz.source, &fuzz.pool, request, error, text);
}

static void
fuzz_info(void *ctx, struct ctl_info *info)
{
	(void)ctx;
	strcpy(info->name, "tap");
	info->now_us = FUZZ_NOW_US;
}

static const struct report_label *
fuzz_names(void *ctx, unsigned *n)
{
	(void)ctx;
	*n = fuzz.labels.n;
	return fuzz.labels.label;
}

/* TCP and UDP from few hosts to few, some in a tunnel, as an engine would have them. */
static void
fuzz_traffic(struct track *track)
{
	for (unsigned i = 0; i < 40; i++) {
		struct packet *pk = track_inlet(track);

		*pk = (struct packet){ .path = pk->path };
		pk->version = 4;
		pk->proto = i % 3 ? PACKET_PROTO_TCP : PACKET_PROTO_UDP;
		pk->src[1] = 0x0100000a + (i % 4 << 24);
		pk->dst[1] = 0x0a00000a;
		pk->src_port = (uint16_t)(40000 + i / 2);
		pk->dst_port = 443;
		pk->vlan = i % 5 ? PACKET_NO_VLAN : 7;
		pk->wscale = PACKET_NO_WSCALE;
		pk->tcp_flags = i % 3 ? PACKET_TCP_ACK | (i & 1) : 0;
		pk->seq = i;
		pk->ip_bytes = 100;
		pk->payload_bytes = 48;
		pk->time_us = i * UINT64_C(1000000);
		pk->tunnels = i % 7 == 0;
		pk->path->level[0] = (struct packet_tunnel){
			.id = i, .kind = PACKET_TUNNEL_VXLAN, .version = 4, .has_id = 1
		};
		track_push(track, 1);
	}
	track_flush(track);
}

static void
fuzz_begin(void)
{
	const struct query_live_owner owner = {
		.clock = fuzz_clock,
		.stats = fuzz_stats,
		.home = fuzz_home,
		.polls = true,
	};
	const struct report_label label = { { 10, 0, 0, 10 }, 32, 4, "web" };
	const struct ctl_source source = {
		.open = fuzz_open,
		.info = fuzz_info,
		.labels = fuzz_names,
		.paths = &fuzz.paths,
	};

	fuzz.base = event_base_new();
	fuzz.track = fuzz_track_create();
	fuzz.track->paths = &fuzz.paths;
	fuzz_traffic(fuzz.track);
	fuzz_check(query_pool_init(&fuzz.pool, QUERY_MEMORY_BYTES) == 0);
	report_labels_use(&fuzz.labels, &label, 1);
	query_live_init(&fuzz.live, &owner, &fuzz.track, 1, &fuzz.source);
	fuzz.source.time_wait_us = 240000000;
	fuzz.source.labels = &fuzz.labels;
	fuzz.source.paths = &fuzz.paths;
	fuzz.server = ctl_server_create(fuzz.base, &source, NULL);
	fuzz_check(fuzz.base != NULL && fuzz.server != NULL);
}

/* --- what the client sends -------------------------------------------------------------------- */

struct fuzz_sent {
	size_t n;
	uint8_t bytes[FUZZ_SENT_MAX];
};

static void
fuzz_put(struct fuzz_sent *sent, const void *bytes, size_t n)
{
	if (n > sizeof(sent->bytes) - sent->n)
		return;
	memcpy(sent->bytes + sent->n, bytes, n);
	sent->n += n;
}

/* A text of the request: so many bytes as the first says. */
static void
fuzz_text(struct fuzz_data *data, char *to, size_t size)
{
	size_t n = fuzz_data_byte(data);

	fuzz_data_fill(data, to, n < size ? n : size);
}

static void
fuzz_put_request(struct fuzz_sent *sent, struct fuzz_data *data, unsigned how)
{
	static struct ctl_ask ask;
	unsigned report = 1 + fuzz_data_byte(data) % (REPORT_REQUESTS - 1);
	uint8_t header[sizeof(struct ctl_header)];

	fuzz_put(sent, header, ctl_frame_pack(header, CTL_ASK, report, how & 1 ? sizeof(ask) : 0));
	if (!(how & 1))
		return;
	memset(&ask, 0, sizeof(ask));
	fuzz_text(data, ask.filter, sizeof(ask.filter));
	fuzz_text(data, ask.sort, sizeof(ask.sort));
	fuzz_text(data, ask.by, sizeof(ask.by));
	ask.limit = fuzz_data_byte(data);
	ask.id = fuzz_data_byte(data);
	ask.of = fuzz_data_byte(data);
	ask.lines = fuzz_data_byte(data);
	ask.as_version = how & 2 ? 4 : fuzz_data_byte(data);
	fuzz_data_fill(data, ask.as, 4);
	fuzz_put(sent, &ask, sizeof(ask));
}

static void
fuzz_put_header(struct fuzz_sent *sent, struct fuzz_data *data)
{
	struct ctl_header header = fuzz_header(data);

	fuzz_put(sent, &header, sizeof(header));
}

static void
fuzz_put_all(struct fuzz_sent *sent, struct fuzz_data *data)
{
	while (fuzz_data_has(data)) {
		unsigned how = fuzz_data_byte(data);
		char rubbish[16];

		if (how < 0xe0) {
			fuzz_put_request(sent, data, how);
		} else if (how < 0xf0) {
			fuzz_put_header(sent, data);
		} else {
			fuzz_data_fill(data, rubbish, how % 16 + 1);
			fuzz_put(sent, rubbish, how % 16 + 1);
		}
	}
}

/* --- what it is answered ---------------------------------------------------------------------- */

struct fuzz_answer {
	size_t n;
	uint8_t bytes[2 * CTL_FRAME_BYTES];
};

/* Takes whole frames off the front. */
static void
fuzz_take(struct fuzz_answer *answer)
{
	struct ctl_header header;
	size_t at = 0;
	int error;

	while ((error = ctl_frame_unpack(answer->bytes + at, answer->n - at, &header)) == 0) {
		if (answer->n - at < sizeof(header) + header.length)
			break;
		fuzz_check(header.type != CTL_ASK);
		at += sizeof(header) + header.length;
	}
	fuzz_check(error == 0 || error == -EAGAIN);
	memmove(answer->bytes, answer->bytes + at, answer->n - at);
	answer->n -= at;
}

/* Reads what there is. Returns whether there was something. */
static bool
fuzz_receive(int fd, struct fuzz_answer *answer)
{
	ssize_t n =
	    recv(fd, answer->bytes + answer->n, sizeof(answer->bytes) - answer->n, MSG_DONTWAIT);

	if (n <= 0)
		return false;
	answer->n += (size_t)n;
	fuzz_take(answer);
	return true;
}

/* Sends the next piece; true: it was the last. */
static bool
fuzz_send(int fd, const struct fuzz_sent *sent, size_t *at, size_t piece)
{
	size_t left = sent->n - *at;
	ssize_t n;

	if (left == 0)
		return true;
	n = send(fd, sent->bytes + *at, left < piece ? left : piece, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n > 0)
		*at += (size_t)n;
	return n < 0 && errno != EAGAIN; /* it was hung up on */
}

static void
fuzz_talk(int fd, const struct fuzz_sent *sent, size_t piece, bool reads)
{
	static struct fuzz_answer answer;
	size_t at = 0;

	answer.n = 0;
	for (unsigned turn = 0; turn < FUZZ_TURNS_MAX; turn++) {
		bool all = fuzz_send(fd, sent, &at, piece);
		bool some;

		event_base_loop(fuzz.base, EVLOOP_NONBLOCK);
		some = reads && fuzz_receive(fd, &answer);
		if (all && !some)
			break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_sent sent;
	struct fuzz_data from = { data, data + size };
	unsigned how = fuzz_data_byte(&from);
	int pair[2];

	if (fuzz.base == NULL)
		fuzz_begin();
	sent.n = 0;
	fuzz_put_all(&sent, &from);
	fuzz_check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	fuzz_check(ctl_server_attach(fuzz.server, pair[0], NULL, NULL) == 0);
	fuzz_talk(pair[1], &sent, how & 3 ? FUZZ_SENT_MAX : 1 + how / 4u * 40, how % 8 != 7);
	if (how & 0x40) {
		shutdown(pair[1], SHUT_WR);
		event_base_loop(fuzz.base, EVLOOP_NONBLOCK);
	}
	close(pair[1]);
	/* Its end is seen at once, or at the next tick of those that rest. */
	for (unsigned turn = 0; turn < FUZZ_TURNS_MAX && fuzz.server->n_peers > 0; turn++)
		event_base_loop(fuzz.base, EVLOOP_ONCE);
	fuzz_check(fuzz.server->n_peers == 0);
	fuzz_check(fuzz.live.rings.listeners == 0);
	return 0;
}
