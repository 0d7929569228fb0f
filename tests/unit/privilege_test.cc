/* SPDX-License-Identifier: BSD-3-Clause */
/* All of it, in a process with threads. The daemon as root and as an ordinary user: net_privilege. */
#include "privilege.h"

#include <gtest/gtest.h>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>

#include "privilege_calls.h"
#include "privilege_thread.h"

namespace {

/* The exit status of a process that does that. */
int
alone(const std::function<bool()> &does)
{
	const pid_t child = fork();
	int status = -1;

	if (child == 0)
		_exit(does() ? 0 : 1);
	EXPECT_EQ(waitpid(child, &status, 0), child);
	return status;
}

struct privilege_plan
plan_without_user()
{
	struct privilege_plan plan = {};

	plan.uid = plan.gid = PRIVILEGE_KEEP;
	plan.user = "";
	plan.seccomp = true;
	plan.features = PRIVILEGE_SERVER;
	return plan;
}

bool
is_bare(const struct privilege_thread *thread)
{
	return thread->permitted == 0 && thread->effective == 0 && thread->ambient == 0 &&
	       thread->no_new_privs == 1 && thread->seccomp == 2;
}

TEST(Privilege, EveryThreadIsLeftBare)
{
	EXPECT_EQ(alone([] {
		          std::atomic<bool> over{ false };
		          const struct privilege_plan plan = plan_without_user();
		          struct rlimit core;

		          if (privilege_begin())
			          return false;
		          std::thread other([&] {
			          while (!over)
				          std::this_thread::yield();
		          });
		          if (privilege_drop(&plan))
			          return false;
		          const int bare = privilege_thread_each(
		              [](const struct privilege_thread *thread, void *) { return is_bare(thread) ? 0 : 1; },
		              nullptr);
		          over = true;
		          other.join();
		          return bare == 0 && getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0;
	          }),
	          0);
}

/* Without privilege_begin there is no no_new_privs: it must not go on. */
TEST(Privilege, WhatIsNotSoIsAnError)
{
	EXPECT_EQ(alone([] {
		          struct privilege_plan plan = plan_without_user();

		          plan.seccomp = false;
		          testing::internal::CaptureStderr();
		          const bool refused = privilege_drop(&plan) == -EPERM;
		          return refused && testing::internal::GetCapturedStderr().find("no_new_privs") != std::string::npos;
	          }),
	          0);
}

} // namespace
