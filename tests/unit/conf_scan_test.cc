// SPDX-License-Identifier: BSD-3-Clause
// The scan for what libconfuse lets pass or stops at: what it notes and what it leaves of the text.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "conf_scan.h"
#include "conf_text.h"

namespace
{

using Lines = std::vector<std::string>;

void
keep(void *arg, const char *message)
{
	static_cast<Lines *>(arg)->push_back(message);
}

struct Scanned {
	uint32_t gave_up;
	std::string text; // runs of blanks as one, none at a line's end
	Lines told;
};

std::string
squeeze(const std::string &text)
{
	std::string out;

	for (char c : text) {
		while (c == '\n' && !out.empty() && out.back() == ' ')
			out.pop_back();
		if (c != ' ' || (!out.empty() && out.back() != ' '))
			out += c;
	}
	while (!out.empty() && out.back() == ' ')
		out.pop_back();
	return out;
}

Scanned
scan(const std::string &text)
{
	std::string buffer = text + std::string(1 + CONF_TEXT_ROOM, '\0');
	conf_mistakes mistakes;
	Scanned scanned;

	conf_mistakes_init(&mistakes);
	scanned.gave_up = conf_scan(buffer.data(), CONF_TEXT_ROOM, &mistakes);
	scanned.text = squeeze(buffer.c_str());
	conf_mistakes_report(&mistakes, "f", keep, &scanned.told);
	conf_mistakes_fini(&mistakes);
	return scanned;
}

TEST(ConfScan, GoodTextIsLeftAlone)
{
	for (const char *good :
	     {"", "\n\n", "workers = 4", "workers=4 flows=2000", "timers { msl = 3 }",
	      "timers{msl=3}identity{vlan=on}", "home = {}", "home = { 10.0.0.0/8, fc00::/7, }",
	      "home = 10.0.0.0/8", "home += { 10.0.0.0/8 }", "name = \"a { b = } c\"",
	      "eal = 'x\n y'\nworkers = 2", "\"workers\" = 2", "timers { } timers { msl = 3 }"}) {
		Scanned got = scan(good);

		EXPECT_EQ(got.gave_up, 0u) << good;
		EXPECT_EQ(got.text, squeeze(good));
		EXPECT_EQ(got.told, Lines{}) << good;
	}
}

TEST(ConfScan, UnknownKeysAreBlankedAndHideNothing)
{
	Scanned got =
	    scan("worker = 4\nworkers = 5\nfoo = { a, b = { c } }\nbar { x = 1\n y { } }\n"
	         "baz += 'q'\nflows = 2000");

	EXPECT_EQ(got.text, "\nworkers = 5\n\n\n\n\nflows = 2000");
	EXPECT_EQ(got.told, (Lines{"f:1: unknown key 'worker'", "f:3: unknown key 'foo'",
	                           "f:4: unknown key 'bar'", "f:6: unknown key 'baz'"}));
}

TEST(ConfScan, UnknownKeyTellsWhereItBelongs)
{
	Scanned got = scan("syn-sent = 4\ntimers { workers = 5\n nothing = 1 }\nTimers { }");

	EXPECT_EQ(got.text, "\ntimers {\n }\n");
	EXPECT_EQ(
	    got.told,
	    (Lines{"f:1: unknown key 'syn-sent'; it belongs in section 'timers'",
	           "f:2: unknown key 'workers' in section 'timers'; it belongs outside any section",
	           "f:3: unknown key 'nothing' in section 'timers'", "f:4: unknown key 'Timers'"}));
}

// libconfuse would take the bar for a path to the section's key.
TEST(ConfScan, NoPathsAsKeys)
{
	EXPECT_EQ(scan("timers|msl = 3").told, Lines{"f:1: unknown key 'timers|msl'"});
}

TEST(ConfScan, UnknownKeyWithoutEqualSignTakesItsLine)
{
	Scanned got = scan("worker 4\nflows = 2000\nfoo");

	EXPECT_EQ(got.text, "\nflows = 2000\n");
	EXPECT_EQ(got.told, (Lines{"f:1: unknown key 'worker'", "f:3: unknown key 'foo'"}));
	EXPECT_EQ(scan("timers { foo 3 } flows = 2000").text, "timers { } flows = 2000");
	EXPECT_EQ(scan("foo 'a\n#' b\nflows = 2000").text, "\n\nflows = 2000");
	EXPECT_EQ(scan("foo 'title' {\n x = 1 }\nflows = 2000").text, "\n\nflows = 2000");
	EXPECT_EQ(scan("foo bar {").told,
	          (Lines{"f:1: unknown key 'foo'", "f:1: the '{' here is never closed"}));
}

// The quote in the variable makes a string of what is a comment; the scan must still end.
TEST(ConfScan, CommentBehindAVariable)
{
	Scanned got = scan("socket = ${a\"b} # comment\nflows = 2000\"");

	ASSERT_GE(got.told.size(), 1u);
	EXPECT_EQ(got.told[0].substr(0, 10), "f:1: ${...");
}

TEST(ConfScan, RepeatedKeys)
{
	Scanned got =
	    scan("workers = 1\nworkers = 2\nhome = {}\nhome += {a}\nhome += {b}\nhome = {c}\n"
	         "timers { msl = 1 }\ntimers { msl = 1\nudp = 1 }");

	EXPECT_EQ(got.text, "workers = 1\n\nhome = {}\nhome += {a}\nhome += {b}\n\n"
	                    "timers { msl = 1 }\ntimers {\nudp = 1 }");
	EXPECT_EQ(got.told, (Lines{"f:2: workers is set again; line 1 did it first",
	                           "f:6: home is set again; line 3 did it first",
	                           "f:8: msl is set again; line 7 did it first"}));
}

TEST(ConfScan, WrongShapes)
{
	Scanned got = scan("workers = { 1, 2 }\nflows += 3000\nname { a = b }\ntimers = 5\n"
	                   "home { }\nno-huge = on");

	EXPECT_EQ(got.text, "\n\n\n\n\nno-huge = on");
	EXPECT_EQ(got.told, (Lines{"f:1: workers takes one value, not a list",
	                           "f:2: flows is no list; write = instead of +=",
	                           "f:3: name is no section; write it with =",
	                           "f:4: timers is a section; write timers { ... }",
	                           "f:5: home is no section; write it with ="}));
}

TEST(ConfScan, MissingLastBrace)
{
	EXPECT_EQ(scan("workers = 2\ntimers {\n msl = 3\n").told,
	          Lines{"f:2: section 'timers' is not closed: its '}' is missing"});
	EXPECT_EQ(scan("timers {").told,
	          Lines{"f:1: section 'timers' is not closed: its '}' is missing"});
}

TEST(ConfScan, MissingBraceBetweenSections)
{
	Scanned got = scan("timers {\n msl = 3\nidentity {\n vlan = on\n}\nworkers = 2");

	EXPECT_EQ(got.text, "timers {\n msl = 3\n}identity {\n vlan = on\n}\nworkers = 2");
	EXPECT_EQ(got.told,
	          Lines{"f:1: section 'timers' is not closed: 'identity' on line 3 is inside it"});
	EXPECT_EQ(scan("timers {\n\"identity\" { }").text, "timers {\n}\"identity\" { }");
}

// The room for braces put in is bounded; beyond it the inner section is an unknown key.
TEST(ConfScan, ManyMissingBraces)
{
	std::string text;

	for (int i = 0; i < 100; i++)
		text += "timers{\n";
	Scanned got = scan(text);
	EXPECT_GE(got.told.size(), CONF_TEXT_ROOM);
	EXPECT_EQ(got.gave_up, 0u);
}

TEST(ConfScan, BracesThatCloseNothing)
{
	Scanned got = scan("}\ntimers { }\n}\nworkers = 2");

	EXPECT_EQ(got.text, "\ntimers { }\n\nworkers = 2");
	EXPECT_EQ(got.told,
	          (Lines{"f:1: this '}' closes nothing", "f:3: this '}' closes nothing"}));
}

TEST(ConfScan, ListThatNeverEnds)
{
	Scanned got = scan("workers = 2\nhome =\n{ 10.0.0.0/8,\n");

	EXPECT_EQ(got.text, "workers = 2\n\n\n");
	EXPECT_EQ(got.told, Lines{"f:3: the '{' here is never closed"});
	EXPECT_EQ(scan("foo {\n x = {}\n").told,
	          (Lines{"f:1: unknown key 'foo'", "f:1: the '{' here is never closed"}));
}

TEST(ConfScan, StringThatNeverEnds)
{
	for (const char *quote : {"\"", "'"}) {
		Scanned got =
		    scan(std::string("workers = 2\nname = ") + quote + "abc\nflows = 5\n");

		EXPECT_EQ(got.text, "workers = 2\n\n\n");
		EXPECT_EQ(got.told, Lines{"f:2: this quoted string never ends"});
	}
	EXPECT_EQ(scan("'").told, Lines{"f:1: this quoted string never ends"});
	EXPECT_EQ(scan("home = { a, \"b }").told, Lines{"f:1: this quoted string never ends"});
	EXPECT_EQ(scan("name \"b\\\" }").told, Lines{"f:1: this quoted string never ends"});
}

TEST(ConfScan, StrayBytesAndVariables)
{
	Scanned got = scan("workers = *4\nflows = + 2000 *\nname = \"a${HOME}\"\neal = '${x}'\n"
	                   "socket = ${HOME}");

	EXPECT_EQ(got.text, "workers = 4\nflows = 2000\nname = \"a${HOME}\"\neal = '${x}'\n"
	                    "socket = ${HOME}");
	ASSERT_EQ(got.told.size(), 5u);
	EXPECT_EQ(got.told[0], "f:1: stray '*'");
	EXPECT_EQ(got.told[1], "f:2: stray '+'");
	EXPECT_EQ(got.told[2], "f:2: stray '*'");
	EXPECT_EQ(got.told[3].substr(0, 10), "f:3: ${...");
	EXPECT_EQ(got.told[4].substr(0, 10), "f:5: ${...");
}

TEST(ConfScan, LinesInsideStringsCount)
{
	EXPECT_EQ(scan("name = \"a\nb\\\nc\"\nfoo = 1").told, Lines{"f:4: unknown key 'foo'"});
}

TEST(ConfScan, GivesUpWhereTheGrammarIsBroken)
{
	EXPECT_EQ(scan("workers = 1\nflows 2000").gave_up, 2u);
	EXPECT_EQ(scan("workers = =").gave_up, 1u);
	EXPECT_EQ(scan("\n= 4").gave_up, 2u);
	EXPECT_EQ(scan("home = { a, b\nworkers = 4").gave_up, 2u);
	EXPECT_EQ(scan("home = {{}}").gave_up, 1u);
	EXPECT_EQ(scan("timers").gave_up, 1u);
	EXPECT_EQ(scan("workers = ").gave_up, 1u);
}

} // namespace
