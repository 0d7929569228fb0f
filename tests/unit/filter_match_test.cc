/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random filters over random rows, against an evaluator of the test's own: a tree that is walked,
 * numbers compared as they are, addresses bit by bit. And random text, which may be refused but
 * does no harm.
 */
#include "filter_fixture.h"

#include <cerrno>
#include <functional>

#include "filter_field.h"
#include "report_names.h"

namespace {

using Predicate = std::function<bool(const struct report_full &)>;

/* A filter as text and as what it means. */
struct Meaning {
	std::string text;
	Predicate holds;
};

class Author : public RandomRows {
public:
	using RandomRows::RandomRows;

	Meaning any(unsigned depth)
	{
		if (depth == 0)
			return test();
		switch (below(6)) {
		case 0:
			return join(any(depth - 1), any(depth - 1), pick({ " or ", "|", " || " }), true);
		case 1:
			return join(any(depth - 1), any(depth - 1), pick({ " and ", "&", " && " }), false);
		case 2:
			return join(any(depth - 1), any(depth - 1), " ", false);
		case 3: {
			Meaning inner = any(depth - 1);
			return { pick({ "not (", "!(" }) + inner.text + ")",
				 [inner](const report_full &f) { return !inner.holds(f); } };
		}
		default:
			return test();
		}
	}

private:
	std::string pick(std::initializer_list<const char *> of)
	{
		return of.begin()[below(static_cast<unsigned>(of.size()))];
	}
	/* In parentheses, whatever is joined: what binds to what is another test's. */
	static Meaning join(const Meaning &a, const Meaning &b, const std::string &by, bool either)
	{
		return { "(" + a.text + ")" + by + "(" + b.text + ")", [a, b, either](const report_full &f) {
				return either ? a.holds(f) || b.holds(f) : a.holds(f) && b.holds(f);
			} };
	}
	/* A comparison and how it is written. */
	std::string compare(std::function<bool(uint64_t, uint64_t)> *cmp)
	{
		switch (below(6)) {
		case 0:
			*cmp = [](uint64_t a, uint64_t b) { return a < b; };
			return pick({ " < ", " lt " });
		case 1:
			*cmp = [](uint64_t a, uint64_t b) { return a > b; };
			return pick({ " > ", " gt " });
		case 2:
			*cmp = [](uint64_t a, uint64_t b) { return a <= b; };
			return pick({ "<=", " le " });
		case 3:
			*cmp = [](uint64_t a, uint64_t b) { return a >= b; };
			return pick({ ">=", " ge " });
		case 4:
			*cmp = [](uint64_t a, uint64_t b) { return a != b; };
			return pick({ "!=", " ne ", " neq " });
		default:
			*cmp = [](uint64_t a, uint64_t b) { return a == b; };
			return pick({ "=", " == ", " eq " });
		}
	}
	Meaning test()
	{
		switch (below(8)) {
		case 0:
			return port();
		case 1:
			return address();
		case 2:
			return state();
		case 3:
			return counter();
		case 4:
			return duration();
		case 5:
			return name();
		case 6:
			return flag();
		default:
			return vlan();
		}
	}
	Meaning port()
	{
		static const unsigned ports[] = { 0, 22, 79, 443, 1024, 40000, 65535 };
		const unsigned value = ports[below(7)], which = below(3);
		std::function<bool(uint64_t, uint64_t)> cmp;
		const std::string sign = compare(&cmp);
		const bool negated = sign == "!=" || sign == " ne " || sign == " neq ";
		std::string word = which == 0   ? pick({ "sport", "client.port" })
		                   : which == 1 ? pick({ "dport", "server.port" })
		                                : "port";

		return { word + sign + pick({ "", ":" }) + std::to_string(value),
			 [=](const report_full &f) {
				 bool c = cmp(f.row.client.port, value), s = cmp(f.row.server.port, value);

				 if (which < 2)
					 return which == 0 ? c : s;
				 return negated ? c && s : c || s; /* neither end is it */
			 } };
	}
	static bool in_net(const struct report_row &row, const struct report_end &end, int version,
	                   const uint8_t *net, unsigned len)
	{
		if (row.ip_version != version)
			return false;
		for (unsigned bit = 0; bit < len; bit++)
			if ((end.addr[bit / 8] ^ net[bit / 8]) >> (7 - bit % 8) & 1)
				return false;
		return true;
	}
	Meaning address()
	{
		const report_full other = next();
		const int version = other.row.ip_version;
		const unsigned len = below(version == 4 ? 33 : 129), which = below(3);
		char text[64];
		std::vector<uint8_t> net(other.row.client.addr, other.row.client.addr + 16);
		const bool negated = below(3) == 0;
		std::string word = which == 0   ? pick({ "src", "client" })
		                   : which == 1 ? pick({ "dst", "server" })
		                                : pick({ "host", "net" });

		inet_ntop(version == 4 ? AF_INET : AF_INET6, net.data(), text, sizeof(text));
		return { word + (negated ? " != " : " ") + text + "/" + std::to_string(len),
			 [=](const report_full &f) {
				 bool c = in_net(f.row, f.row.client, version, net.data(), len);
				 bool s = in_net(f.row, f.row.server, version, net.data(), len);
				 bool is = which == 0 ? c : which == 1 ? s : c || s;

				 return is != negated;
			 } };
	}
	Meaning state()
	{
		const unsigned wanted = below(REPORT_STATES), which = below(4);
		const std::string name = report_state_name(wanted);

		if (which == 3)
			return { "exclude " + name, [=](const report_full &f) {
					return f.row.client.state != wanted && f.row.server.state != wanted;
				} };
		return { (which == 0 ? "client.state " : which == 1 ? "server.state " : "state ") + name,
			 [=](const report_full &f) {
				 bool c = f.row.client.state == wanted, s = f.row.server.state == wanted;

				 return which == 0 ? c : which == 1 ? s : c || s;
			 } };
	}
	Meaning counter()
	{
		const unsigned which = below(4), value = below(20);
		std::function<bool(uint64_t, uint64_t)> cmp;
		const std::string sign = compare(&cmp);
		static const char *const words[] = { "bytes", "packets", "payload", "retransmitted" };
		const bool thousands = which == 0 || which == 2;

		return { words[which] + sign + std::to_string(value) + (thousands ? pick({ "k", "K", "000" }) : ""),
			 [=](const report_full &f) {
				 const report_end &c = f.row.client, &s = f.row.server;
				 uint64_t sum = which == 0   ? c.bytes + s.bytes
				                : which == 1 ? c.packets + s.packets
				                : which == 2 ? c.payload + s.payload
				                             : f.client.retransmitted + f.server.retransmitted;

				 return cmp(sum, thousands ? value * 1000 : value);
			 } };
	}
	/* Equal is the whole second; otherwise microseconds count. */
	Meaning duration()
	{
		const unsigned which = below(3), value = below(200);
		std::function<bool(uint64_t, uint64_t)> cmp;
		const std::string sign = compare(&cmp);
		static const char *const words[] = { "age", "idle", "in-state" };
		const bool whole = sign.find_first_of("=nq") != std::string::npos && sign.find_first_of("<>lg") == std::string::npos;

		return { words[which] + sign + std::to_string(value) + pick({ "", "s" }),
			 [=](const report_full &f) {
				 uint64_t us = which == 0   ? f.row.last_us + f.row.idle_us - f.row.opened_us
				               : which == 1 ? f.row.idle_us
				                            : f.row.in_state_us;

				 return whole ? cmp(us / 1000000, value) : cmp(us, value * 1000000ull);
			 } };
	}
	Meaning name()
	{
		const unsigned which = below(5);

		if (which == 0)
			return { "proto udp", [](const report_full &f) { return f.row.proto == IPPROTO_UDP; } };
		if (which == 1)
			return { "closed-by = client",
				 [](const report_full &f) { return f.row.closed_by == REPORT_CLOSER_CLIENT; } };
		if (which == 2)
			return { "vni != 5", [](const report_full &) { return true; } };
		if (which == 3) {
			const unsigned id = below(16);
			char text[16];

			snprintf(text, sizeof(text), "id %04X", id);
			return { text, [=](const report_full &f) { return f.row.id == id; } };
		}
		const unsigned cause = 1 + below(REPORT_END_CAUSES - 1);
		return { std::string("end != ") + report_end_cause_name(cause),
			 [=](const report_full &f) { return f.row.end_cause != cause; } };
	}
	Meaning flag()
	{
		const unsigned bit = below(REPORT_FLAGS);

		return { std::string("flag ") + report_flag_name(bit),
			 [=](const report_full &f) { return (f.row.flags >> bit & 1) != 0; } };
	}
	Meaning vlan()
	{
		const unsigned value = below(12), of_worker = below(2);
		std::function<bool(uint64_t, uint64_t)> cmp;
		const std::string sign = compare(&cmp);
		const bool negated = sign == "!=" || sign[1] == 'n';

		return { (of_worker ? "worker" : "vlan") + sign + std::to_string(value),
			 [=](const report_full &f) {
				 if (!of_worker && f.row.vlan == REPORT_NO_VLAN)
					 return negated;
				 return cmp(of_worker ? f.row.worker : f.row.vlan, value);
			 } };
	}
};

TEST(FilterMatch, RandomFiltersAgainstAPlainEvaluator)
{
	const unsigned seed = std::random_device()();
	unsigned hits = 0, misses = 0;
	Author author(seed);

	for (int i = 0; i < 4000; i++) {
		const Meaning meaning = author.any(author.below(6));
		struct filter_error error;
		struct filter filter;

		if (meaning.text.size() >= FILTER_TEXT_MAX)
			continue;
		ASSERT_EQ(filter_compile(&filter, meaning.text.c_str(), nullptr, &error), 0)
		    << meaning.text << ": " << error.text << ", seed " << seed;
		for (int k = 0; k < 25; k++) {
			const struct report_full full = author.next();
			const struct filter_subject subject = { &full.row, &full, FILTER_LOCAL_CLIENT,
				                                FILTER_PARTS_ALL, 0, nullptr };
			const bool want = meaning.holds(full);

			ASSERT_EQ(filter_match(&filter, &subject), want) << meaning.text << ", seed " << seed;
			(want ? hits : misses)++;
		}
	}
	EXPECT_GT(hits, 10000u);
	EXPECT_GT(misses, 10000u);
}

/* With some parts only: the right answer, or that more is needed; never a wrong one. */
TEST(FilterMatch, PartsMissing)
{
	const unsigned seed = std::random_device()();
	unsigned known = 0, unknown = 0;
	Author author(seed);

	for (int i = 0; i < 20000; i++) {
		const Meaning meaning = author.any(3);
		const struct report_full full = author.next();
		const unsigned parts = author.below(FILTER_PARTS_ALL + 1);
		struct filter_subject subject = { &full.row, &full, FILTER_LOCAL_CLIENT, parts, 0, nullptr };
		struct report_full blank = full;
		struct filter filter;

		if (filter_compile(&filter, meaning.text.c_str(), nullptr, nullptr) != 0)
			continue;
		int got = filter_match(&filter, &subject);
		if (!(filter_needs(&filter) & ~parts)) {
			ASSERT_NE(got, -EAGAIN) << meaning.text;
		}
		/* What is not there is not looked at. */
		if (!(parts & FILTER_PART_COUNTERS)) {
			blank.row.client.bytes = blank.row.server.packets = blank.row.client.payload = 777;
		}
		if (!(parts & FILTER_PART_TIMES))
			blank.row.idle_us = blank.row.in_state_us = blank.row.opened_us = 777;
		if (!(parts & FILTER_PART_STATES)) {
			blank.row.client.state = blank.row.server.state = REPORT_LISTEN;
			blank.row.flags = blank.row.end_cause = blank.row.closed_by = 0;
		}
		if (!(parts & FILTER_PART_ORIGIN)) {
			blank.row.id = blank.row.vlan = 777;
			blank.row.worker = 77;
		}
		if (!(parts & FILTER_PART_KEY)) {
			memset(blank.row.client.addr, 7, 16);
			blank.row.ip_version = 0;
			blank.row.server.port = 777;
		}
		subject.row = &blank.row;
		subject.full = parts & FILTER_PART_MORE ? &blank : nullptr;
		ASSERT_EQ(filter_match(&filter, &subject), got) << meaning.text << ", seed " << seed;
		if (got == -EAGAIN) {
			unknown++;
			continue;
		}
		ASSERT_EQ(got, meaning.holds(full)) << meaning.text << ", seed " << seed;
		ASSERT_TRUE(got || filter_may_reject(&filter, parts)) << meaning.text << ", seed " << seed;
		known++;
	}
	EXPECT_GT(known, 1000u);
	EXPECT_GT(unknown, 1000u);
}

TEST(FilterMatch, MayReject)
{
	const struct { const char *text; unsigned parts; int may; } cases[] = {
		{ "", FILTER_PARTS_ALL, 0 },
		{ "dport 443", FILTER_PART_KEY, 1 },
		{ "dport 443", FILTER_PARTS_ALL & ~FILTER_PART_KEY, 0 },
		{ "state established", FILTER_PART_KEY | FILTER_PART_TIMES, 0 },
		{ "state established", FILTER_PART_STATES, 1 },
		{ "dport 443 and state established", FILTER_PART_KEY, 1 },
		{ "dport 443 or state established", FILTER_PART_KEY, 0 },
		{ "dport 443 or state established", FILTER_PART_KEY | FILTER_PART_STATES, 1 },
		{ "not (dport 443 or state established)", FILTER_PART_KEY, 1 },
		{ "not (dport 443 and state established)", FILTER_PART_KEY, 0 },
		{ "(dport 443 or state closed) and idle > 5s", FILTER_PART_KEY, 0 },
		{ "retransmitted > 1", FILTER_PARTS_ROW, 0 },
	};

	for (const auto &c : cases)
		EXPECT_EQ(filter_may_reject(Compiled(c.text).get(), c.parts), c.may) << c.text << c.parts;
}

/* A field without a part would match nothing, and nothing else would say so. */
TEST(FilterMatch, EachFieldLiesInAPart)
{
	for (unsigned field = 0; field < FILTER_FIELDS; field++)
		EXPECT_NE(filter_field_part(static_cast<enum filter_field>(field)) & FILTER_PARTS_ALL, 0u)
		    << "the table filter_parts has no line for field " << field;
}

/* Every jump goes down, so every run ends. */
TEST(FilterMatch, ProgramsEnd)
{
	Author author(std::random_device{}());

	for (int i = 0; i < 2000; i++) {
		const Meaning meaning = author.any(5);
		struct filter filter;

		if (filter_compile(&filter, meaning.text.c_str(), nullptr, nullptr) != 0)
			continue;
		EXPECT_LT(filter.begin, filter.n);
		for (unsigned at = 0; at < filter.n; at++)
			for (unsigned to : { filter.tests[at].on_true, filter.tests[at].on_false })
				EXPECT_TRUE(to == FILTER_ACCEPT || to == FILTER_REJECT || to < at);
	}
}

/* Words of the language and bytes of any kind in no order. */
TEST(FilterMatch, RandomText)
{
	static const char *const pieces[] = {
		"state",  "exclude", "established", "and", "or", "not", "(", ")", "!", "&&", "||", "&", "|",
		"src",    "dst",     "10.0.0.1",    "10.0.0.0/8", "[2001:db8::1]:443", "*:443", ":", "dport",
		"=",      "!=",      ">=",          "<", "443", ":22", "idle", "5m", "1h30m", "bytes", "10k",
		"flag",   "gap",     "end",         "fin", "proto", "tcp", "id", "2A", "eq", "client", "server",
		"client.state", "closed-by", "\xff", "\x01", "[", "]", "/", "-", "_", "host", "vlan", "99999999999999999999",
	};
	const unsigned seed = std::random_device()();
	RandomRows random(seed);
	unsigned good = 0, bad = 0;

	for (int i = 0; i < 60000; i++) {
		std::string text;
		struct filter_error error;
		struct filter filter;
		const report_full full = random.next();
		const struct filter_subject subject = { &full.row, &full, FILTER_LOCAL_SERVER, FILTER_PARTS_ALL, 0, nullptr };

		for (unsigned n = random.below(9); n > 0; n--) {
			text += pieces[random.below(sizeof(pieces) / sizeof(pieces[0]))];
			text += random.below(5) ? " " : "";
			if (random.below(40) == 0)
				text += static_cast<char>(1 + random.below(255));
		}
		if (filter_compile(&filter, text.c_str(), nullptr, &error) == 0) {
			const int got = filter_match(&filter, &subject);

			ASSERT_TRUE(got == 0 || got == 1) << text << ", seed " << seed;
			good++;
			continue;
		}
		bad++;
		ASSERT_LE(error.offset, text.size()) << text;
		ASSERT_EQ(strncmp(error.text, "column ", 7), 0) << text;
		for (const char *p = error.text; *p; p++)
			ASSERT_TRUE(*p >= ' ' && *p <= '~') << text << ", seed " << seed;
	}
	EXPECT_GT(good, 1000u);
	EXPECT_GT(bad, 1000u);
}

} // namespace
