// SPDX-License-Identifier: BSD-3-Clause
// Files of -o: whole or not at all, in each way in which they can be written.

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "output.h"

namespace
{

namespace fs = std::filesystem;

class Output : public testing::TestWithParam<enum output_how>
{
      protected:
	void
	SetUp() override
	{
		char name[] = "/tmp/output-test-XXXXXX";

		ASSERT_NE(mkdtemp(name), nullptr);
		folder = name;
		path = folder + "/report";
	}

	void
	TearDown() override
	{
		fs::remove_all(folder);
	}

	static std::string
	read(const std::string &name)
	{
		std::ifstream file(name, std::ios::binary);
		std::stringstream text;

		text << file.rdbuf();
		return text.str();
	}

	static void
	write(const std::string &name, const std::string &text)
	{
		std::ofstream(name, std::ios::binary) << text;
	}

	size_t
	files() const
	{
		return (size_t)std::distance(fs::directory_iterator(folder), fs::directory_iterator());
	}

	int
	open(const std::string &name)
	{
		return output_open(&output, name.c_str(), GetParam());
	}

	void
	put(const std::string &text)
	{
		ASSERT_EQ(::write(output.fd, text.data(), text.size()), (ssize_t)text.size());
	}

	static mode_t
	mode(const std::string &name)
	{
		struct stat st;

		EXPECT_EQ(stat(name.c_str(), &st), 0);
		return st.st_mode & 07777;
	}

	std::string folder, path;
	struct output output;
};

INSTANTIATE_TEST_SUITE_P(Ways, Output, testing::Values(OUTPUT_WHOLE, OUTPUT_NAMED),
                         [](const auto &way) {
	                         return way.param == OUTPUT_NAMED ? "Named" : "Nameless";
                         });

TEST_P(Output, ANewFileIsThereWhenItIsWhole)
{
	const mode_t mask = umask(027);

	ASSERT_EQ(open(path), 0);
	put("half");
	EXPECT_FALSE(fs::exists(path));
	put(" and half");
	EXPECT_EQ(output_commit(&output), 0);
	EXPECT_EQ(read(path), "half and half");
	EXPECT_EQ(mode(path), 0640u) << "as the umask says";
	EXPECT_EQ(files(), 1u);
	umask(mask);
}

TEST_P(Output, AnOldFileStandsUntilThen)
{
	write(path, "old");
	chmod(path.c_str(), 0604);
	ASSERT_EQ(open(path), 0);
	put("new");
	EXPECT_EQ(read(path), "old");
	EXPECT_EQ(output_commit(&output), 0);
	EXPECT_EQ(read(path), "new");
	EXPECT_EQ(mode(path), 0604u) << "its mode stays";
	EXPECT_EQ(files(), 1u);
}

TEST_P(Output, NothingIsLeftOfWhatIsGivenUp)
{
	ASSERT_EQ(open(path), 0);
	put("half");
	output_abandon(&output);
	EXPECT_EQ(files(), 0u);
	write(path, "old");
	ASSERT_EQ(open(path), 0);
	put("half");
	output_abandon(&output);
	EXPECT_EQ(read(path), "old");
	EXPECT_EQ(files(), 1u);
}

TEST_P(Output, ALinkStaysAndWhatItNamesIsReplaced)
{
	const std::string link = folder + "/link", place = folder + "/place";

	fs::create_directory(place);
	write(place + "/report", "old");
	fs::create_symlink("place/report", link);
	ASSERT_EQ(open(link), 0);
	put("new");
	EXPECT_EQ(output_commit(&output), 0);
	EXPECT_TRUE(fs::is_symlink(link));
	EXPECT_EQ(read(place + "/report"), "new");
	fs::create_symlink("nowhere", folder + "/dangling");
	ASSERT_EQ(open(folder + "/dangling"), 0);
	put("new");
	EXPECT_EQ(output_commit(&output), 0);
	EXPECT_TRUE(fs::is_symlink(folder + "/dangling"));
	EXPECT_EQ(read(folder + "/nowhere"), "new");
}

TEST_P(Output, ANameInTheFolderOfTheProcess)
{
	const fs::path before = fs::current_path();

	fs::current_path(folder);
	ASSERT_EQ(open("report"), 0);
	put("new");
	EXPECT_EQ(output_commit(&output), 0);
	fs::current_path(before);
	EXPECT_EQ(read(path), "new");
	EXPECT_EQ(files(), 1u);
}

TEST_P(Output, WhatCannotBeIsRefusedAtOnce)
{
	EXPECT_EQ(open(""), -ENOENT);
	EXPECT_EQ(open(folder), -EISDIR);
	EXPECT_EQ(open(folder + "/none/report"), -ENOENT);
	EXPECT_EQ(open(folder + "/none/"), -ENOENT);
	write(path, "old");
	EXPECT_EQ(open(path + "/x"), -ENOTDIR);
	EXPECT_EQ(open(folder + "/" + std::string(300, 'x')), -ENAMETOOLONG);
	EXPECT_EQ(open(std::string(5000, '/') + "x"), -ENAMETOOLONG);
	EXPECT_EQ(files(), 1u);
}

TEST_P(Output, TheFolderIsGoneWhenItIsWhole)
{
	const std::string place = folder + "/place";

	fs::create_directory(place);
	ASSERT_EQ(open(place + "/report"), 0);
	fs::remove_all(place);
	EXPECT_EQ(output_commit(&output), -ENOENT);
	EXPECT_EQ(files(), 0u);
}

TEST_P(Output, DevicesAndPipesAreWrittenAsTheyAre)
{
	const std::string fifo = folder + "/fifo";
	char text[8];

	ASSERT_EQ(open("/dev/null"), 0);
	put("new");
	EXPECT_EQ(output_commit(&output), 0);
	EXPECT_TRUE(fs::is_character_file("/dev/null"));
	ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
	const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK);
	ASSERT_EQ(open(fifo), 0);
	put("new");
	EXPECT_EQ(::read(reader, text, sizeof(text)), 3) << "before it is whole";
	EXPECT_EQ(output_commit(&output), 0);
	EXPECT_TRUE(fs::is_fifo(fifo));
	close(reader);
}

// The file behind standard output goes on where it is; it is neither cut nor replaced.
TEST_P(Output, StandardOutputByItsName)
{
	const int kept = dup(STDOUT_FILENO);

	write(path, "before ");
	const int file = ::open(path.c_str(), O_WRONLY | O_APPEND);
	dup2(file, STDOUT_FILENO);
	for (const std::string &name : {std::string("/dev/stdout"), std::string("/proc/self/fd/1"), path}) {
		ASSERT_EQ(open(name), 0);
		put("new ");
		EXPECT_EQ(output_commit(&output), 0);
	}
	ASSERT_EQ(output_open(&output, nullptr, GetParam()), 0);
	put("last");
	EXPECT_EQ(output_commit(&output), 0);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	close(file);
	EXPECT_EQ(read(path), "before new new new last");
}

TEST_P(Output, ASignalLeavesTheOldOne)
{
	for (int number : {SIGTERM, SIGINT, SIGHUP, SIGKILL}) {
		write(path, "old");
		const pid_t child = fork();

		if (child == 0) {
			signal(number, SIG_DFL); // behind nohup SIGHUP is ignored, and so it stays
			if (open(path) == 0 && ::write(output.fd, "half", 4) == 4)
				raise(number);
			_exit(1);
		}
		int status;

		waitpid(child, &status, 0);
		EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == number);
		EXPECT_EQ(read(path), "old");
		// What has a name and is killed leaves it: that is why it has none where it can be.
		EXPECT_EQ(files(), GetParam() == OUTPUT_NAMED && number == SIGKILL ? 2u : 1u);
	}
}

TEST(OutputStream, IsWrittenAsItComes)
{
	char name[] = "/tmp/output-test-XXXXXX";
	struct output output;
	struct stat st;

	close(mkstemp(name));
	ASSERT_EQ(output_open(&output, name, OUTPUT_STREAM), 0);
	ASSERT_EQ(::write(output.fd, "new", 3), 3);
	EXPECT_EQ(stat(name, &st), 0);
	EXPECT_EQ(st.st_size, 3);
	output_abandon(&output);
	EXPECT_EQ(stat(name, &st), 0);
	EXPECT_EQ(st.st_size, 3) << "what came stays";
	unlink(name);
}

} // namespace
