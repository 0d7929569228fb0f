// SPDX-License-Identifier: BSD-3-Clause
// The server of metrics, and strangers at it: all are answered or closed, and none holds up others.

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "export_http.h"

namespace
{

constexpr int WAIT_MS = 30000;

/* A connection to the server; whatever is read is kept. */
class Client
{
public:
	explicit Client(const sockaddr_in &address) : fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
	{
		EXPECT_EQ(connect(fd, (const sockaddr *)&address, sizeof(address)), 0);
	}
	~Client() { ::close(fd); }
	Client(const Client &) = delete;

	bool
	send(const std::string &text)
	{
		size_t done = 0;

		while (done < text.size()) {
			const ssize_t n = ::send(fd, text.data() + done, text.size() - done, MSG_NOSIGNAL);

			if (n <= 0)
				return false;
			done += (size_t)n;
		}
		return true;
	}

	/* Is something to be read, or the end? */
	bool
	waits(int ms)
	{
		pollfd poll_fd = {fd, POLLIN, 0};

		return poll(&poll_fd, 1, ms) == 1;
	}

	/* Reads until `end` has come, or the connection is over. */
	std::string
	read(const std::string &end)
	{
		std::string text;
		char some[4096];

		while (text.find(end) == std::string::npos && waits(WAIT_MS)) {
			const ssize_t n = recv(fd, some, sizeof(some), 0);

			if (n <= 0)
				break;
			text.append(some, (size_t)n);
		}
		return text;
	}

	/* The rest, until it is closed. */
	bool
	is_closed()
	{
		char some[4096];
		ssize_t n = 1;

		while (n > 0 && waits(WAIT_MS))
			n = recv(fd, some, sizeof(some), 0);
		return n == 0 || (n < 0 && errno == ECONNRESET);
	}

	const int fd;
};

class ExportHttp : public ::testing::Test
{
protected:
	ExportHttp()
	{
		const export_http_answers answers = {this, metrics, healthy};
		socklen_t bytes = sizeof(address);
		int fd;

		address.sin_family = AF_INET;
		address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		fd = export_http_listen((const sockaddr *)&address, sizeof(address));
		EXPECT_GE(fd, 0);
		EXPECT_EQ(getsockname(fd, (sockaddr *)&address, &bytes), 0);
		base = event_base_new();
		http = export_http_create(base, fd, &answers);
		EXPECT_NE(http, nullptr);
		loop = std::thread([this] {
			while (!stop)
				turn();
		});
	}

	~ExportHttp() override
	{
		end_loop();
		export_http_destroy(http);
		event_base_free(base);
	}

	void
	turn()
	{
		const timeval soon = {0, 10000};

		event_base_loopexit(base, &soon);
		event_base_dispatch(base);
		connections = export_http_connections(http);
		turns++;
	}

	void
	end_loop()
	{
		stop = true;
		if (loop.joinable())
			loop.join();
	}

	static void
	metrics(void *ctx, evbuffer *out)
	{
		ExportHttp *self = (ExportHttp *)ctx;

		for (size_t i = 0; i < self->lines; i++)
			evbuffer_add_printf(out, "a_metric 1\n");
		evbuffer_add_printf(out, "the_last 2\n");
	}

	static bool
	healthy(void *ctx, evbuffer *out)
	{
		evbuffer_add_printf(out, "said\n");
		return ((ExportHttp *)ctx)->well;
	}

	std::string
	get(const std::string &path, const std::string &method = "GET", const std::string &end = "said\n")
	{
		Client client(address);

		EXPECT_TRUE(client.send(method + " " + path + " HTTP/1.1\r\nHost: tap\r\nConnection: close\r\n\r\n"));
		return client.read(end);
	}

	/* Counted by a turn of the loop that began after this was asked. */
	bool
	comes_to(unsigned n)
	{
		const unsigned first = turns + 2;

		for (int i = 0; i < WAIT_MS / 10 && (turns < first || connections != n); i++)
			usleep(10000);
		return turns >= first && connections == n;
	}

	sockaddr_in address = {};
	event_base *base;
	export_http *http;
	std::thread loop;
	std::atomic<bool> stop{false}, well{true};
	std::atomic<unsigned> connections{0}, turns{0};
	std::atomic<size_t> lines{0};
};

TEST_F(ExportHttp, MetricsAndHealthAreAnswered)
{
	std::string text = get("/metrics", "GET", "the_last 2\n");

	EXPECT_EQ(text.compare(0, 15, "HTTP/1.1 200 OK"), 0) << text;
	EXPECT_NE(text.find("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"), std::string::npos);
	EXPECT_EQ(get("/healthz").compare(0, 15, "HTTP/1.1 200 OK"), 0);
	well = false;
	EXPECT_EQ(get("/healthz").compare(0, 12, "HTTP/1.1 503"), 0);
	EXPECT_EQ(get("/metrics", "HEAD").compare(0, 12, "HTTP/1.1 200"), 0);
	EXPECT_TRUE(comes_to(0)) << "all of them are closed";
	end_loop();
	EXPECT_EQ(export_http_scrapes(http), 2u);
}

TEST_F(ExportHttp, NothingElseIsThere)
{
	EXPECT_EQ(get("/").compare(0, 12, "HTTP/1.1 404"), 0);
	EXPECT_EQ(get("/metrics/../../etc/passwd").compare(0, 12, "HTTP/1.1 404"), 0);
	for (const char *method : {"POST", "PUT", "DELETE", "TRACE", "XYZZY"}) {
		const std::string text = get("/metrics", method);

		EXPECT_EQ(text.find(" 200 "), std::string::npos) << method << ": " << text;
	}
	EXPECT_TRUE(comes_to(0));
}

TEST_F(ExportHttp, OneConnectionMayAskTwice)
{
	Client client(address);

	for (int i = 0; i < 2; i++) {
		EXPECT_TRUE(client.send("GET /metrics HTTP/1.1\r\nHost: tap\r\n\r\n"));
		EXPECT_NE(client.read("the_last 2\n").find("200 OK"), std::string::npos);
	}
	EXPECT_TRUE(comes_to(1));
}

TEST_F(ExportHttp, RubbishIsRefusedAndClosed)
{
	std::string binary(100000, '\0');

	for (size_t i = 0; i < binary.size(); i++)
		binary[i] = (char)(i * 167 + i / 251);
	for (const std::string &text :
	     {std::string("\r\n\r\n\r\n\r\nrubbish\r\n\r\n"), binary, std::string("GET\r\n\r\n"),
	      std::string("GET /metrics HTTP/9.9.9\r\n\r\n"),
	      "GET /metrics HTTP/1.1\r\nA: " + std::string(1000000, 'a') + "\r\n\r\n",
	      "GET /" + std::string(1000000, 'a') + " HTTP/1.1\r\n\r\n",
	      std::string("GET /metrics HTTP/1.1\r\nContent-Length: 1000000000\r\n\r\n")}) {
		Client client(address);

		client.send(text);
		shutdown(client.fd, SHUT_WR);
		EXPECT_TRUE(client.is_closed()) << text.substr(0, 40);
	}
	EXPECT_TRUE(comes_to(0));
	EXPECT_NE(get("/healthz").find("said"), std::string::npos);
}

TEST_F(ExportHttp, OneMoreThanThereIsRoomForWaitsAndIsAnsweredThen)
{
	std::vector<std::unique_ptr<Client>> silent;

	for (unsigned i = 0; i < EXPORT_HTTP_CONNECTIONS; i++)
		silent.push_back(std::make_unique<Client>(address));
	EXPECT_TRUE(comes_to(EXPORT_HTTP_CONNECTIONS));
	Client late(address);
	EXPECT_TRUE(late.send("GET /healthz HTTP/1.1\r\n\r\n"));
	EXPECT_FALSE(late.waits(300)) << "nobody accepts it";
	EXPECT_EQ(connections, (unsigned)EXPORT_HTTP_CONNECTIONS);
	silent.pop_back();
	EXPECT_NE(late.read("said\n").find("200 OK"), std::string::npos);
}

/* Ten seconds without a byte are too many. */
TEST_F(ExportHttp, WhoSaysNothingIsClosed)
{
	Client silent(address), half(address);

	EXPECT_TRUE(half.send("GET /metr"));
	EXPECT_TRUE(silent.is_closed());
	EXPECT_TRUE(half.is_closed());
	EXPECT_TRUE(comes_to(0));
}

/* One that does not read what it asked for holds up nobody. */
TEST_F(ExportHttp, ASlowReaderIsAlone)
{
	Client slow(address);

	lines = 2000000;
	EXPECT_TRUE(slow.send("GET /metrics HTTP/1.1\r\n\r\n"));
	EXPECT_TRUE(slow.waits(WAIT_MS));
	lines = 0;
	for (int i = 0; i < 20; i++)
		EXPECT_NE(get("/metrics", "GET", "the_last 2\n").find("200 OK"), std::string::npos);
	EXPECT_GE(connections, 1u);
}

TEST_F(ExportHttp, AnAddressThatIsTakenIsSaid)
{
	EXPECT_EQ(export_http_listen((const sockaddr *)&address, sizeof(address)), -EADDRINUSE);
}

} // namespace
