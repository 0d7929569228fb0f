// SPDX-License-Identifier: BSD-3-Clause
// The language of a configuration: what it says, every mistake in its line, and on from there.

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "conf_key.h"
#include "conf_parse.h"

namespace
{

using Lines = std::vector<std::string>;

void
keep(void *arg, const char *message)
{
	static_cast<Lines *>(arg)->push_back(std::string(message).substr(2));
}

struct Parsed {
	struct conf conf;
	Lines told; // LINE: what is wrong
};

// The text is all that there is, so that a byte read beyond it is found.
Parsed
parse(const std::string &text)
{
	std::vector<char> buffer(text.c_str(), text.c_str() + text.size() + 1);
	conf_mistakes mistakes;
	struct conf_lines lines;
	Parsed parsed;

	conf_init(&parsed.conf);
	conf_mistakes_init(&mistakes);
	conf_parse(buffer.data(), &parsed.conf, &lines, &mistakes);
	conf_mistakes_report(&mistakes, "f", keep, &parsed.told);
	conf_mistakes_fini(&mistakes);
	return parsed;
}

Lines
told(const std::string &text)
{
	return parse(text).told;
}

// `eal` takes almost any text, so what a value reads as is seen there.
std::string
value(const std::string &written)
{
	Parsed parsed = parse("eal = " + written);

	EXPECT_EQ(parsed.told, Lines{}) << written;
	return parsed.conf.eal;
}

TEST(ConfParse, NothingWrong)
{
	for (const char *good :
	     {"", "\n\n", "workers = 4", "workers=4 flows=2000", "workers\n=\n4", "timers { msl = 3 }",
	      "timers{msl=3}identity{vlan=on}", "home = {}", "home = { 10.0.0.0/8, fc00::/7, }",
	      "home = 10.0.0.0/8", "home += { 10.0.0.0/8 }", "home += 10.0.0.0/8", "name = \"a { b = } c\"",
	      "\"workers\" = 2", "timers { } timers { msl = 3 }", "timers\n{ }", "name = timers",
	      "name = workers workers = 2", "eal = include", "\xef\xbb\xbf workers = 2"})
		EXPECT_EQ(told(good), Lines{}) << good;
}

TEST(ConfParse, ListsAreSetAddedToAndEmptied)
{
	EXPECT_EQ(parse("home = {}").conf.home.count, 0u);
	EXPECT_EQ(parse("home = { 1.0.0.0/8, 2.0.0.0/8 }").conf.home.count, 2u);
	EXPECT_EQ(parse("home = 1.0.0.0/8").conf.home.count, 1u);
	EXPECT_EQ(parse("home += { 1.0.0.0/8 } home += 2.0.0.0/8").conf.home.count, 8u);
	EXPECT_EQ(parse("home = {} home += 2.0.0.0/8").conf.home.count, 1u);
}

TEST(ConfParse, Words)
{
	EXPECT_EQ(value("a.b:c;d/e-f_g[1]\\x"), "a.b:c;d/e-f_g[1]\\x");
	EXPECT_EQ(value("\xc3\xa4"), "\xc3\xa4");
	EXPECT_EQ(value("/run/x"), "/run/x");
	EXPECT_EQ(value("$HOME"), "$HOME");
	EXPECT_EQ(value("a$"), "a$");
	EXPECT_EQ(value("a workers = 2"), "a");
}

TEST(ConfParse, Quotes)
{
	EXPECT_EQ(value("\"\""), "");
	EXPECT_EQ(value("''"), "");
	EXPECT_EQ(value("\"a 'b' # // /* { } = , ( )\""), "a 'b' # // /* { } = , ( )");
	EXPECT_EQ(value("'a \"b\" ${x} \\n \\x41 \\1'"), "a \"b\" ${x} \\n \\x41 \\1");
	EXPECT_EQ(value("'it\\'s \\\\'"), "it's \\");
	EXPECT_EQ(value("\"a\\\"b\\\\c\\'d\\qe\""), "a\"b\\c'dqe");
	EXPECT_EQ(value("\"\\101\\x42\\x4a1\\60z\\$\\{\\x\""), "ABJ10z${x");
	EXPECT_EQ(value("\"a \\\n  b\\\n\""), "a   b");
	EXPECT_EQ(value("'a \\\n  b'"), "a   b");
	EXPECT_EQ(parse("names = \"10.0.0.1\\tdb1\"").conf.names.count, 1u);
	for (const char *control : {"\\n", "\\r", "\\t", "\\a", "\\b", "\\e", "\\f", "\\v", "\\1", "\\x1f"})
		EXPECT_EQ(told("eal = \"" + std::string(control) + "\""),
		          Lines{"1: eal: has a control character or a line end in it"})
		    << control;
}

TEST(ConfParse, EscapesThatAreNone)
{
	const struct {
		const char *written, *shown;
	} bad[] = {{"\\400", "\\400"}, {"\\0", "\\0"}, {"\\000", "\\000"}, {"\\18", "\\18"},
	           {"\\9", "\\9"}, {"\\1234", "\\1234"}, {"\\1011", "\\1011"}, {"\\x0", "\\x0"}, {"\\x00", "\\x00"}};

	for (const auto &row : bad)
		EXPECT_EQ(told("\neal = \"a" + std::string(row.written) + " b\" workers = 0"),
		          (Lines{"2: escape '" + std::string(row.shown) +
		                     "' is out of range, \\1 to \\377 or \\x1 to \\xff",
		                 "2: workers: 0 is out of range, 1 to 64"}));
}

TEST(ConfParse, Comments)
{
	for (const char *good :
	     {"workers # b\n= 4", "workers = 4 // b", "/* x */ workers = 4", "/* x\n y */workers = 4",
	      "/**/workers/***/=/****/4", "# /* \nworkers = 4", "/* # */workers = 4", "workers = 4#x",
	      "workers = 4//x", "workers = 4/* x */", "//", "#", "/* // */ workers = 4", "// */\nworkers = 4",
	      "/*/*/ workers = 4", "home = { # a\n10.0.0.0/8 // b\n, /* c */ } workers = 4"})
		EXPECT_EQ(told(good), Lines{}) << good;
	EXPECT_EQ(parse("flows/* x */=/**/2048").conf.flows, 2048u);
	EXPECT_EQ(parse("socket = /run//x").told, Lines{});
	EXPECT_STREQ(parse("socket = /run//x").conf.socket, "/run");
	EXPECT_EQ(told("/* a\n\n b */ x = 1"), Lines{"3: unknown key 'x'"});
	EXPECT_EQ(told("workers = 4\n'x\\\n' = 1\n b /* c\n*"),
	          (Lines{"2: unknown key 'x'", "4: this comment never ends", "4: unknown key 'b'"}));
	EXPECT_EQ(told("/*/"), Lines{"1: this comment never ends"});
}

TEST(ConfParse, UnknownKeysHideNothing)
{
	Parsed got = parse("worker = 4\nworkers = 5\nfoo = { a, b = { c } }\nbar { x = 1\n y { } }\n"
	                   "baz += 'q'\nflows = 2000");

	EXPECT_EQ(got.told, (Lines{"1: unknown key 'worker'", "3: unknown key 'foo'",
	                           "4: unknown key 'bar'", "6: unknown key 'baz'"}));
	EXPECT_EQ(got.conf.workers, 5u);
	EXPECT_EQ(got.conf.flows, 2000u);
}

TEST(ConfParse, UnknownKeyTellsWhereItBelongs)
{
	EXPECT_EQ(told("syn-sent = 4\ntimers { workers = 5\n nothing = 1 }\nTimers { }"),
	          (Lines{"1: unknown key 'syn-sent'; it belongs in section 'timers'",
	                 "2: unknown key 'workers' in section 'timers'; it belongs outside any section",
	                 "3: unknown key 'nothing' in section 'timers'", "4: unknown key 'Timers'"}));
	EXPECT_EQ(told("timers|msl = 3"), Lines{"1: unknown key 'timers|msl'"});
	EXPECT_EQ(told("work = 1").size() + told("workerss = 1").size(), 2u) << "whole names";
	EXPECT_EQ(told(std::string(1000, 'x') + " = 1")[0].size(), 3 + 14 + 64u);
}

TEST(ConfParse, UnknownKeyWithoutEqualSignTakesItsLine)
{
	Parsed got = parse("worker 4\nflows = 2000\nfoo");

	EXPECT_EQ(got.told, (Lines{"1: unknown key 'worker'", "3: unknown key 'foo'"}));
	EXPECT_EQ(got.conf.flows, 2000u);
	EXPECT_EQ(told("timers { foo 3 } flows = 2000"),
	          Lines{"1: unknown key 'foo' in section 'timers'"});
	EXPECT_EQ(told("log level = info\nflows = 2000"), Lines{"1: unknown key 'log'"});
	EXPECT_EQ(told("foo 'title' {\n x = 1 }\nflows = 2000"), Lines{"1: unknown key 'foo'"});
	EXPECT_EQ(told("foo bar {"),
	          (Lines{"1: unknown key 'foo'", "1: the '{' here is never closed"}));
	EXPECT_EQ(told("foo bar workers = 0"),
	          (Lines{"1: unknown key 'foo'", "1: workers: 0 is out of range, 1 to 64"}));
}

TEST(ConfParse, NoFunctionsNoOtherFiles)
{
	EXPECT_EQ(told("include(\"/etc/other.conf\")\nworkers = 0"),
	          (Lines{"1: unknown function 'include'; a configuration has no functions",
	                 "2: workers: 0 is out of range, 1 to 64"}));
	EXPECT_EQ(told("include = x"), Lines{"1: unknown key 'include'"});
}

TEST(ConfParse, RepeatedKeys)
{
	Parsed got = parse("workers = 1\nworkers = 2\nhome = {}\nhome += {1.0.0.0/8}\nhome += {2.0.0.0/8}\n"
	                   "home = {bad, bad = 3}\ntimers { msl = 1 }\ntimers { msl = 1\nudp = 1 }");

	EXPECT_EQ(got.told, (Lines{"2: workers is set again; line 1 did it first",
	                           "6: home is set again; line 3 did it first", "6: home: stray '='",
	                           "8: msl is set again; line 7 did it first"}));
	EXPECT_EQ(got.conf.workers, 1u);
	EXPECT_EQ(got.conf.home.count, 2u);
	EXPECT_EQ(told("home += {}\nhome = {}"), Lines{"2: home is set again; line 1 did it first"});
	EXPECT_EQ(told("workers = 0\nworkers = 2\nworkers = 3"),
	          (Lines{"1: workers: 0 is out of range, 1 to 64",
	                 "2: workers is set again; line 1 did it first",
	                 "3: workers is set again; line 1 did it first"}));
}

TEST(ConfParse, WrongShapes)
{
	Parsed got = parse("workers = { 1, 2 }\nflows += 3000\nname { a = b }\ntimers = 5\n"
	                   "home { }\nno-huge = on\ntimers = {\nmsl = 9999 }");

	EXPECT_EQ(got.told,
	          (Lines{"1: workers takes one value, not a list",
	                 "2: flows is no list; write = instead of +=", "3: name is no section; write it with =",
	                 "4: timers is a section; write timers { ... }", "5: home is no section; write it with =",
	                 "7: timers is a section; write timers { ... }",
	                 "8: msl: 9999 is out of range, 0 to 3600 seconds"}));
	EXPECT_TRUE(got.conf.no_huge);
}

TEST(ConfParse, MissingLastBrace)
{
	EXPECT_EQ(told("workers = 2\ntimers {\n msl = 3\n"),
	          Lines{"2: section 'timers' is not closed: its '}' is missing"});
	EXPECT_EQ(told("timers {"), Lines{"1: section 'timers' is not closed: its '}' is missing"});
	EXPECT_EQ(told("sources {\n interface = { a, b\n"),
	          (Lines{"1: section 'sources' is not closed: its '}' is missing",
	                 "2: the '{' here is never closed"}));
}

TEST(ConfParse, MissingBraceBetweenSections)
{
	Parsed got = parse("timers {\n msl = 3\nidentity {\n vlan = on\n}\nworkers = 2");

	EXPECT_EQ(got.told, Lines{"1: section 'timers' is not closed: 'identity' on line 3 is inside it"});
	EXPECT_TRUE(got.conf.identity.vlan);
	EXPECT_EQ(got.conf.workers, 2u);
	EXPECT_EQ(told("timers {\n\"identity\" { }"),
	          Lines{"1: section 'timers' is not closed: 'identity' on line 2 is inside it"});
	std::string text;
	for (int i = 0; i < 100; i++)
		text += "timers{\n";
	EXPECT_EQ(told(text).size(), 100u);
}

TEST(ConfParse, BracesThatCloseNothing)
{
	EXPECT_EQ(told("}\ntimers { }\n}\nworkers = 0"),
	          (Lines{"1: this '}' closes nothing", "3: this '}' closes nothing",
	                 "4: workers: 0 is out of range, 1 to 64"}));
}

TEST(ConfParse, ListThatNeverEnds)
{
	EXPECT_EQ(told("workers = 2\nhome =\n{ 10.0.0.0/8,\n"), Lines{"3: the '{' here is never closed"});
	EXPECT_EQ(told("home = { 10.0.0.0/8, 10.0.0.0/33\nworkers = 0\n"),
	          (Lines{"1: home: '10.0.0.0/33': a length is at most 32", "1: the '{' here is never closed",
	                 "2: workers: 0 is out of range, 1 to 64"}));
	EXPECT_EQ(told("home = {\n10.0.0.0/8\ntimers { msl = 9999 }"),
	          (Lines{"1: the '{' here is never closed", "3: msl: 9999 is out of range, 0 to 3600 seconds"}));
	EXPECT_EQ(told("home = { 10.0.0.0/8 workers = 0"),
	          (Lines{"1: the '{' here is never closed", "1: workers: 0 is out of range, 1 to 64"}));
	EXPECT_EQ(told("foo {\n x = {}\n"),
	          (Lines{"1: unknown key 'foo'", "1: the '{' here is never closed"}));
}

TEST(ConfParse, ListsThatAreBroken)
{
	EXPECT_EQ(told("home = { 10.0.0.0/8 fe80::/10 }"), Lines{"1: home: no ',' before 'fe80::/10'"});
	EXPECT_EQ(told("home = { , 10.0.0.0/8 }"), Lines{"1: home: stray ','"});
	EXPECT_EQ(told("home = { 10.0.0.0/8,,\nfe80::/10 }"), Lines{"1: home: stray ','"});
	EXPECT_EQ(told("home = { 10.0.0.0/8 = fe80::/10 (\n) }\nworkers = 0"),
	          (Lines{"1: home: stray '='", "1: home: stray '('", "2: home: stray ')'",
	                 "3: workers: 0 is out of range, 1 to 64"}));
	EXPECT_EQ(told("home = {{}}"), (Lines{"1: home: stray '{'", "1: this '}' closes nothing"}));
}

TEST(ConfParse, StringThatNeverEnds)
{
	for (const std::string quote : {"\"", "'"}) {
		const std::string says = "this quoted string never ends: no " + quote + " follows on its line";

		EXPECT_EQ(told("workers = 2\nname = " + quote + "abc\nflows = 5\n"),
		          (Lines{"2: " + says, "3: flows: 5 is out of range, 1024 to 1073741760"}));
		EXPECT_EQ(told(quote), Lines{"1: " + says});
		EXPECT_EQ(told("home = { 10.0.0.0/8, " + quote + "b }\nworkers = 2"), Lines{"1: " + says});
		EXPECT_EQ(told("home = {\r\n" + quote + "10.0.0.0/8,\r\nfe80::/10\r\n}"), Lines{"2: " + says});
		EXPECT_EQ(told("timers { preset = " + quote + "linux }\nname " + quote + "b\\" + quote + " }\n"),
		          (Lines{"1: " + says, "2: " + says, "2: name has no '=' behind it",
		                 "2: this '}' closes nothing"}));
		EXPECT_EQ(told("name = " + quote + "ab\\"), Lines{"1: " + says});
		EXPECT_EQ(told(quote + "workers = 0\nworkers = 0"),
		          (Lines{"1: " + says, "2: workers: 0 is out of range, 1 to 64"}));
	}
}

TEST(ConfParse, StrayBytesAndVariables)
{
	Parsed got = parse("workers = *4\nflows = + 2000 *\nname = \"a${HOME}\"\neal = '${x}'\n"
	                   "socket = ${HOME}/${x:-y}/z no-huge = on\n");
	const std::string says = "${...}: the environment is not read here, write the value itself";

	EXPECT_EQ(got.told, (Lines{"1: stray '*'", "2: stray '+'", "2: stray '*'", "3: " + says, "5: " + says,
	                           "5: " + says}));
	EXPECT_EQ(got.conf.workers, 4u);
	EXPECT_EQ(got.conf.flows, 2000u);
	EXPECT_STREQ(got.conf.eal, "${x}");
	EXPECT_TRUE(got.conf.no_huge);
	EXPECT_EQ(told("socket = ${a\"b} # comment\nflows = 0"),
	          (Lines{"1: " + says, "2: flows: 0 is out of range, 1024 to 1073741760"}));
	EXPECT_EQ(told("socket = ${HOME\nhome = {}"), Lines{"1: " + says});
}

// Each line is broken in a way of its own, and the next is told all the same.
TEST(ConfParse, EveryMistakeBehindABreak)
{
	EXPECT_EQ(told("workers 4\n"          // 1
	               "flows =\n"            // 2
	               "name = = x\n"         // 3
	               "= 4\n"                // 4
	               "( )\n"                // 5
	               "socket = x, eal\n"    // 6
	               "timers x {\n"         // 7
	               "\tmsl\n"              // 8
	               "\tudp = 0\n"          // 9
	               "}\n"                  // 10
	               "identity\n"           // 11
	               "no-huge = maybe\n"    // 12
	               "cut-at = ,\n"         // 13
	               "{\n"                  // 14
	               "log-level = loud\n"), // 15
	          (Lines{"1: workers has no '=' behind it", "2: flows has no value", "3: name has no value",
	                 "4: stray '='", "5: stray '('",
	                 "6: socket: 'x' is not a path from the root, as /run/spanstat", "6: stray ','",
	                 "6: eal has no '=' behind it", "7: section 'timers' has no '{' behind it",
	                 "8: msl has no '=' behind it", "9: udp: 0 is out of range, 1 to 2592000 seconds",
	                 "11: section 'identity' has no '{' behind it",
	                 "12: no-huge: 'maybe' is neither true nor false", "13: cut-at has no value",
	                 "14: stray '{'", "15: log-level: 'loud' is unknown; one of error warning info debug"}));
	EXPECT_EQ(told("workers ="), Lines{"1: workers has no value"});
	EXPECT_EQ(told("timers { msl = }"), Lines{"1: msl has no value"});
	EXPECT_EQ(told("workers = flows = 0"),
	          (Lines{"1: workers has no value", "1: flows: 0 is out of range, 1024 to 1073741760"}));
	EXPECT_EQ(told("workers = timers { msl = 9999 }"),
	          (Lines{"1: workers has no value", "1: msl: 9999 is out of range, 0 to 3600 seconds"}));
	EXPECT_EQ(told("workers = 4 5"), Lines{"1: unknown key '5'"});
}

TEST(ConfParse, LinesInsideStringsCount)
{
	EXPECT_EQ(told("eal = \"a\\\nb\\\nc\"\nfoo = 1"), Lines{"4: unknown key 'foo'"});
}

TEST(ConfParse, LineEndsOfOthers)
{
	EXPECT_EQ(told("workers = 4\r\ntimers {\r\n\tmsl = 9999\r\n}\r\n# x\r\nname\r\n"),
	          (Lines{"3: msl: 9999 is out of range, 0 to 3600 seconds", "6: name has no '=' behind it"}));
	EXPECT_EQ(told("workers = 4\rflows = 0"), Lines{"1: flows: 0 is out of range, 1024 to 1073741760"});
}

// As long as a file may be, in one line; the time that takes is that of reading it.
TEST(ConfParse, VeryLongLines)
{
	const size_t n = 1 << 20;

	EXPECT_EQ(told("eal = \"" + std::string(n, 'x') + "\" workers = 0"),
	          (Lines{"1: eal: has 1048576 bytes, at most 1023 are possible",
	                 "1: workers: 0 is out of range, 1 to 64"}));
	EXPECT_EQ(told(std::string(n, 'x')).size(), 1u);
	EXPECT_EQ(told(std::string(n, '"')).size(), 1u);
	EXPECT_EQ(told("workers = 0" + std::string(n, ' ') + "flows = 0").size(), 2u);
	EXPECT_EQ(told("foo = " + std::string(n, '{')).size(), 2u);
	EXPECT_EQ(told("/*" + std::string(n, '*')).size(), 1u);
	std::string many;
	for (size_t i = 0; i < n / 4; i++)
		many += "\\x41";
	EXPECT_EQ(told("eal = \"" + many + "\""),
	          Lines{"1: eal: has 262144 bytes, at most 1023 are possible"});
	many.clear();
	for (size_t i = 0; i < n / 16; i++)
		many += "${";
	EXPECT_EQ(told("eal = " + many).size(), 1u);
	EXPECT_EQ(told("eal = \"" + many + "\"").size(), n / 16);
}

// Any bytes: an end, and a line for every mistake that is in the text.
TEST(ConfParse, RandomBytes)
{
	const char *words[] = {"workers", "home", "timers", "msl", "identity", "vlan", "foo", "10.0.0.0/8", "4",
	                       "\"", "'", "{", "}", "=", "+=", ",", "(", ")", "#", "//", "/*", "*/", "*", "+",
	                       "\n", "\n", "\r\n", " ", " ", "\\", "\\\n", "\\x", "\\4", "${", "$", "\xff", "\x01"};
	std::minstd_rand random(7);

	for (int round = 0; round < 20000; round++) {
		std::string text;
		unsigned lines = 1;

		for (unsigned n = random() % 40; n > 0; n--)
			if (round % 2)
				text += words[random() % (sizeof(words) / sizeof(words[0]))];
			else
				text += (char)(1 + random() % 255);
		for (char c : text)
			lines += c == '\n';
		for (const std::string &line : told(text)) {
			ASSERT_GE(atol(line.c_str()), 1) << text << "\n" << line;
			ASSERT_LE(atol(line.c_str()), lines) << text << "\n" << line;
		}
	}
}

} // namespace
