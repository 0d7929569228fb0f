/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "digest_health.h"

namespace {

/* Two samples of a daemon to which nothing is wrong; a second and ten thousand packets apart. */
class DigestHealth : public ::testing::Test {
protected:
	DigestHealth() : first(new struct report_stats()), last(new struct report_stats())
	{
		fill(first.get(), 1000000, 100);
		fill(last.get(), 1010000, 101);
	}
	static void fill(struct report_stats *stats, uint64_t received, uint64_t seconds)
	{
		stats->received = stats->tracked = received;
		stats->flows_created = received / 100;
		stats->flows_live = 100;
		stats->flows_capacity = 1000;
		stats->copy_window_us = 5000;
		stats->uptime_us = seconds * 1000000;
		stats->n_ports = stats->n_workers = 2;
		for (unsigned i = 0; i < 2; i++) {
			strcpy(stats->ports[i].name, i ? "eth1" : "eth0");
			stats->ports[i].state = REPORT_PORT_UP;
			stats->ports[i].received = received / 2;
			stats->workers[i].received = received / 2;
			stats->workers[i].busy_cycles = seconds * 100;
			stats->workers[i].idle_cycles = seconds * 900;
		}
	}
	void judge(bool two = true)
	{
		checks.resize(DIGEST_CHECKS_MAX);
		checks.resize(digest_health(two ? first.get() : nullptr, last.get(), &clock, checks.data()));
	}
	const struct digest_check &find(const std::string &word, const std::string &of = "")
	{
		static const struct digest_check none = { "none", "", "", DIGEST_GRADES, 0, 0, 0, 0, 0, nullptr };

		for (const auto &check : checks)
			if (check.word == word && check.of == of)
				return check;
		ADD_FAILURE() << word << " " << of;
		return none;
	}
	/* The grade when both samples have `before` of it, or the first has and the last has more. */
	enum digest_grade grade(uint64_t *in_first, uint64_t *in_last, uint64_t before, uint64_t now,
	                        const char *word, const char *of)
	{
		*in_first = before;
		*in_last = before + now;
		judge();
		return find(word, of).grade;
	}

	std::unique_ptr<struct report_stats> first, last;
	struct digest_clock clock = { 1, 1, 1000 };
	std::vector<struct digest_check> checks;
};

TEST_F(DigestHealth, AllIsWell)
{
	for (bool two : { true, false }) {
		judge(two);
		for (const auto &check : checks) {
			EXPECT_EQ(check.grade, DIGEST_OK) << check.word;
			EXPECT_EQ(check.advice, nullptr) << check.word;
			EXPECT_TRUE(two || check.now_us == 0);
		}
		EXPECT_EQ(checks.size(), 2 * 3 + 2 * 4 + 5 + 3 + 1u);
	}
	EXPECT_EQ(find("port-loss", "eth1").total, 505000u);
	judge();
	EXPECT_EQ(find("port-loss", "eth1").now_total, 5000u);
	EXPECT_EQ(find("port-loss", "eth1").now_us, 1000000u);
}

TEST_F(DigestHealth, LossesNowAreWorseThanLossesOnce)
{
	auto port = [this](uint64_t before, uint64_t now) {
		return grade(&first->ports[1].missed, &last->ports[1].missed, before, now, "port-loss", "eth1");
	};
	EXPECT_EQ(port(1, 0), DIGEST_WARNING);
	EXPECT_EQ(port(300000, 0), DIGEST_WARNING) << "a third was lost once";
	EXPECT_EQ(port(0, 1), DIGEST_WARNING);
	EXPECT_EQ(port(0, 6), DIGEST_CRITICAL) << "more than one in a thousand";
	EXPECT_EQ(find("port-loss", "eth0").grade, DIGEST_OK);
	EXPECT_NE(find("port-loss", "eth1").advice, nullptr);
	last->ports[1].missed = 300000;
	judge(false);
	EXPECT_EQ(find("port-loss", "eth1").grade, DIGEST_CRITICAL) << "with one look, once is all there is";
}

TEST_F(DigestHealth, DelayOfCopiesInTheirWindow)
{
	last->copy_delay_us = 4000;
	judge();
	EXPECT_EQ(find("copy-delay").grade, DIGEST_OK);
	EXPECT_EQ(find("copy-delay").total, 5000u);
	last->copy_delay_us = 4900;
	judge();
	EXPECT_EQ(find("copy-delay").grade, DIGEST_WARNING);
	last->copy_window_us = 0;
	judge();
	for (const auto &check : checks)
		EXPECT_STRNE(check.word, "copy-delay") << "copies are not searched for";
}

/* Only a capture brings its own times. */
TEST_F(DigestHealth, WrongTimesInCaptures)
{
	last->bad_stamps = 1;
	judge();
	for (const auto &check : checks)
		EXPECT_STRNE(check.word, "stamps");
	strcpy(last->ports[1].driver, REPORT_DRIVER_FILE);
	judge();
	EXPECT_EQ(find("stamps").grade, DIGEST_WARNING);
	last->bad_stamps = 20000;
	judge(false);
	EXPECT_EQ(find("stamps").grade, DIGEST_CRITICAL);
	last->bad_stamps = 0;
	judge(false);
	EXPECT_EQ(find("stamps").grade, DIGEST_OK);
}

TEST_F(DigestHealth, EachCounterHasItsCheck)
{
	auto &f = *first, &l = *last;

	EXPECT_EQ(grade(&f.ports[0].errors, &l.ports[0].errors, 0, 100, "port-errors", "eth0"), DIGEST_CRITICAL);
	EXPECT_EQ(grade(&f.workers[1].dropped, &l.workers[1].dropped, 0, 100, "worker-loss", "1"), DIGEST_CRITICAL);
	EXPECT_EQ(grade(&f.workers[1].stray, &l.workers[1].stray, 0, 100, "worker-stray", "1"), DIGEST_CRITICAL);
	EXPECT_EQ(grade(&f.workers[1].stray, &l.workers[1].stray, 0, 10, "worker-stray", "1"), DIGEST_WARNING);
	EXPECT_EQ(grade(&f.workers[0].handed, &l.workers[0].handed, 0, 5000, "worker-handed", "0"), DIGEST_OK);
	EXPECT_EQ(grade(&f.duplicates, &l.duplicates, 0, 50, "duplicates", ""), DIGEST_OK);
	EXPECT_EQ(grade(&f.duplicates, &l.duplicates, 0, 500, "duplicates", ""), DIGEST_WARNING);
	EXPECT_EQ(grade(&f.duplicates, &l.duplicates, 0, 5000, "duplicates", ""), DIGEST_CRITICAL);
	EXPECT_EQ(grade(&f.late_copies, &l.late_copies, 0, 5, "late-copies", ""), DIGEST_OK);
	EXPECT_EQ(grade(&f.late_copies, &l.late_copies, 0, 9000, "late-copies", ""), DIGEST_WARNING);
	EXPECT_EQ(grade(&f.gaps, &l.gaps, 0, 1, "gaps", ""), DIGEST_WARNING);
	EXPECT_EQ(grade(&f.gaps, &l.gaps, 0, 100, "gaps", ""), DIGEST_CRITICAL);
	EXPECT_EQ(grade(&f.flows_evicted, &l.flows_evicted, 0, 1, "evictions", ""), DIGEST_WARNING);
	EXPECT_EQ(grade(&f.flows_evicted, &l.flows_evicted, 0, 50, "evictions", ""), DIGEST_CRITICAL);
	EXPECT_EQ(grade(&f.flows_refused, &l.flows_refused, 0, 1, "refused", ""), DIGEST_CRITICAL);
	EXPECT_EQ(grade(&f.flows_refused, &l.flows_refused, 9, 0, "refused", ""), DIGEST_WARNING);
}

TEST_F(DigestHealth, NetworksWhereThereIsSomethingToSay)
{
	last->networks_joined = 9000;
	judge();
	EXPECT_EQ(find("networks-joined").grade, DIGEST_OK) << "some overlays are so";
	EXPECT_EQ(find("networks-joined").count, 9000u);
	EXPECT_EQ(find("networks-ambiguous").grade, DIGEST_OK);
	EXPECT_EQ(find("networks-refused").grade, DIGEST_OK);
	last->networks_ambiguous = 1;
	judge();
	EXPECT_EQ(find("networks-ambiguous").grade, DIGEST_WARNING);
	last->networks_refused = 1;
	judge();
	EXPECT_EQ(find("networks-refused").grade, DIGEST_CRITICAL);
	first->networks_refused = 1;
	judge();
	EXPECT_EQ(find("networks-refused").grade, DIGEST_WARNING) << "once, and no more";
}

TEST_F(DigestHealth, Gauges)
{
	struct {
		uint64_t live, oneway;
		enum digest_grade fill, direction;
	} table[] = {
		{ 0, 0, DIGEST_OK, DIGEST_OK },     { 700, 140, DIGEST_OK, DIGEST_OK },
		{ 701, 141, DIGEST_WARNING, DIGEST_WARNING }, { 900, 540, DIGEST_WARNING, DIGEST_WARNING },
		{ 901, 541, DIGEST_CRITICAL, DIGEST_CRITICAL },
	};
	for (const auto &row : table) {
		last->flows_live = row.live;
		last->flows_oneway = row.oneway;
		judge();
		EXPECT_EQ(find("table-fill").grade, row.fill) << row.live;
		EXPECT_EQ(find("oneway").grade, row.direction) << row.live;
	}
}

TEST_F(DigestHealth, BusyWorkers)
{
	last->workers[0].busy_cycles = first->workers[0].busy_cycles + 960;
	last->workers[0].idle_cycles = first->workers[0].idle_cycles + 40;
	judge();
	EXPECT_EQ(find("worker-busy", "0").grade, DIGEST_CRITICAL);
	EXPECT_EQ(find("worker-busy", "1").grade, DIGEST_OK);
}

TEST_F(DigestHealth, APortThatIsDownOrSilent)
{
	last->ports[0].state = REPORT_PORT_DOWN;
	first->ports[1].received = last->ports[1].received;
	judge();
	EXPECT_EQ(find("port-link", "eth0").grade, DIGEST_CRITICAL);
	EXPECT_EQ(find("port-quiet", "eth1").grade, DIGEST_WARNING) << "nothing in the last second";
	strcpy(last->ports[1].driver, REPORT_DRIVER_FILE);
	judge();
	EXPECT_EQ(find("port-quiet", "eth1").grade, DIGEST_OK) << "a file has come to its end";
	last->ports[1].driver[0] = '\0';
	first->ports[1].received = last->ports[1].received = 0;
	judge();
	EXPECT_EQ(find("port-quiet", "eth1").grade, DIGEST_CRITICAL) << "nothing at all";
	for (const auto &check : checks)
		EXPECT_FALSE(std::string(check.of) == "eth0" && std::string(check.word) != "port-link");
}

TEST_F(DigestHealth, APortThatIsGoneOrHasNoBuffers)
{
	last->ports[0].state = REPORT_PORT_GONE;
	judge();
	EXPECT_EQ(find("port-gone", "eth0").grade, DIGEST_CRITICAL);
	EXPECT_NE(find("port-gone", "eth0").advice, nullptr);
	for (const auto &check : checks) {
		EXPECT_FALSE(std::string(check.of) == "eth0" && std::string(check.word) != "port-gone");
		EXPECT_STRNE(check.word, "port-buffers");
	}
	last->ports[1].no_buffer = last->ports[1].missed = 1;
	judge();
	EXPECT_EQ(find("port-buffers", "eth1").grade, DIGEST_WARNING);
}

TEST_F(DigestHealth, APortThatStandsStill)
{
	first->ports[0].stalled_sec = 3;
	last->ports[0].stalled_sec = 4;
	judge();
	EXPECT_EQ(find("port-stalled", "eth0").grade, DIGEST_CRITICAL);
	first->ports[0].stalled_sec = 4;
	judge();
	EXPECT_EQ(find("port-stalled", "eth0").grade, DIGEST_WARNING) << "it was so";
	last->ports[0].stalled_sec = 0;
	judge();
	for (const auto &check : checks)
		EXPECT_STRNE(check.word, "port-stalled");
}

TEST_F(DigestHealth, APortThatSends)
{
	last->ports[0].sent = first->ports[0].sent = 0;
	judge();
	for (const auto &check : checks)
		EXPECT_STRNE(check.word, "port-sent");
	last->ports[0].sent = 1;
	judge();
	EXPECT_EQ(find("port-sent", "eth0").grade, DIGEST_CRITICAL);
	EXPECT_EQ(find("port-sent", "eth0").now_count, 1u);
	last->ports[0].state = REPORT_PORT_DOWN;
	judge();
	EXPECT_EQ(find("port-sent", "eth0").grade, DIGEST_CRITICAL);
	first->ports[0].sent = 1;
	judge();
	EXPECT_EQ(find("port-sent", "eth0").grade, DIGEST_WARNING) << "it was so";
}

TEST_F(DigestHealth, TheClock)
{
	clock = { 1, 0, 1000 };
	judge();
	EXPECT_EQ(find("clock").grade, DIGEST_WARNING);
	EXPECT_NE(find("clock").advice, nullptr);
	clock = { 1, 1, 2000000 };
	judge();
	EXPECT_EQ(find("clock").grade, DIGEST_CRITICAL);
	clock = {};
	judge();
	for (const auto &check : checks)
		EXPECT_STRNE(check.word, "clock") << "nobody knows";
}

/* Counts beyond the arrays, a name without an end: taken as what fits. */
TEST_F(DigestHealth, WhatCannotBe)
{
	last->n_ports = last->n_workers = 4000000000u;
	memset(last->ports[5].name, 'x', sizeof(last->ports[5].name));
	last->ports[5].state = REPORT_PORT_UP;
	judge();
	EXPECT_LE(checks.size(), static_cast<size_t>(DIGEST_CHECKS_MAX));
	EXPECT_EQ(find("port-loss", std::string(REPORT_NAME_MAX, 'x')).grade, DIGEST_OK);
}

TEST_F(DigestHealth, ADaemonThatWasStartedAnewBetweenTheLooks)
{
	fill(last.get(), 100, 0);
	judge();
	EXPECT_EQ(find("gaps").now_us, 0u) << "no difference is made of two daemons";
}

} // namespace
