/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests of the control socket share: a folder of one's own, a source that makes up rows,
 * and a server on a loop in a thread of its own.
 */
#ifndef CTL_FIXTURE_H
#define CTL_FIXTURE_H

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <event2/event.h>

#include "ctl_client.h"
#include "ctl_peer.h"
#include "ctl_server.h"

class Folder {
public:
	Folder()
	{
		char name[] = "/tmp/ctl_test.XXXXXX";

		path_ = mkdtemp(name);
	}
	~Folder()
	{
		const std::string command = "rm -rf '" + path_ + "'";

		if (system(command.c_str()))
			abort();
	}
	std::string operator/(const char *name) const { return path_ + "/" + name; }

private:
	std::string path_;
};

/* Rows 1 to n by id; what the server did with it is counted. */
struct FakeSource {
	std::atomic<uint64_t> n_rows{ 1000 };
	std::atomic<bool> sparse{ false };      /* every second slice has no row */
	std::atomic<uint64_t> fail_after{ ~0ull }; /* rows, then -EIO */
	std::atomic<uint64_t> rows_made{ 0 };
	std::atomic<unsigned> busy{ 0 };        /* drops refused with -EAGAIN before one is taken */
	std::atomic<unsigned> polls{ 0 };       /* drop_done asked before it is decided */
	std::atomic<int> drop_result{ 0 };
	std::atomic<bool> deferred{ false };    /* drop says -EINPROGRESS */
	std::atomic<unsigned> ordered{ 0 }, collected{ 0 }, asked{ 0 };
	std::atomic<uint64_t> dropped_id{ 0 };
	std::atomic<int> open_result{ 0 };
	std::atomic<bool> cut{ false };        /* rows are left out for a limit */
	std::atomic<unsigned> opened{ 0 }, closed{ 0 };
	std::atomic<bool> live{ false };       /* more rows than n_rows may come: no end */
	struct ctl_ask last_ask = {};
	std::atomic<unsigned> n_stats{ 0 };

	static struct report_row *row_at(unsigned what, void *rows, unsigned n)
	{
		struct ctl_rows kind;

		if (!ctl_frame_rows(what, &kind))
			abort();
		return reinterpret_cast<struct report_row *>(static_cast<char *>(rows) + n * kind.bytes);
	}
	static int sockets(FakeSource *self, struct ctl_cursor *cursor, unsigned what,
	                   struct report_listen *rows, unsigned max)
	{
		unsigned n = 0;

		while (n < max && cursor->words[0] < self->n_rows) {
			rows[n].port = static_cast<uint16_t>(++cursor->words[0]);
			rows[n].vlan = REPORT_NO_VLAN;
			rows[n].proto = what == CTL_LISTEN ? IPPROTO_TCP : IPPROTO_UDP;
			rows[n].ip_version = 4;
			n++;
		}
		return static_cast<int>(n);
	}
	/* Digests: lines 1 to n by their count. */
	static int lines(FakeSource *self, struct ctl_cursor *cursor, unsigned what, void *rows, unsigned max)
	{
		unsigned n = 0;

		while (n < max && cursor->words[0] < self->n_rows) {
			const uint64_t count = ++cursor->words[0];

			if (what == CTL_LEAKS)
				static_cast<struct digest_leak *>(rows)[n] = leak(count);
			else if (what == CTL_TIMEWAIT)
				static_cast<struct digest_timewait *>(rows)[n] = timewait(count);
			else
				static_cast<struct digest_client *>(rows)[n] = client(count);
			n++;
		}
		cursor->cut = self->cut;
		return static_cast<int>(n);
	}
	static struct digest_leak leak(uint64_t count)
	{
		struct digest_leak line = {};

		line.ip_version = 4;
		line.side = REPORT_CLOSER_SERVER;
		line.count = line.by_verdict[DIGEST_NOT_CLOSING] = count;
		line.verdict = DIGEST_NOT_CLOSING;
		line.heard_us = DIGEST_NEVER;
		return line;
	}
	static struct digest_timewait timewait(uint64_t count)
	{
		struct digest_timewait line = {};

		line.ip_version = 4;
		line.time_wait = count;
		line.runs_out_us = DIGEST_NEVER;
		return line;
	}
	static struct digest_client client(uint64_t count)
	{
		struct digest_client line = {};

		line.ip_version = 4;
		line.count = count;
		return line;
	}
	static int open(void *ctx, struct ctl_cursor *cursor, unsigned, const struct ctl_ask *ask, char *text)
	{
		FakeSource *self = static_cast<FakeSource *>(ctx);

		self->last_ask = *ask;
		if (self->open_result) {
			strcpy(text, "asked wrongly");
			return self->open_result;
		}
		self->opened++;
		cursor->query = self;
		return 0;
	}
	static void close(void *ctx, struct ctl_cursor *cursor)
	{
		FakeSource *self = static_cast<FakeSource *>(ctx);

		if (cursor->query != self)
			abort();
		self->closed++;
	}
	static int rows(void *ctx, struct ctl_cursor *cursor, unsigned what, void *rows, unsigned max)
	{
		FakeSource *self = static_cast<FakeSource *>(ctx);
		unsigned n = 0;

		if (what == CTL_LISTEN || what == CTL_LISTEN_ALL)
			return sockets(self, cursor, what, static_cast<struct report_listen *>(rows), max);
		if (what >= CTL_LEAKS && what <= CTL_CLIENTS)
			return lines(self, cursor, what, rows, max);

		if (self->sparse && cursor->words[1]++ % 2 == 0)
			return -EAGAIN;
		if (cursor->words[0] >= self->fail_after)
			return -EIO;
		while (n < max && cursor->words[0] < self->n_rows) {
			row_at(what, rows, n)->id = ++cursor->words[0];
			row_at(what, rows, n)->proto = static_cast<uint8_t>(what);
			n++;
		}
		if (n == 0 && self->live) {
			self->asked++;
			return -EINPROGRESS;
		}
		self->rows_made += n;
		cursor->cut = self->cut;
		return static_cast<int>(n);
	}
	static void stats(void *ctx, struct report_stats *stats)
	{
		stats->received = 77;
		stats->uptime_us = 1000000 * ++static_cast<FakeSource *>(ctx)->n_stats;
		stats->ports[0].up = 1;
		stats->flows_client_state[REPORT_CLOSE_WAIT] = 41;
		stats->flows_server_state[REPORT_CLOSE_WAIT] = 42;
		stats->n_ports = 1;
		strcpy(stats->ports[0].name, "tap0");
	}
	static unsigned home(void *, struct report_net *nets, unsigned max)
	{
		if (max < 2)
			abort();
		nets[0] = { { 10 }, 8, 4 };
		nets[1] = { { 0xfe, 0x80 }, 10, 6 };
		return 2;
	}
	static int drop(void *ctx, uint64_t id, uint64_t *token)
	{
		FakeSource *self = static_cast<FakeSource *>(ctx);

		self->asked++;
		if (self->busy) {
			self->busy--;
			return -EAGAIN;
		}
		self->dropped_id = id;
		if (!self->deferred)
			return self->drop_result;
		*token = 0x1234;
		self->ordered++;
		return -EINPROGRESS;
	}
	static int drop_done(void *ctx, uint64_t token)
	{
		FakeSource *self = static_cast<FakeSource *>(ctx);

		if (token != 0x1234)
			abort();
		if (self->polls) {
			self->polls--;
			return -EINPROGRESS;
		}
		self->collected++;
		return self->drop_result;
	}
	static void info(void *, struct ctl_info *info)
	{
		strcpy(info->name, "tap1");
		strcpy(info->version, "9.9");
		info->now_us = 123456;
	}
	static const struct report_label *names(void *ctx, unsigned *n)
	{
		FakeSource *self = static_cast<FakeSource *>(ctx);

		*n = static_cast<unsigned>(self->labels.size());
		return self->labels.data();
	}
	std::vector<struct report_label> labels; /* what hosts are called */
	struct ctl_source source()
	{
		return { this, open, close, rows, stats, home, drop, drop_done, info, names };
	}
};

/* What the server has allocated, now and at most. */
struct Heap {
	static std::atomic<size_t> &now()
	{
		static std::atomic<size_t> value{ 0 };
		return value;
	}
	static std::atomic<size_t> &most()
	{
		static std::atomic<size_t> value{ 0 };
		return value;
	}
	static void *alloc(size_t bytes)
	{
		size_t *block = static_cast<size_t *>(malloc(bytes + 64));

		*block = bytes;
		now() += bytes;
		if (now() > most())
			most() = now().load();
		return reinterpret_cast<char *>(block) + 64;
	}
	static void release(void *p)
	{
		size_t *block = reinterpret_cast<size_t *>(static_cast<char *>(p) - 64);

		now() -= *block;
		free(block);
	}
	static struct ctl_memory memory() { return { alloc, release }; }
};

/* A server on its loop. Everything that touches it goes through run(). */
class LoopedServer {
public:
	explicit LoopedServer(FakeSource *fake) : base_(event_base_new())
	{
		const struct ctl_source source = fake->source();
		const struct ctl_memory memory = Heap::memory();

		server_ = ctl_server_create(base_, &source, &memory);
		if (!server_ || pipe(wake_))
			abort();
		wake_event_ = event_new(base_, wake_[0], EV_READ | EV_PERSIST, wake, this);
		event_add(wake_event_, nullptr);
		thread_ = std::thread([this] { event_base_dispatch(base_); });
	}
	~LoopedServer()
	{
		run([this] { event_base_loopbreak(base_); });
		thread_.join();
		ctl_server_destroy(server_);
		event_free(wake_event_);
		event_base_free(base_);
		close(wake_[0]);
		close(wake_[1]);
	}

	/* On the loop's thread; returns when it is done. */
	void run(const std::function<void()> &task)
	{
		task_ = &task;
		done_ = false;
		if (write(wake_[1], "x", 1) != 1)
			abort();
		while (!done_)
			std::this_thread::sleep_for(std::chrono::microseconds(100));
	}
	int listen(const std::string &path)
	{
		int result = 0;

		run([&] { result = ctl_server_listen(server_, path.c_str()); });
		return result;
	}
	int attach(int fd, void (*gone)(void *), void *ctx)
	{
		int result = 0;

		run([&] { result = ctl_server_attach(server_, fd, gone, ctx); });
		return result;
	}
	unsigned clients()
	{
		unsigned n = 0;

		run([&] { n = server_->n_peers; });
		return n;
	}
	bool wait_for_clients(unsigned n)
	{
		for (int i = 0; i < 3000 && clients() != n; i++)
			std::this_thread::sleep_for(std::chrono::milliseconds(1));
		return clients() == n;
	}
	/* Processor time of the loop so far, in milliseconds. */
	double cpu_ms()
	{
		struct timespec ts;
		clockid_t id;

		pthread_getcpuclockid(thread_.native_handle(), &id);
		clock_gettime(id, &ts);
		return static_cast<double>(ts.tv_sec) * 1e3 + static_cast<double>(ts.tv_nsec) / 1e6;
	}

private:
	static void wake(evutil_socket_t fd, short, void *arg)
	{
		LoopedServer *self = static_cast<LoopedServer *>(arg);
		char byte;

		if (read(fd, &byte, 1) == 1)
			(*self->task_)();
		self->done_ = true;
	}

	struct event_base *base_;
	struct ctl_server *server_;
	struct event *wake_event_;
	int wake_[2];
	const std::function<void()> *task_ = nullptr;
	std::atomic<bool> done_{ true };
	std::thread thread_;
};

/* A plain connected socket, for clients that do not behave. */
inline int
raw_connect(const std::string &path)
{
	struct sockaddr_un addr;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memset(&addr, 0, sizeof(addr));
	addr.sun_family = AF_UNIX;
	strncpy(addr.sun_path, path.c_str(), sizeof(addr.sun_path) - 1);
	if (connect(fd, reinterpret_cast<struct sockaddr *>(&addr), sizeof(addr)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* A whole answer. */
struct Answer {
	int error = 0; /* of ctl_client_next; 0 when CTL_END came */
	struct ctl_info info = {};
	struct ctl_end end = {};
	uint64_t rows = 0;
	bool in_order = true; /* ids 1, 2, 3 ... */
	unsigned what = 0;    /* of the last row */
	struct report_stats stats = {};
	unsigned nets = 0;
	unsigned labels = 0;
};

inline Answer
receive(struct ctl_client *client)
{
	struct ctl_frame frame;
	Answer answer;

	while ((answer.error = ctl_client_next(client, &frame)) == 0) {
		const struct report_row *rows = static_cast<const struct report_row *>(frame.payload);

		if (frame.type == CTL_INFO)
			memcpy(&answer.info, frame.payload, sizeof(answer.info));
		if (frame.type == CTL_COUNTERS)
			memcpy(&answer.stats, frame.payload, sizeof(answer.stats));
		if (frame.type == CTL_LABELS) {
			EXPECT_STREQ(answer.info.name, "") << "they come before CTL_INFO";
			answer.labels = static_cast<unsigned>(frame.length / sizeof(struct report_label));
		}
		if (frame.type == CTL_NETS)
			answer.nets = static_cast<unsigned>(frame.length / sizeof(struct report_net));
		for (size_t i = 0; frame.type == CTL_FULL_ROWS &&
		                   i < frame.length / sizeof(struct report_full); i++) {
			const struct report_full *full =
			    static_cast<const struct report_full *>(frame.payload);

			answer.in_order = answer.in_order && full[i].row.id == ++answer.rows;
			answer.what = full[i].row.proto;
		}
		for (size_t i = 0; frame.type == CTL_EVENT_ROWS &&
		                   i < frame.length / sizeof(struct report_event); i++) {
			const struct report_event *events =
			    static_cast<const struct report_event *>(frame.payload);

			answer.in_order = answer.in_order && events[i].row.id == ++answer.rows;
			answer.what = events[i].row.proto;
		}
		for (size_t i = 0; frame.type == CTL_ROWS && i < frame.length / sizeof(rows[0]); i++) {
			answer.in_order = answer.in_order && rows[i].id == ++answer.rows;
			answer.what = rows[i].proto;
		}
		if (frame.type == CTL_END) {
			memcpy(&answer.end, frame.payload, sizeof(answer.end));
			break;
		}
	}
	return answer;
}

inline Answer
ask(struct ctl_client *client, enum ctl_type type, const void *payload = nullptr, size_t length = 0)
{
	ctl_client_request(client, type, payload, length);
	return receive(client);
}

#endif
