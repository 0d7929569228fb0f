/* SPDX-License-Identifier: BSD-3-Clause */
/* Places by user, and turns: nobody waits for one user's many clients. */
#include <gtest/gtest.h>

#include <sys/resource.h>

#include "ctl_fixture.h"
#include "ctl_user.h"

namespace {

class CtlUser : public ::testing::Test {
protected:
	CtlUser() : base(event_base_new())
	{
		const struct ctl_source source = fake.source();
		const struct ctl_memory memory = Heap::memory();

		before = Heap::now();
		server = ctl_server_create(base, &source, &memory);
	}
	~CtlUser() override
	{
		ctl_server_destroy(server);
		event_base_free(base);
		for (int fd : ends)
			close(fd);
		EXPECT_EQ(Heap::now(), before);
	}
	/* Enters until there is no place; gives how many found one. */
	unsigned fill(uint32_t uid)
	{
		unsigned n = 0;

		while (add(uid))
			n++;
		return n;
	}
	/* A client of that user; ends.back() is the other end of its socket. */
	struct ctl_peer *add(uint32_t uid)
	{
		struct ctl_user *user = ctl_user_enter(server, uid, text);
		const struct ctl_caller caller = { uid, uid, 1, false };
		int pair[2];

		if (!user)
			return nullptr;
		EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
		ends.push_back(pair[1]);
		struct ctl_peer *peer = ctl_peer_create(server, pair[0], user, &caller);
		if (ctl_peer_arm(peer) == 0)
			return peer;
		ctl_peer_hang_up(peer);
		return nullptr;
	}
	void ask(enum report_request report)
	{
		uint8_t request[sizeof(struct ctl_header)];

		ctl_frame_pack(request, CTL_ASK, report, 0);
		ASSERT_EQ(write(ends.back(), request, sizeof(request)), static_cast<ssize_t>(sizeof(request)));
	}
	/* All clients read what has come. */
	void drain()
	{
		static char bytes[1 << 20];

		for (int fd : ends)
			while (read(fd, bytes, sizeof(bytes)) > 0)
				;
	}
	FakeSource fake;
	size_t before;
	struct event_base *base;
	struct ctl_server *server;
	std::vector<int> ends;
	char text[CTL_TEXT_MAX] = "";
};

TEST_F(CtlUser, AQuarterEachAndTheLastPlacesAreRoots)
{
	const struct rlimit descriptors = { 4096, 4096 };

	setrlimit(RLIMIT_NOFILE, &descriptors);
	EXPECT_EQ(fill(1000), CTL_PEERS_MAX / 4u);
	EXPECT_STREQ(text, "64 clients of user 1000 are being served, and no user may have more");
	EXPECT_EQ(fill(1001), CTL_PEERS_MAX / 4u);
	EXPECT_EQ(fill(1002), CTL_PEERS_MAX / 4u);
	EXPECT_EQ(fill(1003), CTL_PEERS_MAX / 4u - CTL_ROOT_PEERS);
	EXPECT_STREQ(text, "240 clients are being served, try again later");
	EXPECT_EQ(fill(1004), 0u);
	EXPECT_EQ(fill(0), CTL_ROOT_PEERS);
	EXPECT_STREQ(text, "256 clients are being served, try again later");
	ctl_peer_hang_up(LIST_FIRST(&server->peers)); /* root's */
	EXPECT_EQ(fill(1000) + fill(1004), 0u) << "one that root leaves is root's";
	EXPECT_EQ(fill(0), 1u);
}

TEST_F(CtlUser, OneOfEachUserHasItsTurn)
{
	std::vector<struct ctl_peer *> many;

	fake.n_rows = 1u << 30;
	for (int i = 0; i < 10; i++) {
		many.push_back(add(1000));
		ask(REPORT_ASK_CONN);
	}
	struct ctl_peer *one = add(1001);
	ask(REPORT_ASK_CONN);
	for (int i = 0; i < 3000; i++) {
		event_base_loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE);
		drain();
	}
	uint64_t sum = 0, least = UINT64_MAX, most = 0;
	for (const struct ctl_peer *peer : many) {
		sum += peer->rows_sent;
		least = std::min(least, peer->rows_sent);
		most = std::max(most, peer->rows_sent);
	}
	EXPECT_GT(least, 0u);
	EXPECT_NEAR(static_cast<double>(one->rows_sent), static_cast<double>(sum), 0.2 * static_cast<double>(sum));
	EXPECT_LE(most, 2 * least) << "and those of one user take turns";
}

/* Root's is the first of a round, whoever was there before. */
TEST_F(CtlUser, RootIsFirst)
{
	for (uint32_t uid : { 1000, 1001, 0, 1002, 1003 })
		ASSERT_NE(add(uid), nullptr);
	EXPECT_EQ(LIST_FIRST(&server->users)->uid, 0u);
	add(0);
	EXPECT_EQ(LIST_FIRST(&server->users)->n_peers, 2u);
}

TEST_F(CtlUser, OneThatIsHungUpOnHasNoTurn)
{
	fake.n_rows = 1u << 30;
	struct ctl_peer *peer = add(1000);
	ask(REPORT_ASK_CONN);
	while (!peer->queued)
		event_base_loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE);
	ctl_peer_hang_up(peer);
	EXPECT_TRUE(LIST_EMPTY(&server->users));
	event_base_loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE);
}

TEST_F(CtlUser, OneThatIsTurnedAwayHearsWhy)
{
	int pair[2];

	ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	ctl_user_turn_away(pair[0], "because");
	struct ctl_client *client = ctl_client_adopt(pair[1]);
	const Answer answer = ::ask(client, REPORT_ASK_CONN);
	EXPECT_EQ(answer.end.status, -EUSERS);
	EXPECT_STREQ(answer.end.text, "because");
	ctl_client_close(client);
	close(pair[0]);
}

/* While one of these lives, libevent finds no memory. */
class NoMemory {
public:
	NoMemory()
	{
		event_set_mem_functions(
		    [](size_t) -> void * { return nullptr; },
		    [](void *, size_t) -> void * { return nullptr; }, free);
	}
	~NoMemory() { event_set_mem_functions(malloc, realloc, free); }
};

TEST_F(CtlUser, OneThatNothingWouldWakeIsGone)
{
	ASSERT_NE(add(1000), nullptr);
	{
		const NoMemory none;

		for (int i = 0; i < 40; i++) /* more than libevent has room for by chance */
			if (!add(1000))
				break;
	}
	char byte;
	EXPECT_EQ(read(ends.back(), &byte, 1), 0) << "its socket is closed";
	EXPECT_EQ(server->n_peers, ends.size() - 1);
	EXPECT_NE(add(1000), nullptr) << "the next one is served";
}

TEST_F(CtlUser, RoundsBeginWithoutMemory)
{
	std::vector<struct event> timers(CTL_PEERS_MAX);
	const struct timeval whenever = { 60, 0 };

	fake.n_rows = 1000;
	const struct ctl_peer *peer = add(1000);
	ask(REPORT_ASK_CONN);
	{
		const NoMemory none;

		for (struct event &timer : timers) {
			event_assign(&timer, base, -1, 0, [](evutil_socket_t, short, void *) {}, nullptr);
			EXPECT_EQ(event_add(&timer, &whenever), 0);
		}
		for (int i = 0; i < 100 && peer->rows_sent < fake.n_rows; i++) {
			event_base_loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE);
			drain();
		}
		for (struct event &timer : timers)
			event_del(&timer);
	}
	EXPECT_EQ(peer->rows_sent, fake.n_rows);
}

} // namespace
