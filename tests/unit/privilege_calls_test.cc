/* SPDX-License-Identifier: BSD-3-Clause */
/* What the filter answers, refuses and punishes; each in a process of its own. */
#include "privilege_calls.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <functional>
#include <thread>

namespace {

/* How a process ends that is limited to these features and then does that: its wait status. */
int
limited(unsigned features, const std::function<bool()> &does)
{
	const pid_t child = fork();
	int status = -1;

	if (child == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || privilege_calls_limit(features))
			_exit(100);
		_exit(does() ? 0 : 1);
	}
	EXPECT_EQ(waitpid(child, &status, 0), child);
	return status;
}

bool
fails(long result)
{
	return result == -1 && errno == EPERM;
}

TEST(PrivilegeCalls, WhatIsNeededIsAnswered)
{
	EXPECT_EQ(limited(PRIVILEGE_ALWAYS,
	                  [] {
		                  std::atomic<bool> ran{ false };
		                  std::thread([&] { ran = true; }).join();
		                  void *block = mmap(nullptr, 1 << 20, PROT_READ | PROT_WRITE,
		                                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		                  return ran && block != MAP_FAILED && open("/etc/passwd", O_RDONLY) >= 0;
	                  }),
	          0);
}

TEST(PrivilegeCalls, WhatIsNotNeededFails)
{
	EXPECT_EQ(limited(PRIVILEGE_SERVER,
	                  [] {
		                  return fails(socket(AF_INET, SOCK_STREAM, 0)) &&
		                         fails(open("/tmp/privilege_calls_test", O_WRONLY | O_CREAT, 0600)) &&
		                         fails(open("/dev/null", O_RDWR)) && fails(setuid(0)) &&
		                         fails(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)) &&
		                         fails(chmod("/tmp", 0777)) &&
		                         fails(mkdir("/tmp/privilege_calls_test", 0700)) &&
		                         fails(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)) &&
		                         mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		                              -1, 0) == MAP_FAILED;
	                  }),
	          0);
}

/* Arguments are compared: an interface may be asked after, other files may not be opened by it. */
TEST(PrivilegeCalls, AFeatureAddsItsRows)
{
	const auto asks = [] {
		struct ifreq request = {};
		int fd = socket(AF_INET, SOCK_DGRAM, 0);

		strcpy(request.ifr_name, "lo");
		return fd >= 0 && ioctl(fd, SIOCGIFINDEX, &request) == 0 && fails(ioctl(fd, SIOCSIFNAME, &request)) &&
		       fails(socket(AF_INET6, SOCK_DGRAM, 0)) && fails(connect(fd, nullptr, 0));
	};

	EXPECT_EQ(limited(PRIVILEGE_KERNEL, asks), 0);
	EXPECT_NE(limited(PRIVILEGE_SERVER, asks), 0);
}

TEST(PrivilegeCalls, ToGoOnFromHereIsTheEnd)
{
	const auto runs = [] {
		const char *const arguments[] = { "/bin/true", nullptr };

		execv("/bin/true", const_cast<char **>(arguments));
		return true;
	};
	const auto enters = [] {
		syscall(SYS_process_vm_readv, getppid(), nullptr, 0, nullptr, 0, 0);
		return true;
	};

	for (unsigned features : { PRIVILEGE_SERVER, PRIVILEGE_DRIVER }) {
		for (const std::function<bool()> &does : { std::function<bool()>(runs), std::function<bool()>(enters) }) {
			const int status = limited(features, does);

			ASSERT_TRUE(WIFSIGNALED(status));
			EXPECT_EQ(WTERMSIG(status), SIGSYS);
		}
	}
}

/* A thread that was there before is limited too. */
TEST(PrivilegeCalls, AllThreads)
{
	const pid_t child = fork();
	int status = -1;

	if (child == 0) {
		std::atomic<int> go{ 0 };
		bool refused = false;
		std::thread other([&] {
			while (!go)
				std::this_thread::yield();
			refused = fails(socket(AF_INET, SOCK_STREAM, 0));
		});

		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || privilege_calls_limit(PRIVILEGE_SERVER))
			_exit(100);
		go = 1;
		other.join();
		_exit(refused ? 0 : 1);
	}
	ASSERT_EQ(waitpid(child, &status, 0), child);
	EXPECT_EQ(status, 0);
}

} // namespace
