/* SPDX-License-Identifier: BSD-3-Clause */
/* Texts compiled: what every word means, what binds to what, and each mistake with its column. */
#include "filter_fixture.h"
#include "report_label.h"

namespace {

/* example_row: TCP 10.0.0.1:20008 FIN_WAIT_2 to 192.168.5.146:443 CLOSE_WAIT, VLAN 10, id 2A. */
void
expect_words(const struct report_full &full, const char *const *yes, const char *const *no)
{
	for (; *yes; yes++)
		EXPECT_EQ(Compiled(*yes).match(full), 1) << *yes;
	for (; *no; no++)
		EXPECT_EQ(Compiled(*no).match(full), 0) << *no;
}

TEST(FilterBuild, StatesOfEitherEnd)
{
	const char *const yes[] = { "state close-wait", "state FIN_WAIT_2", "state ClosWait",
		                    "STATE close_wait", "state all", "state connected",
		                    "state synchronized", "state big", "exclude established",
		                    "exclude bucket", "client.state fin-wait-2",
		                    "client.state = FinWt2", "server.state close-wait",
		                    "server.state != fin-wait-2", nullptr };
	const char *const no[] = { "state established", "state bucket", "state udp", "state closed",
		                   "exclude close-wait", "exclude fin-wait-2", "exclude all",
		                   "client.state close-wait", "server.state fin-wait-2",
		                   "server.state != close-wait", nullptr };

	expect_words(example_full(), yes, no);
}

/* As with ss: `state` after `state` is one more state that will do; `and` between them is and. */
TEST(FilterBuild, SeveralStates)
{
	const char *const yes[] = { "state established state close-wait",
		                    "state close-wait state established",
		                    "state fin-wait-2 and state close-wait",
		                    "not state established state time-wait",
		                    "state established state close-wait dport 443",
		                    "state established or state close-wait", nullptr };
	const char *const no[] = { "state established and state close-wait",
		                   "state established state time-wait",
		                   "not state established state close-wait",
		                   "exclude established exclude close-wait", nullptr };

	expect_words(example_full(), yes, no);
}

/* The labels are needed while a text is compiled; then no longer. */
int
match_named(const std::string &text, const std::vector<report_label> &from)
{
	std::unique_ptr<report_labels> labels(new report_labels());

	report_labels_use(labels.get(), from.data(), from.size());
	const Compiled compiled(text, labels.get());
	labels.reset();
	return compiled.match(example_full());
}

report_label
label_of(std::initializer_list<uint8_t> addr, uint8_t len, const char *text)
{
	report_label label = {};

	std::copy(addr.begin(), addr.end(), label.addr);
	label.len = len;
	label.version = 4;
	strcpy(label.label, text);
	return label;
}

TEST(FilterBuild, Names)
{
	const std::vector<report_label> labels = {
		label_of({ 10 }, 8, "corp"),
		label_of({ 10, 0, 0, 1 }, 32, "db1"),
		label_of({ 192, 168 }, 16, "web"),
		label_of({ 192, 168, 5 }, 24, "web-dmz"),
	};

	for (const char *yes : { "name db1", "name DB?", "name d*", "client.name db1", "src.name db1", "name web-dmz",
	                         "server.name web-dmz", "dst.name = web*", "name != db2", "not name web",
	                         "name *", "client.name * and server.name *", "name web* and dport 443" })
		EXPECT_EQ(match_named(yes, labels), 1) << yes;
	/* corp and web name others: of several networks around a host the smallest names it. */
	for (const char *no : { "name corp", "name web", "name db2", "server.name db1", "dst.name db1", "client.name web*",
	                        "name ??", "name != db1", "not name *", "name db1 and dport 80" })
		EXPECT_EQ(match_named(no, labels), 0) << no;
	EXPECT_EQ(match_named("name db1", {}), 0) << "nothing has a name";
	EXPECT_EQ(match_named("name != db1", {}), 1);
}

TEST(FilterBuild, NamesThatAreNone)
{
	struct filter filter;
	struct filter_error error;

	for (const char *bad : { "name", "name a,b", "name a/b", "name < a", "name [a]", "name aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" })
		EXPECT_EQ(filter_compile(&filter, bad, nullptr, &error), -EINVAL) << bad;
	EXPECT_STREQ((filter_compile(&filter, "name a,b", nullptr, &error), error.text),
	             "column 6: expected a name of the configuration, as db1 or web*, not 'a,b'");
}

/* All labels that there can be have one name. */
TEST(FilterBuild, NamesOfAll)
{
	std::vector<report_label> labels;

	for (unsigned i = 0; i < REPORT_LABELS_MAX; i++)
		labels.push_back(label_of({ 10, 1, (uint8_t)(i >> 8), (uint8_t)i }, 32, "many"));
	EXPECT_EQ(match_named("name many", labels), 0);
	labels[7] = label_of({ 10, 0, 0, 1 }, 32, "many");
	EXPECT_EQ(match_named("name many", labels), 1);
}

/* More networks within networks than a filter has tests: said, and not half done. */
TEST(FilterBuild, NamesOfTooMany)
{
	std::unique_ptr<report_labels> table(new report_labels());
	std::vector<report_label> labels;
	struct filter_error error;
	struct filter filter;

	for (unsigned i = 0; i < 500; i++)
		labels.push_back(label_of({ 10, 1, (uint8_t)(i >> 8), (uint8_t)i }, 32, "other"));
	for (uint8_t len = 8; len < 12; len++)
		labels.push_back(label_of({ 10 }, len, "many"));
	report_labels_use(table.get(), labels.data(), labels.size());
	EXPECT_EQ(filter_compile(&filter, "name many", table.get(), &error), -E2BIG);
	EXPECT_NE(std::string(error.text).find("at most 2048 tests"), std::string::npos) << error.text;
}

TEST(FilterBuild, Addresses)
{
	const char *const yes[] = { "src 10.0.0.1", "src = 10.0.0.0/8", "src 10.0.0.1:20008",
		                    "src *:20008", "src :20008", "src *", "src != 10.0.0.2",
		                    "src ne 10.0.0.2", "dst 192.168.5.146", "dst eq 192.168.5.146:443",
		                    "dst != 192.168.5.146:80", "client 10.0.0.1", "client *:20008",
		                    "server 192.168.0.0/16:443", "host 10.0.0.1", "host 192.168.5.146",
		                    "net 192.168.0.0/16", "host != 10.0.0.2", "src 0.0.0.0/0", nullptr };
	const char *const no[] = { "src 10.0.0.2", "src 10.0.0.1:443", "src *:443", "src != 10.0.0.1",
		                   "src != *", "dst 10.0.0.1", "client 192.168.5.146",
		                   "server 10.0.0.0/8", "host 10.0.0.2", "host != 10.0.0.1",
		                   "net 172.16.0.0/12", "src ::/0", "dst 192.168.5.146:80", nullptr };
	struct report_full full = example_full();

	expect_words(full, yes, no);
	full.row.ip_version = 6;
	set_address(&full.row.client, AF_INET6, "2001:db8::1", 443);
	set_address(&full.row.server, AF_INET6, "2001:db8:8000::2", 53);
	const char *const yes6[] = { "src [2001:db8::1]:443", "src 2001:db8::1", "src 2001:db8::/33",
		                     "host 2001:db8:8000::/33", "dst [2001:db8::/32]:53",
		                     "dst [2001:db8::]/32:53", "src ::/0", nullptr };
	const char *const no6[] = { "src [2001:db8::1]:53", "dst 2001:db8::/33", "src 0.0.0.0/0",
		                    "host 32.1.13.184", nullptr };
	expect_words(full, yes6, no6);
}

TEST(FilterBuild, Ports)
{
	const char *const yes[] = { "sport 20008", "sport = :20008", "sport=:20008", "sport == 20008",
		                    "dport 443", "dport eq 443", "dport != :80", "dport!=80",
		                    "dport neq 80", "dport < 444", "dport lt 444", "dport <= 443",
		                    "dport le 443", "dport leq 443", "dport > 442", "dport gt 442",
		                    "dport >= 443", "dport ge :443", "dport geq 443", "port 443",
		                    "port 20008", "port < 1024", "port > 1024", "port != 80",
		                    "client.port 20008", "server.port >= 443", "dport >= 0",
		                    "dport <= 65535", nullptr };
	const char *const no[] = { "sport 443", "dport 20008", "dport != 443", "dport < 443",
		                   "dport <= 442", "dport > 443", "dport >= 444", "port 80",
		                   "port != 443", "port != 20008", "port > 20008", "dport < 0",
		                   "dport > 65535", "client.port 443", nullptr };

	expect_words(example_full(), yes, no);
}

/* 1.25 s old when last seen and idle for 3600.5 s; 532 + 6000 = 6532 bytes, 11 packets. */
TEST(FilterBuild, TimesAndCounters)
{
	const char *const yes[] = { "idle > 1h", "idle >= 3600", "idle = 3600", "idle = 1h",
		                    "idle < 3601s", "idle != 3601", "age > 3600s", "age >= 1h1s",
		                    "age < 1h2s", "in-state > 59m", "in-state <= 2d", "bytes > 6k",
		                    "bytes = 6532", "bytes <= 6532", "bytes < 1M", "packets = 11",
		                    "packets ne 12", "payload >= 6030", "retransmitted = 3",
		                    "retransmitted > 2", nullptr };
	const char *const no[] = { "idle < 1h", "idle <= 3600", "idle > 3601", "idle = 3599",
		                   "idle != 3600", "age < 1h1s", "in-state > 1d", "bytes > 7k",
		                   "bytes != 6532", "bytes < 0", "packets > 11", "payload < 6030",
		                   "retransmitted = 0", "bytes > 18446744073709551615", nullptr };

	expect_words(example_full(), yes, no);
}

TEST(FilterBuild, TheRest)
{
	const char *const yes[] = { "proto tcp", "proto TCP", "proto != udp", "vlan 10", "vlan = 10",
		                    "vlan >= 10", "vlan < 11", "vlan != 11", "flag midstream",
		                    "flag != gap", "not flag oneway", "closed-by client",
		                    "closed-by != server", "end fin", "end != rst", "id 2A",
		                    "id 0000002a", "id != 2B", "worker 0", "worker < 1",
		                    "not vni 5", "vni != 5", nullptr };
	const char *const no[] = { "proto udp", "proto != tcp", "vlan 11", "vlan > 10",
		                   "flag oneway", "flag gap", "flag role-guessed",
		                   "flag != midstream", "closed-by server", "end rst", "end timeout",
		                   "end evicted", "end dropped", "end reused", "id 2B", "id 2A0",
		                   "worker > 0", "vni 5", "vni >= 0", nullptr };

	expect_words(example_full(), yes, no);
}

TEST(FilterBuild, WithoutAVlan)
{
	const struct report_row row = bare_row();

	for (const char *text : { "vlan > 5", "vlan >= 0", "vlan <= 4095", "vlan 4095" })
		EXPECT_EQ(Compiled(text).match(row), 0) << text;
	EXPECT_EQ(Compiled("vlan != 10").match(row), 1);
	EXPECT_EQ(Compiled("not end fin").match(row), 1) << "it has not ended";
}

/* Which is local is said when a row is matched, not when the text is compiled. */
TEST(FilterBuild, TheLocalEnd)
{
	const struct report_row row = example_row();

	EXPECT_EQ(Compiled("src 10.0.0.1 sport 20008").match(row, FILTER_LOCAL_CLIENT), 1);
	EXPECT_EQ(Compiled("src 10.0.0.1 sport 20008").match(row, FILTER_LOCAL_SERVER), 0);
	EXPECT_EQ(Compiled("dst 10.0.0.1:20008").match(row, FILTER_LOCAL_SERVER), 1);
	EXPECT_EQ(Compiled("sport 443").match(row, FILTER_LOCAL_SERVER), 1);
	EXPECT_EQ(Compiled("client 10.0.0.1").match(row, FILTER_LOCAL_SERVER), 1);
}

TEST(FilterBuild, WhatBindsToWhat)
{
	/* 1 is true of the row, 0 is not. */
	const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "", 1 },           { "  \t\n", 1 },         { "1", 1 },
		{ "0", 0 },          { "1 0", 0 },            { "1 1", 1 },
		{ "1 or 0", 1 },     { "1 or 1 0", 1 },       { "0 1 or 1", 1 },
		{ "0 or 1 0", 0 },   { "1 or 0 and 0", 1 },   { "(1 or 0) and 0", 0 },
		{ "not 0", 1 },      { "not 1 or 1", 1 },     { "not (1 or 1)", 0 },
		{ "not 0 1", 1 },    { "not 1 1", 0 },        { "not 0 0", 0 },
		{ "not not 1", 1 },  { "! 1", 0 },            { "!1||1", 1 },
		{ "1&&!0", 1 },      { "1&0", 0 },            { "0|1", 1 },
		{ "1 AND 0", 0 },    { "1 Or 0", 1 },         { "NOT 0", 1 },
		{ "((((1))))", 1 },  { "(1)(0)", 0 },         { "(0)or(1)", 1 },
		{ "not (0 or 0) 1", 1 }, { "0 or not 0 and 1", 1 }, { "1 and not 0 or 0", 1 },
		{ "0 and 1 or 0 and 1", 0 }, { "0 or 0 or 0 or 1", 1 }, { "1 and 1 and 1 and 0", 0 },
	};

	for (const auto &one : cases) {
		std::string text;

		for (const char *p = one.text; *p; p++)
			text += *p == '1' ? "vlan=10" : *p == '0' ? "vlan=11" : std::string(1, *p);
		EXPECT_EQ(Compiled(text).match(example_row()), one.want) << text;
	}
}

/* A test on what is dear waits for one on what is cheap, and only parts that are read count. */
TEST(FilterBuild, Parts)
{
	const struct report_row row = example_row();

	EXPECT_EQ(Compiled("").needs(), 0u);
	EXPECT_EQ(Compiled("dport 443 or proto udp").needs(), static_cast<unsigned>(FILTER_PART_KEY));
	EXPECT_EQ(Compiled("state established idle > 5m").needs(),
	          static_cast<unsigned>(FILTER_PART_STATES | FILTER_PART_TIMES));
	EXPECT_EQ(Compiled("bytes > 1 and vlan 3").needs(),
	          static_cast<unsigned>(FILTER_PART_COUNTERS | FILTER_PART_ORIGIN));
	EXPECT_EQ(Compiled("retransmitted > 0").needs(), static_cast<unsigned>(FILTER_PART_MORE));
	EXPECT_EQ(Compiled("bytes > 1 and dport 80").match(row, FILTER_LOCAL_CLIENT, FILTER_PART_KEY), 0);
	EXPECT_EQ(Compiled("bytes > 1 or dport 443").match(row, FILTER_LOCAL_CLIENT, FILTER_PART_KEY), 1);
	EXPECT_EQ(Compiled("bytes > 1 and dport 443").match(row, FILTER_LOCAL_CLIENT, FILTER_PART_KEY),
	          -EAGAIN);
	EXPECT_EQ(Compiled("(bytes > 1 or idle > 1) and (packets > 1 or state closed) and proto udp")
	              .match(row, FILTER_LOCAL_CLIENT, FILTER_PART_KEY),
	          0);
	EXPECT_EQ(Compiled("retransmitted > 0").match(row), -EAGAIN);
	EXPECT_EQ(Compiled("").match(row, FILTER_LOCAL_CLIENT, 0), 1);
}

/* --- mistakes ------------------------------------------------------------------------------- */

void
expect_error(const std::string &text, unsigned column, const std::string &part, int result = -EINVAL)
{
	std::unique_ptr<struct filter> filter(new struct filter);
	struct filter_error error;

	EXPECT_EQ(filter_compile(filter.get(), text.c_str(), nullptr, &error), result) << text;
	EXPECT_EQ(error.offset + 1, column) << text << ": " << error.text;
	EXPECT_EQ(std::string(error.text).find("column " + std::to_string(column) + ": "), 0u) << error.text;
	EXPECT_NE(std::string(error.text).find(part), std::string::npos) << text << ": " << error.text;
	EXPECT_LT(strlen(error.text), sizeof(error.text) - 1) << "not cut";
	EXPECT_EQ(filter_compile(filter.get(), text.c_str(), nullptr, nullptr), result);
}

TEST(FilterBuild, MistakesHaveColumns)
{
	const struct {
		const char *text;
		unsigned column;
		const char *part;
	} cases[] = {
		{ "foo", 1, "expected a test, as state, src, dport or idle, not 'foo'" },
		{ "10.0.0.1", 1, "expected a test" },
		{ "= 5", 1, "expected a test" },
		{ "and dport 5", 1, "expected a test" },
		{ "or", 1, "expected a test" },
		{ ")", 1, "expected a test" },
		{ "()", 2, "expected a test, as state, src, dport or idle, not ')'" },
		{ "(", 2, "expected a test, as state, src, dport or idle; the filter ends here" },
		{ "not", 4, "the filter ends here" },
		{ "  not ", 7, "expected a test" },
		{ "dport 443 or", 13, "expected a test, as state, src, dport or idle; the filter ends here" },
		{ "dport 443 and and dport 80", 15, "expected a test" },
		{ "dport 443 foo", 11, "expected 'and', 'or' or another test, not 'foo'" },
		{ "dport 443 = 5", 11, "expected 'and', 'or' or another test, not '='" },
		{ "dport 443)", 10, "expected 'and', 'or' or another test, not ')'" },
		{ "(dport 443", 11, "expected 'and', 'or', ')' or another test; the filter ends here" },
		{ "((dport 443)", 13, "')' or another test; the filter ends here" },
		{ "(dport 443 foo)", 12, "')' or another test, not 'foo'" },
		{ "state", 6, "expected a state, as established or close-wait; the filter ends here" },
		{ "state foo", 7, "expected a state, as established or close-wait, not 'foo'" },
		{ "dport 443 state foo", 17, "expected a state" },
		{ "state established state foo", 25, "expected a state" },
		{ "state = established", 7, "expected a state, as established or close-wait, not '='" },
		{ "exclude", 8, "expected a state" },
		{ "exclude foo", 9, "expected a state" },
		{ "client.state foo", 14, "expected a state" },
		{ "client.state > established", 16, "expected = or != before this: client.state has no order" },
		{ "src", 4, "expected ADDRESS[/LENGTH][:PORT], as 10.0.0.0/8 or [2001:db8::1]:443" },
		{ "src foo", 5, "expected ADDRESS[/LENGTH][:PORT]" },
		{ "src = foo", 7, "expected ADDRESS[/LENGTH][:PORT]" },
		{ "dst (", 5, "expected ADDRESS[/LENGTH][:PORT]" },
		{ "dst and", 5, "not 'and'" },
		{ "client >= 10.0.0.1", 11, "client has no order" },
		{ "server 10.0.0.0/33", 8, "expected ADDRESS" },
		{ "host 10.0.0.1:443", 6, "expected ADDRESS[/LENGTH], as 10.0.0.0/8 or 2001:db8::1, not" },
		{ "net *", 5, "expected ADDRESS[/LENGTH]," },
		{ "sport 65536", 7, "expected a port, 0 to 65535, as 443 or :443, not '65536'" },
		{ "dport = ssh", 9, "expected a port" },
		{ "dport = = 5", 9, "expected a port, 0 to 65535, as 443 or :443, not '='" },
		{ "dport >= eq 5", 10, "expected a port, 0 to 65535, as 443 or :443, not 'eq'" },
		{ "port !5", 6, "expected a port, 0 to 65535, as 443 or :443, not '!'" },
		{ "client.port x", 13, "expected a port" },
		{ "server.port", 12, "expected a port" },
		{ "proto icmp", 7, "expected tcp or udp, not 'icmp'" },
		{ "proto < tcp", 9, "proto has no order" },
		{ "age > soon", 7, "expected a duration, as 90s, 5m, 2h, 1d or 1h30m, not 'soon'" },
		{ "idle 5m", 6, "expected a comparison: = != < > <= or >=, not '5m'" },
		{ "idle >", 7, "expected a duration" },
		{ "in-state < 5x", 12, "expected a duration" },
		{ "bytes > x", 9, "expected a number, as 1500, 10k, 5M or 2G, not 'x'" },
		{ "bytes 10k", 7, "expected a comparison" },
		{ "packets >", 10, "expected a number" },
		{ "payload == 1.5k", 12, "expected a number" },
		{ "retransmitted > -1", 17, "expected a number" },
		{ "vlan 4096", 6, "expected a VLAN, 0 to 4095, not '4096'" },
		{ "vni 16777216", 5, "expected a VNI, 0 to 16777215" },
		{ "worker 256", 8, "expected a worker's number, 0 to 255" },
		{ "id xyz", 4, "expected an id, 1 to 16 hexadecimal digits, not 'xyz'" },
		{ "id < 5", 6, "id has no order" },
		{ "flag foo", 6, "expected midstream, oneway, gap or role-guessed, not 'foo'" },
		{ "closed-by foo", 11, "expected client or server, not 'foo'" },
		{ "end foo", 5, "expected fin, rst, timeout, evicted, dropped or reused, not 'foo'" },
		{ "dport 443 and state \x01\xff", 21, "not '\?\?'" },
		{ "state averyveryveryverylongwordindeed", 7, "not 'averyveryveryverylongwor...'" },
	};

	for (const auto &one : cases)
		expect_error(one.text, one.column, one.part);
}

TEST(FilterBuild, TooMuch)
{
	std::string parens(300, '('), longest(FILTER_TEXT_MAX, ' '), many = "dport 1";
	std::string deep = std::string(240, '(') + "dport 443" + std::string(240, ')');
	std::string nots;

	expect_error(parens, 255, "nested too deeply");
	EXPECT_EQ(Compiled(deep).match(example_row()), 1);
	for (int i = 0; i < 240; i++)
		nots += '!';
	EXPECT_EQ(Compiled(nots + "dport 443").match(example_row()), 1);
	expect_error(longest, FILTER_TEXT_MAX, "at most 2047 bytes", -E2BIG);
	longest.pop_back();
	EXPECT_EQ(Compiled(longest).match(example_row()), 1);
	for (int i = 1; i < 340; i++)
		many += "|vni 1";
	EXPECT_EQ(Compiled(many).get()->n, 340u);
	/* Nested on the right: each parenthesis is kept on the parser's stack. */
	many = "";
	for (int i = 0; i < 60; i++)
		many += i % 2 ? "vni 1|(" : "proto tcp&(";
	many += "dport 443" + std::string(60, ')');
	EXPECT_EQ(Compiled(many).match(example_row()), 1);
}

} // namespace
