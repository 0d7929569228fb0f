/* SPDX-License-Identifier: BSD-3-Clause */
/* The program's reports: what the daemon is asked for, and what is printed. */
#include "spanstat_fixture.h"

namespace {

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

} // namespace
