/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The server of the tests of ctl_server.c and of its clients that do not behave: on a socket of its
 * own, over a source that makes up rows.
 */
#ifndef CTL_SERVER_FIXTURE_H
#define CTL_SERVER_FIXTURE_H

#include <gtest/gtest.h>

#include "ctl_fixture.h"

class CtlServer : public ::testing::Test {
protected:
	CtlServer() : path(folder / "sock"), server(&fake)
	{
		Heap::most() = Heap::now().load();
		EXPECT_EQ(server.listen(path), 0);
	}
	struct ctl_client *connect()
	{
		struct ctl_client *client = ctl_client_connect(path.c_str());

		EXPECT_NE(client, nullptr) << strerror(errno);
		ctl_client_set_timeout(client, 10000);
		return client;
	}
	Answer ask_once(enum report_request report, const struct ctl_ask *request = nullptr)
	{
		struct ctl_client *client = connect();
		Answer answer = ask(client, report, request);

		ctl_client_close(client);
		return answer;
	}
	Answer drop(uint64_t id)
	{
		struct ctl_ask request = {};

		request.id = id;
		return ask_once(REPORT_ASK_DROP, &request);
	}
	/* A whole report still comes: the server is well. */
	void expect_well()
	{
		Answer answer = ask_once(REPORT_ASK_CONN);

		EXPECT_EQ(answer.error, 0);
		EXPECT_EQ(answer.end.status, 0);
		EXPECT_EQ(answer.rows, fake.n_rows);
	}

	Folder folder;
	std::string path;
	FakeSource fake;
	LoopedServer server;
};

#endif
