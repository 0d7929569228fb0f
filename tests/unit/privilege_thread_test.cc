/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads seen and interrupted. */
#include "privilege_thread.h"

#include <gtest/gtest.h>

#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

/* Threads that do nothing, in a poll or a loop, until the end. */
class Idle {
public:
	explicit Idle(int n)
	{
		for (int i = 0; i < n; i++)
			threads.emplace_back([this, i] {
				pthread_setname_np(pthread_self(), ("idle-" + std::to_string(i)).c_str());
				named++;
				while (!over)
					usleep(i % 2 ? 1000000 : 0);
			});
		while (named < n)
			std::this_thread::yield();
	}
	~Idle()
	{
		over = true;
		for (std::thread &thread : threads)
			thread.join();
	}

private:
	std::atomic<bool> over{ false };
	std::atomic<int> named{ 0 };
	std::vector<std::thread> threads;
};

int
remember(const struct privilege_thread *thread, void *ctx)
{
	static_cast<std::vector<struct privilege_thread> *>(ctx)->push_back(*thread);
	return 0;
}

TEST(PrivilegeThread, EachIsSeen)
{
	std::vector<struct privilege_thread> seen;
	std::set<std::string> names;
	Idle idle(5);

	ASSERT_EQ(privilege_thread_each(remember, &seen), 0);
	EXPECT_EQ(seen.size(), 6u);
	for (const struct privilege_thread &thread : seen) {
		names.insert(thread.name);
		for (int i = 0; i < 4; i++) {
			EXPECT_EQ(thread.uid[i], geteuid());
			EXPECT_EQ(thread.gid[i], getegid());
		}
	}
	for (int i = 0; i < 5; i++)
		EXPECT_EQ(names.count("idle-" + std::to_string(i)), 1u);
	EXPECT_EQ(privilege_thread_each([](const struct privilege_thread *, void *) { return -7; }, nullptr), -7);
}

/* One that has none already is left in peace: it may take no signal. */
TEST(PrivilegeThread, WhoHasNoneIsNotWaitedFor)
{
	const pid_t child = fork();
	int status = -1;

	if (child == 0) {
		std::atomic<bool> deaf{ false };

		std::thread([&deaf] {
			struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
			const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
			sigset_t all;

			sigfillset(&all);
			pthread_sigmask(SIG_BLOCK, &all, nullptr);
			deaf = syscall(SYS_capset, &header, none) == 0;
			pause();
		}).detach();
		while (!deaf)
			std::this_thread::yield();
		_exit(-privilege_thread_clear_others());
	}
	ASSERT_EQ(waitpid(child, &status, 0), child);
	EXPECT_EQ(WEXITSTATUS(status), 0);
}

/* The others have no capability then; the caller has what it had. */
TEST(PrivilegeThread, OthersGiveUpTheirs)
{
	const pid_t child = fork();
	int status = -1;

	if (child == 0) {
		std::vector<struct privilege_thread> before, after;
		Idle idle(6);
		unsigned cleared = 0;
		bool kept = false;

		privilege_thread_each(remember, &before);
		if (privilege_thread_clear_others() || privilege_thread_each(remember, &after))
			_exit(2);
		for (const struct privilege_thread &thread : after)
			if (thread.tid != getpid())
				cleared += thread.permitted == 0 && thread.effective == 0;
			else
				kept = thread.permitted == before[0].permitted;
		_exit(cleared == 6 && kept ? 0 : 1);
	}
	ASSERT_EQ(waitpid(child, &status, 0), child);
	EXPECT_EQ(status, 0);
}

} // namespace
