/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests of the control socket share: a folder of one's own, a server on a loop in a thread
 * of its own over a source that makes up rows, and whole answers.
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
#include "ctl_source_fixture.h"

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

		run([&] {
			result = ctl_server_claim(server_, path.c_str());
			if (!result)
				result = ctl_server_listen(server_);
		});
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
	uint64_t rows = 0;    /* of connections */
	bool in_order = true; /* ids 1, 2, 3 ... */
	unsigned what = 0;    /* enum report_request: of the last row, as FakeSource makes it */
	struct report_stats stats = {};
	unsigned nets = 0;
	unsigned labels = 0;
};

/* One frame of rows. */
inline void
receive_rows(const struct ctl_frame *frame, Answer *answer)
{
	const size_t bytes = ctl_frame_row_bytes(frame->report);
	const char *payload = static_cast<const char *>(frame->payload);

	if (frame->report == REPORT_ASK_STATS) {
		memcpy(&answer->stats, payload, sizeof(answer->stats));
		return;
	}
	if (frame->report == REPORT_ASK_HOME) {
		answer->nets += static_cast<unsigned>(frame->length / bytes);
		return;
	}
	/* Whatever the row is, it begins with the connection. */
	for (size_t at = 0; at < frame->length; at += bytes) {
		const struct report_row *row = reinterpret_cast<const struct report_row *>(payload + at);

		answer->in_order = answer->in_order && row->id == ++answer->rows;
		answer->what = row->worker;
	}
}

inline Answer
receive(struct ctl_client *client)
{
	struct ctl_frame frame;
	Answer answer;

	while ((answer.error = ctl_client_next(client, &frame)) == 0) {
		if (frame.type == CTL_INFO)
			memcpy(&answer.info, frame.payload, sizeof(answer.info));
		if (frame.type == CTL_LABELS) {
			EXPECT_STREQ(answer.info.name, "") << "they come before CTL_INFO";
			answer.labels = static_cast<unsigned>(frame.length / sizeof(struct report_label));
		}
		if (frame.type == CTL_ROWS)
			receive_rows(&frame, &answer);
		if (frame.type == CTL_END) {
			memcpy(&answer.end, frame.payload, sizeof(answer.end));
			break;
		}
	}
	return answer;
}

inline Answer
ask(struct ctl_client *client, enum report_request report, const struct ctl_ask *request = nullptr)
{
	ctl_client_ask(client, report, request);
	return receive(client);
}

#endif
