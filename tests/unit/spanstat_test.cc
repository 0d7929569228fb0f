/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The program itself, as a shell sees it: exit status, output, one line on standard error.
 *
 * SPANSTAT in the environment is the program. The daemon is a server of the test's own; the private
 * daemon of -r is a shell script that lies beside a copy of the program.
 */
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>
#include <vector>

#include "ctl_fixture.h"

namespace {

struct Result {
	int status; /* as a shell has it: 128 and the signal's number when one ended it */
	std::string out, err;
};

std::string
slurp(const std::string &path)
{
	std::ifstream file(path);
	std::stringstream text;

	text << file.rdbuf();
	return text.str();
}

class Spanstat : public ::testing::Test {
protected:
	Spanstat() : path(folder / "sock"), server(&fake)
	{
		const char *program = getenv("SPANSTAT");

		if (!program)
			ADD_FAILURE() << "SPANSTAT is not set";
		else if (symlink(program, (folder / "spanstat").c_str()))
			ADD_FAILURE() << strerror(errno);
		fake.n_rows = 3;
		EXPECT_EQ(server.listen(path), 0);
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

unsigned
lines(const std::string &text)
{
	return static_cast<unsigned>(std::count(text.begin(), text.end(), '\n'));
}

TEST_F(Spanstat, ConnIsTheDefault)
{
	Result bare = run(""), named = run("conn"), letter = run("-c");

	EXPECT_EQ(bare.status, 0);
	EXPECT_EQ(lines(bare.out), 5u) << bare.out;
	EXPECT_EQ(bare.out.find("spanstat " SPANSTAT_VERSION "   tap1   "), 0u) << bare.out;
	EXPECT_EQ(bare.err, "");
	EXPECT_EQ(named.out, bare.out);
	EXPECT_EQ(letter.out, bare.out);
	EXPECT_EQ(lines(run("-H").out), 3u);
	EXPECT_EQ(lines(run("--csv").out), 4u);
	EXPECT_EQ(lines(run("--csv -H").out), 3u);
	EXPECT_EQ(lines(run("--json").out), 3u);
	EXPECT_EQ(run("allconn --no-header --json").out, run("--json -a").out);
	fake.n_rows = 0;
	EXPECT_EQ(run("--json").status, 0);
	EXPECT_EQ(run("--json").out, "");
}

TEST_F(Spanstat, All)
{
	Result named = run("all");

	EXPECT_EQ(named.status, 0);
	EXPECT_EQ(run("-A").out, named.out);
	EXPECT_NE(named.out.find("\n00000001  tcp"), std::string::npos) << named.out;
	EXPECT_EQ(lines(run("all --json").out), 3u);
	EXPECT_EQ(lines(run("all --csv").out), 4u);
	EXPECT_EQ(lines(run("-A --csv -H").out), 3u);
	fake.n_rows = 1000;
	EXPECT_EQ(lines(run("all --json").out), 1000u);
}

TEST_F(Spanstat, Listen)
{
	Result named = run("listen");

	EXPECT_EQ(named.status, 0);
	EXPECT_EQ(lines(named.out), 5u) << named.out;
	EXPECT_EQ(run("-l").out, named.out);
	EXPECT_EQ(lines(run("listen -H").out), 3u);
	EXPECT_EQ(lines(run("-l --csv").out), 4u);
	EXPECT_EQ(lines(run("-l --csv -H").out), 3u);
	EXPECT_NE(run("listen --json").out.find("{\"proto\":\"tcp\",\"ip\":\"0.0.0.0\",\"port\":1,"),
	          std::string::npos);
	EXPECT_NE(run("listen --json --all").out.find("{\"proto\":\"udp\""), std::string::npos);
	EXPECT_EQ(run("-l --json -o rows").out, "");
	EXPECT_EQ(lines(slurp(folder / "rows")), 3u);
	fake.n_rows = 1000;
	EXPECT_EQ(lines(run("-l -H").out), 1000u);
	expect_error(run("conn --all"), 2, "--all goes with listen");
	expect_error(run("listen tcp"), 2, "column 1: 'tcp'");
}

TEST_F(Spanstat, StatsAndHome)
{
	EXPECT_NE(run("stats --json").out.find("\"received\":77"), std::string::npos);
	EXPECT_EQ(run("-S --csv").out.find("name,value\n"), 0u);
	EXPECT_EQ(run("home -H").out, "10.0.0.0/8\nfe80::/10\n");
	EXPECT_EQ(lines(run("home").out), 3u);
	EXPECT_EQ(run("home --csv").out, "network\n10.0.0.0/8\nfe80::/10\n");
}

TEST_F(Spanstat, Drop)
{
	Result result = run("drop 0000002a");

	EXPECT_EQ(result.status, 0);
	EXPECT_EQ(result.out + result.err, "");
	EXPECT_EQ(fake.dropped_id, 0x2au);
	EXPECT_EQ(run("-D 123456789ABCDEF0").status, 0);
	EXPECT_EQ(fake.dropped_id, 0x123456789abcdef0u);
	fake.drop_result = -ENOENT;
	expect_error(run("drop 2B"), 1, "0000002B");
}

/* What the command line says arrives at the daemon. */
TEST_F(Spanstat, FiltersAndTheirKin)
{
	EXPECT_EQ(run("conn -H state close-wait and 'dport >= 443'").status, 0);
	EXPECT_EQ(fake.last_ask.filter, "state close-wait and dport >= 443");
	EXPECT_EQ(run("-a --sort -bytes,client --limit 10").status, 0);
	EXPECT_EQ(fake.last_ask.filter, "");
	EXPECT_EQ(fake.last_ask.sort, "-bytes,client");
	EXPECT_EQ(fake.last_ask.limit, 10u);
	EXPECT_EQ(run("all -I 10.0.0.0/8 -I 2001:db8::1 -P 443").status, 0);
	EXPECT_EQ(fake.last_ask.filter,
	             " (host 10.0.0.0/8 or host 2001:db8::1) (port 443)");
	EXPECT_EQ(run("-P 22 -P 23 conn proto tcp or proto udp").status, 0);
	EXPECT_EQ(fake.last_ask.filter, "(proto tcp or proto udp) (port 22 or port 23)");
	EXPECT_EQ(run("conn").status, 0);
	EXPECT_EQ(fake.last_ask.filter + fake.last_ask.sort + fake.last_ask.by, "") << "nothing is asked for";
	EXPECT_EQ(fake.last_ask.limit + fake.last_ask.lines + fake.last_ask.as_version, 0u);
}

TEST_F(Spanstat, Groups)
{
	Result text = run("allconn --by server-port,vlan --sort -count proto tcp");

	EXPECT_EQ(text.status, 0);
	EXPECT_EQ(fake.last_ask.by, "server-port,vlan");
	EXPECT_EQ(fake.last_ask.sort, "-count");
	EXPECT_EQ(fake.last_ask.filter, "proto tcp");
	EXPECT_EQ(fake.last_ask.report, static_cast<unsigned>(REPORT_ASK_GROUP));
	EXPECT_EQ(fake.last_ask.of, static_cast<unsigned>(REPORT_ASK_ALLCONN));
	EXPECT_EQ(lines(text.out), 5u) << text.out;
	EXPECT_NE(text.out.find("\nPort  VLAN  "), std::string::npos) << text.out;
	fake.n_rows = 0;
	EXPECT_EQ(run("--csv --by state").out, "state,other,count,packets,bytes,payload\n");
	EXPECT_EQ(run("--json --by state").out, "");
}

TEST_F(Spanstat, Events)
{
	Result text = run("events dport 443 --limit 3");

	EXPECT_EQ(text.status, 0);
	EXPECT_EQ(fake.last_ask.filter, "dport 443");
	EXPECT_EQ(fake.last_ask.limit, 3u);
	EXPECT_EQ(lines(text.out), 5u) << text.out;
	EXPECT_NE(text.out.find("\nTime            Event  Id  "), std::string::npos) << text.out;
	EXPECT_EQ(lines(run("events -H").out), 3u);
	EXPECT_EQ(lines(run("events --csv").out), 4u);
	EXPECT_EQ(run("events --json").out.find("{\"type\":\"opened\",\"time\":"), 0u);
	EXPECT_EQ(run("events -P 443 proto tcp").status, 0);
	EXPECT_EQ(fake.last_ask.filter, "(proto tcp) (port 443)");
	expect_error(run("events --sort bytes"), 2, "--sort and --by do not go with them");
	expect_error(run("events --by server"), 2, "--sort and --by do not go with them");
	expect_error(run("events nonsense"), 2, "column 1");
}

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

TEST_F(Spanstat, ALimitThatCutsIsSaidInText)
{
	fake.cut = true;
	Result text = run("--limit 3");

	EXPECT_EQ(text.status, 0);
	EXPECT_EQ(text.err, "");
	EXPECT_NE(text.out.find("\n(cut short: 3 connections shown, more are missing)\n"), std::string::npos);
	EXPECT_EQ(lines(run("--limit 3 --json").out), 3u);
	EXPECT_EQ(lines(run("--limit 3 --csv -H").out), 3u);
	EXPECT_NE(run("--limit 3 --by proto").out.find("(cut short: 3 groups"), std::string::npos);
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

TEST_F(Spanstat, DropByFilter)
{
	Result result = run("drop server 10.0.0.1 and idle '>' 1h");

	EXPECT_EQ(result.status, 0) << result.err;
	EXPECT_EQ(result.out, "3 connections forgotten\n");
	EXPECT_EQ(fake.last_ask.filter, "server 10.0.0.1 and idle > 1h");
	EXPECT_EQ(run("drop --json dport 1").out, "{\"dropped\":3}\n");
	EXPECT_EQ(run("drop --csv dport 1").out, "dropped\n3\n");
	fake.n_rows = 0;
	result = run("drop dport 1");
	EXPECT_EQ(result.status, 0) << "nothing matched, and that is no failure";
	EXPECT_EQ(result.out, "0 connections forgotten\n");
	fake.n_rows = 2000;
	fake.fail_after = 300;
	result = run("drop dport 1");
	EXPECT_EQ(result.status, 1);
	EXPECT_NE(result.out.find(" connections forgotten\n"), std::string::npos) << result.out;
}

/* Whose netstat arrives at the daemon, and which lines that system's command would show. */
TEST_F(Spanstat, LinesAreAskedFor)
{
	const unsigned all = QUERY_LINES | QUERY_LINES_SOCKETS;
	const struct {
		const char *words;
		unsigned lines, version;
		const char *sort;
	} cases[] = {
		{ "conn --as 10.0.0.1", QUERY_LINES | QUERY_LINES_SERVED, 4, "" },
		{ "allconn --as fe80::1", QUERY_LINES | QUERY_LINES_SERVED, 6, "" },
		{ "conn --dialect linux", QUERY_LINES, 0, "" },
		{ "allconn --dialect ss --as 10.0.0.1", all, 4, "" },
		{ "conn --dialect zos", all, 0, "" },
		{ "-a --dialect zos -M short", all | QUERY_LINES_CLOSED, 0, "" },
		{ "-a --dialect solaris", all, 0, "-proto,bound" },
		{ "-a --dialect solaris --json", all, 0, "" },
		{ "-a --dialect solaris --sort idle", all, 0, "idle" },
		{ "byteinfo --dialect zos", QUERY_LINES, 0, "" },
		{ "-s", all, 0, "bound" },
		{ "sockets --json --as 10.0.0.1", all, 4, "bound" },
		{ "--by state --as 10.0.0.1", QUERY_LINES | QUERY_LINES_SERVED, 4, "" },
		{ "-b --limit 3", 0, 0, "" },
	};

	for (const auto &c : cases) {
		fake.last_ask = {};
		EXPECT_EQ(run(c.words).status, 0) << c.words;
		EXPECT_EQ(fake.last_ask.lines, c.lines) << c.words;
		EXPECT_EQ(fake.last_ask.as_version, c.version) << c.words;
		EXPECT_EQ(fake.last_ask.sort, c.sort) << c.words;
	}
	EXPECT_EQ(fake.last_ask.limit, 3u);
	EXPECT_EQ(run("conn --as 10.0.0.1 sport = :22").status, 0);
	EXPECT_EQ(fake.last_ask.filter, "sport = :22");
	EXPECT_EQ(memcmp(fake.last_ask.as, "\x0a\0\0\x01\0\0", 6), 0);
}

TEST_F(Spanstat, LinesArePrinted)
{
	EXPECT_EQ(lines(run("--as 10.0.0.1").out), 5u);
	EXPECT_NE(run("--as 10.0.0.1").out.find(" Local "), std::string::npos);
	EXPECT_EQ(lines(run("-H --dialect linux").out), 3u);
	EXPECT_EQ(lines(run("--dialect linux").out), 6u);
	EXPECT_EQ(lines(run("--csv --dialect ss").out), 4u);
	EXPECT_EQ(lines(run("--json --dialect ss").out), 3u);
	EXPECT_EQ(lines(run("byteinfo").out), 5u);
	EXPECT_EQ(lines(run("byteinfo -H --json").out), 3u);
	EXPECT_EQ(lines(run("-H --dialect zos").out), 9u) << "LONG, three lines each";
	EXPECT_EQ(lines(run("-H --dialect zos --as fd00::1").out), 9u);
	EXPECT_EQ(lines(run("-H --dialect zos --as 10.0.0.1").out), 3u) << "SHORT";
	EXPECT_EQ(lines(run("-H --dialect zos --format SHORT").out), 3u);
	EXPECT_EQ(lines(run("-H --dialect zos --as 10.0.0.1 -M long").out), 9u);
	fake.n_rows = 0;
	EXPECT_EQ(lines(run("--dialect linux").out), 3u) << "an empty report has its headings";
	fake.n_rows = 3;
	fake.cut = true;
	EXPECT_NE(run("--dialect bsd --limit 3").out.find("\n(cut short: 3 lines shown"), std::string::npos);
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
	expect_error(run("--dialect zos -M wide"), 2, "--format takes short or long, not 'wide'");
	expect_error(run("all --as 10.0.0.1"), 2, "go with conn, allconn, byteinfo and sockets only");
	expect_error(run("stats --as 10.0.0.1"), 2, "go with conn, allconn, byteinfo and sockets only");
	expect_error(run("drop 2A --dialect ss"), 2, "go with conn");
	expect_error(run("--dialect ss state foo"), 2, "unknown report 'state'");
	expect_error(run("conn --dialect ss state foo"), 2, "column 7: expected a state");
}

/* Reports of digests: a filter, a limit, and text of one line or more a line. */
TEST_F(Spanstat, Digests)
{
	struct {
		const char *name, *heading, *json;
		unsigned text_lines;
	} table[] = {
		{ "leaks", "\nServer ", "\"verdict\":\"not-closing\"", 2 },
		{ "timewait", "\nClient ", "\"time_wait\":3", 3 },
		{ "clients", "\nClient ", "\"count\":3", 1 },
	};
	for (const auto &row : table) {
		const std::string name = row.name;
		Result text = run(name);

		EXPECT_EQ(text.status, 0) << text.err;
		EXPECT_EQ(fake.last_ask.filter, "");
		EXPECT_EQ(lines(text.out), 2 + 3 * row.text_lines) << text.out;
		EXPECT_NE(text.out.find(row.heading), std::string::npos) << text.out;
		EXPECT_EQ(lines(run(name + " -H").out), 3 * row.text_lines);
		EXPECT_EQ(lines(run(name + " --json").out), 3u);
		EXPECT_NE(run(name + " --json").out.find(row.json), std::string::npos);
		EXPECT_EQ(lines(run(name + " --csv").out), 4u);
		EXPECT_EQ(lines(run(name + " --csv -H").out), 3u);
		EXPECT_EQ(run(name + " server 10.0.0.0/8 -P 443 --limit 7").status, 0);
		EXPECT_EQ(fake.last_ask.filter, "(server 10.0.0.0/8) (port 443)");
		EXPECT_EQ(fake.last_ask.limit, 7u);
		expect_error(run(name + " server foo"), 2, "column 8: expected");
		expect_error(run(name + " --by server"), 2, "it goes without --by");
		fake.cut = true;
		EXPECT_NE(run(name).out.find("\n(cut short: 3 lines shown, more are missing)\n"),
		          std::string::npos);
		fake.cut = false;
	}
	EXPECT_EQ(run("-e").out, run("clients").out);
	EXPECT_EQ(run("clients --sort -bytes,count").status, 0);
	EXPECT_EQ(fake.last_ask.sort, "-bytes,count");
	expect_error(run("clients --sort idle"), 2, "--sort: column 1");
	expect_error(run("leaks --sort count"), 2, "it goes without --sort");
	fake.n_rows = 1000;
	EXPECT_EQ(lines(run("leaks --json").out), 1000u);
	fake.n_rows = 0;
	EXPECT_EQ(run("leaks --json").out, "");
	EXPECT_EQ(lines(run("leaks --csv").out), 1u);
}

TEST_F(Spanstat, HealthLooksTwice)
{
	Result json = run("health --json");

	EXPECT_EQ(json.status, 0) << json.err;
	EXPECT_EQ(fake.n_stats, 2u);
	EXPECT_NE(json.out.find("\"now\":{\"count\":0,\"total\":0,\"share\":0.000000000,\"seconds\":1}"),
	          std::string::npos) << json.out;
	Result text = run("health");
	EXPECT_EQ(text.out.find("spanstat " SPANSTAT_VERSION "   tap1   "), 0u) << text.out;
	EXPECT_EQ(text.out.find("spanstat ", 1), std::string::npos) << "one title";
	EXPECT_NE(text.out.find("\nbad   packets of port tap0"), std::string::npos) << text.out;
	EXPECT_EQ(run("health --csv").out.find("check,of,verdict,"), 0u);
	expect_error(run("health port 5"), 2, "column 1: 'port'");
	expect_error(shell("./spanstat --socket none health"), 3, "at none (");
}

TEST_F(Spanstat, StatesNeedNobody)
{
	Result asked = run("states"), alone = shell("./spanstat --socket none states");

	EXPECT_EQ(asked.status, 0);
	EXPECT_NE(asked.out.find("\nCLOSE_WAIT    clients 41, servers 42\n"), std::string::npos) << asked.out;
	EXPECT_EQ(alone.status, 0);
	EXPECT_EQ(alone.err, "");
	EXPECT_NE(alone.out.find("\nCLOSE_WAIT\n"), std::string::npos) << alone.out;
	EXPECT_EQ(lines(run("states --json").out), static_cast<unsigned>(REPORT_STATES));
	EXPECT_EQ(lines(shell("./spanstat --socket none states --json").out), static_cast<unsigned>(REPORT_STATES));
	EXPECT_EQ(lines(shell("./spanstat --socket none states --csv").out), REPORT_STATES + 1u);
	EXPECT_EQ(shell("./spanstat --socket none states -o file").out, "");
	EXPECT_EQ(slurp(folder / "file"), alone.out);
	expect_error(shell("./spanstat --socket none states > /dev/full"), 1, "No space left");
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
	expect_error(shell("./spanstat -r x drop 1"), 2, "running daemon");
}

} // namespace
