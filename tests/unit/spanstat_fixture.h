/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The program itself, as a shell sees it: exit status, output, one line on standard error.
 *
 * SPANSTAT in the environment is the program. The daemon is a server of the test's own; the private
 * daemon of -r is a shell script that lies beside a copy of the program.
 */
#ifndef SPANSTAT_FIXTURE_H
#define SPANSTAT_FIXTURE_H

#include <gtest/gtest.h>

#include <sys/wait.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include "ctl_fixture.h"

struct Result {
	int status; /* as a shell has it: 128 and the signal's number when one ended it */
	std::string out, err;
};

inline std::string
slurp(const std::string &path)
{
	std::ifstream file(path);
	std::stringstream text;

	text << file.rdbuf();
	return text.str();
}

class Spanstat : public ::testing::Test {
protected:
	Spanstat() : path(folder / "sock"), server(&fake) { fake.n_rows = 3; }
	/* Without the program no test begins: some wait for what it prints. */
	void SetUp() override
	{
		const char *program = getenv("SPANSTAT");

		ASSERT_NE(program, nullptr) << "SPANSTAT is not set: the program to test";
		ASSERT_EQ(symlink(program, (folder / "spanstat").c_str()), 0) << strerror(errno);
		ASSERT_EQ(server.listen(path), 0);
	}
	Result shell(const std::string &command)
	{
		const std::string line = "cd " + (folder / ".") + " && { " + command + "\n} >out 2>err";
		const int status = system(line.c_str());

		return { WEXITSTATUS(status), slurp(folder / "out"), slurp(folder / "err") };
	}
	/* With the daemon. */
	Result run(const std::string &arguments)
	{
		return shell("./spanstat --socket sock " + arguments);
	}
	/* One line that begins as every error does, and nothing printed. */
	void expect_error(const Result &result, int status, const char *part)
	{
		EXPECT_EQ(result.status, status) << result.err;
		EXPECT_EQ(result.err.find("spanstat: "), 0u) << result.err;
		EXPECT_EQ(result.err.find('\n'), result.err.size() - 1) << result.err;
		EXPECT_NE(result.err.find(part), std::string::npos) << result.err;
		EXPECT_EQ(result.out, "");
	}
	/* What -r starts. */
	void make_private_daemon(const char *script)
	{
		const std::string command = "rm spanstat; cp \"$SPANSTAT\" spanstat; cat > spanstatd <<'!'\n"
		                            "#!/bin/sh\n" + std::string(script) + "\n!\n"
		                            "chmod +x spanstatd";

		ASSERT_EQ(shell(command).status, 0);
	}

	Folder folder;
	std::string path;
	FakeSource fake;
	LoopedServer server;
};

inline unsigned
lines(const std::string &text)
{
	return static_cast<unsigned>(std::count(text.begin(), text.end(), '\n'));
}

#endif
