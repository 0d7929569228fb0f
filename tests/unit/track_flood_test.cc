// SPDX-License-Identifier: BSD-3-Clause
// Floods of strangers into a full table, at one, eight and a hundred times its size a minute: who
// is in use stays, who comes is tracked whole, and nobody is refused (track_evict.h).

#include <queue>
#include <random>

#include <gtest/gtest.h>

#include "engine.h"

namespace
{

using support::Engine;
using support::MS;
using support::SEC;
using support::Talk;

constexpr uint32_t CAPACITY = 8192, KNOWN = 400, SILENT = 100, REAL = 400;
constexpr uint32_t FLOOD_FIRST = 1000000;
constexpr unsigned TURNS = 5; // that the flood lasts, once the table is full

/* What one stranger sends. */
struct Flood {
	const char *name;
	bool is_missed; // it leaves what is missed as much as a silent connection
	std::vector<packet> (*packets)(const Talk &);
};

const Flood floods[] = {
	{"SYN", false, [](const Talk &t) { return std::vector<packet>{t.a("S", 0)}; }},
	{"half open", false,
	 [](const Talk &t) { return std::vector<packet>{t.a("S", 0), t.b("S.", 0, 1)}; }},
	{"ACK", false, [](const Talk &t) { return std::vector<packet>{t.a(".", 1, 1)}; }},
	{"FIN and ACK", false, [](const Talk &t) { return std::vector<packet>{t.a("F.", 1, 1)}; }},
	{"SYN-ACK", false, [](const Talk &t) { return std::vector<packet>{t.b("S.", 0, 1)}; }},
	{"RST", false, [](const Talk &t) { return std::vector<packet>{t.a("R", 1)}; }},
	{"SYN and RST", false,
	 [](const Talk &t) { return std::vector<packet>{t.a("S", 0), t.b("R.", 0, 1)}; }},
	{"UDP", false, [](const Talk &t) { return std::vector<packet>{t.udp_a(10)}; }},
	{"whole connections", false,
	 [](const Talk &t) {
		 std::vector<packet> all = t.opening();

		 for (const packet &pk : t.closing())
			 all.push_back(pk);
		 return all;
	 }},
	{"ACKs both ways", true,
	 [](const Talk &t) { return std::vector<packet>{t.a(".", 1, 1), t.b(".", 1, 1)}; }},
	{"UDP both ways", true,
	 [](const Talk &t) { return std::vector<packet>{t.udp_a(10), t.udp_b(10)}; }},
	{"connections that say nothing", true, [](const Talk &t) { return t.opening(); }},
};

/* A connection that is opened while the flood goes on, and talks. */
struct Real {
	Talk talk;
	uint32_t sent = 0; // packets of data
};

class World
{
public:
	World(unsigned rate, const std::vector<const Flood *> &kinds)
		: turn_us(60 * SEC / rate), period_us(std::min(turn_us / 4, 10 * SEC)), kinds(kinds),
		  random(rate)
	{
		engine.verified = false;
	}

	void
	run()
	{
		const uint64_t end_us = engine.now_us + 2 * turn_us + TURNS * turn_us;
		const uint64_t between_us = turn_us / CAPACITY;

		for (uint32_t n = 0; n < KNOWN + SILENT; n++)
			engine.send_each(Talk(n).opening());
		for (uint32_t n = 0; n < KNOWN; n++)
			at(engine.now_us + random() % period_us, [this, n] { known_talks(n, 1); });
		for (uint32_t n = 0; n < REAL; n++)
			at(engine.now_us + turn_us + random() % (3 * turn_us),
			   [this, n] { real_opens(KNOWN + SILENT + n); });
		while (engine.now_us < end_us) {
			engine.now_us += std::max<uint64_t>(between_us, 1);
			happen();
			flood();
			if (strangers % 16 == 0)
				track_poll(engine.get(), engine.now_us);
		}
		engine.verify();
	}

	Engine engine{CAPACITY};
	std::vector<Talk> real;
	std::vector<uint32_t> real_sent;
	uint32_t strangers = 0;
	std::vector<uint32_t> known_sent = std::vector<uint32_t>(KNOWN);

private:
	using Event = std::pair<uint64_t, std::function<void()>>;
	struct Later {
		bool operator()(const Event &x, const Event &y) const { return x.first > y.first; }
	};

	uint64_t turn_us, period_us;
	std::vector<const Flood *> kinds;
	std::mt19937 random;
	std::priority_queue<Event, std::vector<Event>, Later> events;

	void
	at(uint64_t time_us, const std::function<void()> &what)
	{
		events.push({time_us, what});
	}

	void
	happen()
	{
		while (!events.empty() && events.top().first <= engine.now_us) {
			auto what = events.top().second;

			events.pop();
			what();
		}
	}

	void
	flood()
	{
		const Flood *kind = kinds[random() % kinds.size()];

		for (const packet &pk : kind->packets(Talk(FLOOD_FIRST + strangers)))
			engine.send(pk);
		strangers++;
	}

	void
	known_talks(uint32_t n, uint32_t seq)
	{
		engine.send(Talk(n).a(".", seq, 1, 1));
		known_sent[n]++;
		at(engine.now_us + period_us, [this, n, seq] { known_talks(n, seq + 1); });
	}

	/* Its SYN is answered within half a turn. */
	void
	real_opens(uint32_t n)
	{
		uint64_t wait_us = random() % std::min(turn_us * 45 / 100, 3 * SEC);
		size_t which = real.size();

		real.push_back(Talk(n));
		real_sent.push_back(0);
		engine.send(Talk(n).a("S", 0));
		at(engine.now_us + wait_us, [this, n, which] {
			engine.send(Talk(n).b("S.", 0, 1));
			engine.send(Talk(n).a(".", 1, 1));
			real_talks(which, 1);
		});
	}

	void
	real_talks(size_t which, uint32_t seq)
	{
		engine.send(real[which].a(".", seq, 1, 1));
		real_sent[which]++;
		at(engine.now_us + period_us, [this, which, seq] { real_talks(which, seq + 1); });
	}
};

/* By address and port of the client, for there are many. */
std::map<std::pair<uint32_t, uint16_t>, report_row>
rows_by_client(const Engine &engine)
{
	std::map<std::pair<uint32_t, uint16_t>, report_row> found;

	for (const report_row &row : engine.rows()) {
		uint32_t addr;

		memcpy(&addr, row.client.addr, sizeof(addr));
		found[{addr, row.client.port}] = row;
	}
	return found;
}

bool
is_whole(const std::map<std::pair<uint32_t, uint16_t>, report_row> &rows, const Talk &talk,
         uint32_t packets)
{
	auto found = rows.find({(uint32_t)talk.a_addr, talk.a_port});

	return found != rows.end() && found->second.client.state == REPORT_ESTABLISHED &&
	       found->second.server.state == REPORT_ESTABLISHED &&
	       !(found->second.flags & (REPORT_MIDSTREAM | REPORT_ONEWAY)) &&
	       found->second.client.packets == packets;
}

void
check(unsigned rate, const std::vector<const Flood *> &kinds, const std::string &name)
{
	World world(rate, kinds);
	uint32_t known = 0, silent = 0, real = 0;
	bool is_missed = false;

	world.run();
	auto rows = rows_by_client(world.engine);
	for (uint32_t n = 0; n < KNOWN; n++)
		known += is_whole(rows, Talk(n), 2 + world.known_sent[n]);
	for (uint32_t n = KNOWN; n < KNOWN + SILENT; n++)
		silent += is_whole(rows, Talk(n), 2);
	for (size_t i = 0; i < world.real.size(); i++)
		real += is_whole(rows, world.real[i], 2 + world.real_sent[i]);
	for (const Flood *kind : kinds)
		is_missed = is_missed || kind->is_missed;
	EXPECT_EQ(known, KNOWN) << name << " at " << rate;
	EXPECT_EQ(real, world.real.size()) << name << " at " << rate;
	EXPECT_EQ(world.real.size(), REAL) << name << " at " << rate;
	EXPECT_TRUE(is_missed || silent == SILENT) << name << " at " << rate << ": " << silent;
	EXPECT_EQ(world.engine.stats().flows_refused, 0u) << name << " at " << rate;
	EXPECT_GT(world.strangers, TURNS * CAPACITY);
}

TEST(TrackFlood, OfEachKind)
{
	for (const Flood &flood : floods)
		for (unsigned rate : {1u, 8u, 100u})
			check(rate, {&flood}, flood.name);
}

TEST(TrackFlood, OfAllKindsAtOnce)
{
	std::vector<const Flood *> all;

	for (const Flood &flood : floods)
		all.push_back(&flood);
	for (unsigned rate : {1u, 8u, 100u})
		check(rate, all, "all kinds");
}

} // namespace
