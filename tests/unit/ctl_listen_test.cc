/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/wait.h>

#include "ctl_fixture.h"
#include "ctl_listen.h"

namespace {

mode_t
mode_of(const std::string &path)
{
	struct stat st;

	return lstat(path.c_str(), &st) ? 0 : st.st_mode;
}

/* A socket file that its owner left behind. */
void
leave_dead_socket(const std::string &path)
{
	struct sockaddr_un addr;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memset(&addr, 0, sizeof(addr));
	addr.sun_family = AF_UNIX;
	strcpy(addr.sun_path, path.c_str());
	ASSERT_EQ(bind(fd, reinterpret_cast<struct sockaddr *>(&addr), sizeof(addr)), 0);
	close(fd);
	ASSERT_TRUE(S_ISSOCK(mode_of(path)));
}

class CtlListen : public ::testing::Test {
protected:
	CtlListen() : path(folder / "run/sock")
	{
		ctl_listen_init(&listener);
		ctl_access_init(&access);
	}
	~CtlListen() override { ctl_listen_close(&listener); }

	Folder folder;
	struct ctl_access access;
	std::string path;
	struct ctl_listener listener;
};

TEST_F(CtlListen, MakesItsFolderAndAnExactMode)
{
	for (mode_t mask : { 022, 077, 0 }) {
		const mode_t before = umask(mask);

		ASSERT_EQ(ctl_listen_open(&listener, path.c_str(), &access), 0);
		umask(before);
		EXPECT_EQ(mode_of(path), static_cast<mode_t>(S_IFSOCK | 0660));
		ctl_listen_close(&listener);
	}
	EXPECT_EQ(mode_of(folder / "run"), static_cast<mode_t>(S_IFDIR | 0755));
}

/* While its owner starts, whoever asks hears at once that nobody answers, and it is his already. */
TEST_F(CtlListen, RefusesUntilItIsStarted)
{
	struct ctl_listener other;

	ASSERT_EQ(ctl_listen_open(&listener, path.c_str(), &access), 0);
	EXPECT_LT(raw_connect(path), 0);
	EXPECT_EQ(errno, ECONNREFUSED);
	EXPECT_EQ(ctl_listen_open(&other, path.c_str(), &access), -EADDRINUSE);
	ASSERT_EQ(ctl_listen_start(&listener), 0);
	int fd = raw_connect(path);
	EXPECT_GE(fd, 0);
	close(fd);
}

TEST_F(CtlListen, LeavesNothingBehind)
{
	ASSERT_EQ(ctl_listen_open(&listener, path.c_str(), &access), 0);
	ctl_listen_close(&listener);
	EXPECT_EQ(rmdir((folder / "run").c_str()), 0) << strerror(errno);
	ctl_listen_close(&listener); /* holds nothing: does nothing */
}

TEST_F(CtlListen, ReplacesADeadSocket)
{
	ASSERT_EQ(mkdir((folder / "run").c_str(), 0755), 0);
	leave_dead_socket(path);
	ASSERT_EQ(ctl_listen_open(&listener, path.c_str(), &access), 0);
	ASSERT_EQ(ctl_listen_start(&listener), 0);
	int fd = raw_connect(path);
	EXPECT_GE(fd, 0);
	close(fd);
}

TEST_F(CtlListen, RefusesALiveSocketThatHasNoLock)
{
	struct ctl_listener other;

	ASSERT_EQ(ctl_listen_open(&listener, path.c_str(), &access), 0);
	ASSERT_EQ(ctl_listen_start(&listener), 0);
	ASSERT_EQ(unlink((path + ".lock").c_str()), 0);
	EXPECT_EQ(ctl_listen_open(&other, path.c_str(), &access), -EADDRINUSE);
	int fd = raw_connect(path);
	EXPECT_GE(fd, 0);
	close(fd);
}

TEST_F(CtlListen, RefusesWhenTheLockIsHeldThoughNoSocketIsThere)
{
	struct ctl_listener other;

	ASSERT_EQ(ctl_listen_open(&listener, path.c_str(), &access), 0);
	ASSERT_EQ(unlink(path.c_str()), 0);
	EXPECT_EQ(ctl_listen_open(&other, path.c_str(), &access), -EADDRINUSE);
	EXPECT_EQ(other.fd, -1);
	EXPECT_EQ(other.lock, -1);
}

TEST_F(CtlListen, NeverRemovesWhatIsNoSocket)
{
	ASSERT_EQ(mkdir((folder / "run").c_str(), 0755), 0);
	close(open(path.c_str(), O_CREAT | O_WRONLY, 0600));
	EXPECT_EQ(ctl_listen_open(&listener, path.c_str(), &access), -EEXIST);
	EXPECT_TRUE(S_ISREG(mode_of(path)));
	EXPECT_EQ(unlink(path.c_str()), 0);
	EXPECT_EQ(rmdir((folder / "run").c_str()), 0) << "the lock was left";
}

TEST_F(CtlListen, RemovesOnlyItsOwnSocket)
{
	ASSERT_EQ(ctl_listen_open(&listener, path.c_str(), &access), 0);
	ASSERT_EQ(unlink(path.c_str()), 0);
	leave_dead_socket(path);
	ctl_listen_close(&listener);
	EXPECT_TRUE(S_ISSOCK(mode_of(path)));
}

TEST_F(CtlListen, PathsThatCannotBe)
{
	EXPECT_EQ(ctl_listen_open(&listener, "", &access), -EINVAL);
	EXPECT_EQ(ctl_listen_open(&listener, std::string(200, 'x').c_str(), &access), -ENAMETOOLONG);
	EXPECT_EQ(ctl_listen_open(&listener, (folder / "no/such/sock").c_str(), &access), -ENOENT);
}

/* Eight processes at a dead socket, all at once, many times: one has it, seven are refused. */
TEST_F(CtlListen, OneOfManyWins)
{
	ASSERT_EQ(mkdir((folder / "run").c_str(), 0755), 0);
	for (int round = 0; round < 40; round++) {
		int winners = 0, refused = 0;
		pid_t children[8];
		int gate[2], hold[2];

		leave_dead_socket(path);
		ASSERT_EQ(pipe(gate), 0);
		ASSERT_EQ(pipe(hold), 0);
		for (pid_t &child : children) {
			child = fork();
			if (child == 0) {
				char byte;
				int error;

				close(gate[1]);
				close(hold[1]);
				(void)!read(gate[0], &byte, 1);
				error = ctl_listen_open(&listener, path.c_str(), &access);
				/* the winner holds it until all have tried */
				if (!error)
					(void)!read(hold[0], &byte, 1);
				_exit(error == 0 ? 0 : error == -EADDRINUSE ? 1 : 2);
			}
		}
		close(gate[1]);
		for (int k = 0; k < 7; k++) {
			int status;

			ASSERT_GT(waitpid(-1, &status, 0), 0);
			refused += WEXITSTATUS(status) == 1;
		}
		close(hold[1]);
		int status;
		ASSERT_GT(waitpid(-1, &status, 0), 0);
		winners += WEXITSTATUS(status) == 0;
		EXPECT_EQ(refused, 7);
		EXPECT_EQ(winners, 1);
		close(gate[0]);
		close(hold[0]);
		unlink(path.c_str());
	}
}

} // namespace
