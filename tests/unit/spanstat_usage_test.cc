/* SPDX-License-Identifier: BSD-3-Clause */
/* The program and its shell: words that are wrong, terminals, files, signals, a daemon that is not there. */
#include "spanstat_fixture.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <csignal>
#include <vector>

namespace {

/* It goes on until it is interrupted, and that is no failure; what has come is printed. */
TEST_F(Spanstat, EventsUntilInterrupted)
{
	fake.live = true;
	for (const char *number : { "INT", "TERM" }) {
		std::ofstream(folder / "lines").close(); /* what the last one left is not waited for */
		Result result = run("events -H >lines & p=$!\n"
		                    "until [ \"$(wc -l <lines)\" -eq 3 ]; do sleep 0.01; done\n"
		                    "kill -" + std::string(number) + " $p; wait $p");

		EXPECT_EQ(result.status, 0) << number;
		EXPECT_EQ(result.err, "") << number;
		EXPECT_EQ(lines(slurp(folder / "lines")), 3u) << number;
		EXPECT_TRUE(server.wait_for_clients(0));
	}
}

/* Any report again and again: blank lines between, the ordinary end by an interrupt. */
TEST_F(Spanstat, Watch)
{
	const struct {
		const char *report;
		unsigned lines;
	} reports[] = { { "conn", 5 }, { "conn -H", 3 }, { "allconn --json", 3 }, { "all --csv", 4 },
		        { "listen --csv", 4 }, { "home -H", 2 }, { "stats --json", 1 },
		        { "conn --by state -H", 3 } };

	for (const auto &one : reports) {
		const unsigned most = 3 * (one.lines + 1) - 1;
		std::ofstream(folder / "lines").close();
		Result result = run("--watch 0.1 " + std::string(one.report) + " >lines & p=$!\n"
		                    "until [ \"$(wc -l <lines)\" -ge " + std::to_string(most) +
		                    " ]; do sleep 0.02; done\nkill -INT $p; wait $p");
		const std::string out = slurp(folder / "lines");

		EXPECT_EQ(result.status, 0) << one.report;
		EXPECT_EQ(result.err, "") << one.report;
		ASSERT_GE(lines(out), most) << out;
		std::vector<std::string> all;
		std::stringstream text(out);
		for (std::string line; std::getline(text, line);)
			all.push_back(line);
		for (unsigned i = 0; i < most; i++)
			EXPECT_EQ(all[i].empty(), i % (one.lines + 1) == one.lines) << one.report << i;
		EXPECT_EQ(out.find('\033'), std::string::npos) << "nothing is cleared where nothing is drawn";
	}
	EXPECT_TRUE(server.wait_for_clients(0));
}

/* Each round takes two samples of its own. */
TEST_F(Spanstat, WatchOfHealthIsNotOfTheFirstSecondAlone)
{
	std::ofstream(folder / "lines").close();
	Result result = run("--watch 0.1 health --csv >lines & p=$!\n"
	                    "until [ \"$(grep -c ^evictions <lines)\" -ge 2 ]; do sleep 0.02; done\n"
	                    "kill -INT $p; wait $p");
	const std::string out = slurp(folder / "lines");

	EXPECT_EQ(result.status, 0);
	EXPECT_NE(out.find("evictions,,good,0,2,"), std::string::npos) << out;
	EXPECT_NE(out.find("evictions,,good,0,4,"), std::string::npos) << out;
}

TEST_F(Spanstat, WatchEndsWithWhatItRepeats)
{
	Result gone = shell("./spanstat --watch 5 --socket nobody conn");

	expect_error(gone, 3, "no daemon answers");
	expect_error(run("--watch 0 conn"), 2, "seconds");
	expect_error(run("--watch conn"), 2, "seconds");
	expect_error(run("--watch 1 drop 1"), 2, "--watch");
	expect_error(run("--watch 1 events"), 2, "--watch");
	expect_error(shell("./spanstat --watch 1 -r x conn"), 2, "-r FILE");
	/* It ends where it is refused, and where nobody reads. */
	fake.open_result = -EINVAL;
	EXPECT_EQ(run("--watch 0.1 conn dport 1").status, 2);
	fake.open_result = 0;
	EXPECT_EQ(run("--watch 0.1 conn | head -n 7").err, "");
	EXPECT_EQ(lines(slurp(folder / "out")), 7u);
	/* A file has all of them. */
	std::ofstream(folder / "rows").close();
	EXPECT_EQ(run("--watch 0.1 conn -H -o rows & p=$!\n"
	              "until [ \"$(wc -l <rows)\" -ge 7 ]; do sleep 0.02; done\nkill $p; wait $p").status, 0);
}

TEST_F(Spanstat, TheDaemonRefusesAFilter)
{
	fake.open_result = -EINVAL;
	Result result = run("dport 443 conn");

	EXPECT_EQ(result.status, 2) << "no report of that name";
	result = run("-H conn dport 443");
	EXPECT_EQ(result.status, 2);
	EXPECT_EQ(result.err, "spanstat: asked wrongly\n");
	fake.open_result = -ENOMEM;
	EXPECT_EQ(run("conn dport 443").status, 1);
}

/* On a terminal of 80 columns, in columns that fit it; in a pipe and with -W with all there is. */
TEST_F(Spanstat, ATerminal)
{
	const int master = posix_openpt(O_RDWR | O_NOCTTY);
	const struct winsize size = { 24, 80, 0, 0 };
	char name[64], text[4096];

	ASSERT_GE(master, 0);
	ASSERT_EQ(grantpt(master) + unlockpt(master) + ptsname_r(master, name, sizeof(name)), 0);
	const int slave = open(name, O_RDWR | O_NOCTTY);
	ASSERT_EQ(ioctl(slave, TIOCSWINSZ, &size), 0);
	for (const char *words : { "conn -H", "allconn -H", "conn -H -W", "conn" }) {
		ASSERT_EQ(system(("cd " + (folder / ".") + " && ./spanstat --socket sock " + words + " >" + name).c_str()),
		          0);
		const ssize_t n = read(master, text, sizeof(text) - 1);
		ASSERT_GT(n, 0);
		text[n] = '\0';
		const std::string first(text, strcspn(text, "\r\n"));
		EXPECT_EQ(first.find('\x1b'), std::string::npos);
		if (strstr(words, "-W"))
			EXPECT_GT(first.size(), 80u) << first;
		else
			EXPECT_LE(first.size(), 80u) << first;
		if (!strcmp(words, "conn")) {
			EXPECT_NE(strstr(text, "\nId       Client "), nullptr) << text;
		}
	}
	close(slave);
	close(master);
	EXPECT_NE(run("conn").out.find("\nId       Proto Client "), std::string::npos);
}

TEST_F(Spanstat, WrongViews)
{
	expect_error(run("--as foo"), 2, "--as takes the address of a host such as 10.0.0.1, not 'foo'");
	expect_error(run("--as 10.0.0.0/8"), 2, "not '10.0.0.0/8'");
	expect_error(run("--as '*'"), 2, "not '*'");
	expect_error(run("--as ''"), 2, "not ''");
	expect_error(run("--dialect aix"), 2, "--dialect takes zos, linux, ss, bsd, solaris or windows, not 'aix'");
	expect_error(run("--dialect none"), 2, "not 'none'");
	expect_error(run("byteinfo --dialect ss"), 2, "--dialect ss has no byteinfo");
	expect_error(run("sockets --dialect linux"), 2, "--dialect linux has no sockets");
	expect_error(run("--by state --dialect ss"), 2, "--by and --dialect exclude each other");
	expect_error(run("--format long"), 2, "--format goes with --dialect zos only");
	expect_error(run("--dialect zos -M wide"), 2, "--format takes short, long or console, not 'wide'");
	expect_error(run("all --as 10.0.0.1"), 2, "go with conn, allconn, byteinfo and sockets only");
	expect_error(run("stats --as 10.0.0.1"), 2, "go with conn, allconn, byteinfo and sockets only");
	expect_error(run("drop 2A --dialect ss"), 2, "go with conn");
	expect_error(run("--dialect ss state foo"), 2, "unknown report 'state'");
	expect_error(run("conn --dialect ss state foo"), 2, "column 7: expected a state");
}

TEST_F(Spanstat, WrongUsage)
{
	expect_error(run("bytes"), 2, "'bytes'");
	expect_error(run("conn state foo"), 2, "column 7: expected a state");
	expect_error(run("-c conn"), 2, "column 1: expected a test, as state, src, dport or idle, not 'conn'");
	expect_error(run("stats dport 443"), 2, "column 1: 'dport'");
	expect_error(run("drop 2A 2B"), 2, "column 1: expected a test");
	expect_error(run("drop 0x2A"), 2, "column 1: expected a test");
	expect_error(run("drop 12345678123456781"), 2, "column 1");
	expect_error(run("drop ''"), 2, "needs the id");
	expect_error(run("drop --limit 3 2A"), 2, "do not go with this report");
	expect_error(run("stats --sort bytes"), 2, "do not go with this report");
	expect_error(run("--sort foo"), 2, "--sort: column 1: expected a field to sort by");
	expect_error(run("--sort bytes,"), 2, "--sort: column 7");
	expect_error(run("--by foo"), 2, "--by: column 1: expected a field to group by");
	expect_error(run("--by server --sort idle"), 2, "--sort: column 1: expected count, packets");
	expect_error(run("--limit 0"), 2, "not '0'");
	expect_error(run("--limit -1"), 2, "not '-1'");
	expect_error(run("--limit 5x"), 2, "not '5x'");
	expect_error(run("--limit 99999999999999999999"), 2, "--limit takes a number");
	expect_error(run("-I 10.0.0.1:443"), 2, "-I takes ADDRESS[/LENGTH]");
	expect_error(run("-I '10.0.0.1 or port 5'"), 2, "-I takes");
	expect_error(run("-P 65536"), 2, "-P takes a port");
	expect_error(run("-P '5) or (port 6'"), 2, "-P takes a port");
	expect_error(run("-P 1 -P 2 -P 3 -P 4 -P 5 -P 6 -P 7"), 2, "6 times");
	expect_error(run("conn '" + std::string(3000, '(') + "'"), 2, "3000 bytes");
	expect_error(run("drop"), 2, "needs the id");
	expect_error(run("-c -a"), 2, "two reports");
	expect_error(run("-Z"), 2, "'-Z'");
	expect_error(run("--frobnicate"), 2, "'--frobnicate'");
	expect_error(run("-o"), 2, "needs an argument");
	expect_error(run("--json=1"), 2, "takes no argument: '--json=1'");
	expect_error(run("--no-header=1"), 2, "takes no argument: '--no-header=1'");
	expect_error(run("-:"), 2, "unknown option '-:'");
	expect_error(run("--json --csv"), 2, "exclude");
	expect_error(run("--at +5m"), 2, "-r FILE");
	expect_error(run("--keep"), 2, "-r FILE");
	expect_error(run("-r x"), 2, "exclude");
	for (const char *at : { "5m", "+", "+5", "+m", "+5x", "+5m5m", "+1m1h", "+-5m", "+99999999999d" })
		expect_error(shell("./spanstat -r x --at " + std::string(at)), 2, at);
	EXPECT_EQ(run("--help").status, 0);
	EXPECT_EQ(run("-h conn").out.find("usage: spanstat "), 0u);
	EXPECT_EQ(run("--version").out, "spanstat " SPANSTAT_VERSION "\n");
}

TEST_F(Spanstat, NoDaemon)
{
	expect_error(shell("echo kept > file; ./spanstat --socket none -o file"), 3, "at none (");
	EXPECT_EQ(slurp(folder / "file"), "kept\n");
	expect_error(shell("./spanstat --socket none"), 3, "spanstatd --interface");
}

TEST_F(Spanstat, OutputToAFile)
{
	Result plain = run("--json"), filed = run("--json -o file");

	EXPECT_EQ(filed.status, 0);
	EXPECT_EQ(filed.out, "");
	EXPECT_EQ(slurp(folder / "file"), plain.out);
	expect_error(run("-o /dev/full"), 1, "/dev/full: No space left");
	expect_error(run("-o no/such"), 1, "no/such: No such file");
	expect_error(run("> /dev/full"), 1, "standard output: No space left");
	expect_error(run(">&-"), 1, "standard output: Bad file descriptor");
}

TEST_F(Spanstat, AReaderThatGoesAwayIsSilent)
{
	fake.n_rows = 1000000;
	Result result = shell("mkfifo fifo; head -1 < fifo > first & ./spanstat --socket sock --json > fifo;"
	               " s=$?; wait; exit $s");
	EXPECT_EQ(result.status, 128 + SIGPIPE);
	EXPECT_EQ(result.err, "");
	EXPECT_EQ(lines(slurp(folder / "first")), 1u);
}

TEST_F(Spanstat, AReportThatIsCutSaysSo)
{
	fake.n_rows = 2000;
	const unsigned max = ctl_frame_rows_max(REPORT_ASK_CONN);

	fake.fail_after = 2 * max;
	Result result = run("");
	std::string rows = std::to_string(2 * max);

	EXPECT_EQ(result.status, 1);
	EXPECT_EQ(result.err.find("spanstat: the report was cut short"), 0u) << result.err;
	EXPECT_EQ(lines(result.out), 2 + 2 * max + 1);
	EXPECT_NE(result.out.find("\n(cut short: " + rows + " connections"), std::string::npos);
	EXPECT_EQ(lines(run("--json").out), 2 * max);
}

TEST_F(Spanstat, ThePrivateDaemonsArguments)
{
	make_private_daemon("echo \"$@\" >args; echo noise; exit 1");
	Result result = shell("./spanstat -r a.pcap --at +1h30m -r 'b c' --keep allconn");

	EXPECT_EQ(result.status, 1);
	EXPECT_EQ(result.out + result.err, "") << "it says its errors itself";
	std::string args = slurp(folder / "args");
	EXPECT_EQ(args.find("--private "), 0u) << args;
	EXPECT_NE(args.find(" --read a.pcap --read b c --at 5400 --keep\n"), std::string::npos) << args;
	shell("./spanstat -r a.pcap events");
	args = slurp(folder / "args");
	EXPECT_NE(args.find(" --read a.pcap --stepwise\n"), std::string::npos) << args;
}

TEST_F(Spanstat, ThePrivateDaemonFails)
{
	make_private_daemon("echo 'spanstat: x: no capture file' >&2; exit 1");
	expect_error(shell("./spanstat -r x"), 1, "x: no capture file");
	make_private_daemon("exit 7");
	expect_error(shell("./spanstat -r x"), 1, "status 7");
	make_private_daemon("kill -SEGV $$");
	expect_error(shell("./spanstat -r x"), 1, "signal 11");
	make_private_daemon("exit 0");
	expect_error(shell("./spanstat -r x"), 1, "before the report was complete");
	expect_error(shell("./spanstat -r x drop 1"), 2, "(a daemon)");
}

} // namespace
