/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests of filters share: a filter from a text, rows at random, memory that is counted.
 */
#ifndef FILTER_FIXTURE_H
#define FILTER_FIXTURE_H

#include <gtest/gtest.h>

#include <netinet/in.h>

#include <random>

#include "counted.h"
#include "filter.h"
#include "report_fixture.h"

/* A text that must compile, and what it says of rows. */
class Compiled {
public:
	explicit Compiled(const std::string &text, const struct report_labels *labels = nullptr)
	    : filter_(new struct filter)
	{
		struct filter_error error;

		memset(filter_.get(), 0xa5, sizeof(*filter_));
		result = filter_compile(filter_.get(), text.c_str(), labels, &error);
		EXPECT_EQ(result, 0) << text << ": " << error.text;
	}
	int match(const struct report_row &row, enum filter_local_end local = FILTER_LOCAL_CLIENT,
	          unsigned parts = FILTER_PARTS_ROW) const
	{
		const struct filter_subject subject = { &row, nullptr, local, parts, 0, nullptr };

		return filter_match(filter_.get(), &subject);
	}
	int match(const struct report_full &full) const
	{
		const struct filter_subject subject = { &full.row, &full, FILTER_LOCAL_CLIENT,
			                                FILTER_PARTS_ALL, 0, nullptr };

		return filter_match(filter_.get(), &subject);
	}
	const struct filter *get() const { return filter_.get(); }
	unsigned needs() const { return filter_needs(filter_.get()); }
	int result;

private:
	std::unique_ptr<struct filter> filter_;
};

/* Rows whose fields take few values, so that filters hit and miss them alike. */
class RandomRows {
public:
	explicit RandomRows(unsigned seed) : rng(seed) {}

	unsigned below(unsigned n) { return std::uniform_int_distribution<unsigned>(0, n - 1)(rng); }

	struct report_full next()
	{
		static const uint16_t ports[] = { 22, 80, 443, 1024, 40000, 65535 };
		struct report_full full;
		struct report_row &row = full.row;

		memset(&full, 0, sizeof(full));
		row.id = below(16);
		row.proto = below(4) ? IPPROTO_TCP : IPPROTO_UDP;
		row.ip_version = below(3) ? 4 : 6;
		row.flags = static_cast<uint8_t>(below(16));
		row.closed_by = static_cast<uint8_t>(below(3));
		row.end_cause = static_cast<uint8_t>(below(REPORT_END_CAUSES));
		row.worker = static_cast<uint8_t>(below(4));
		row.vlan = below(3) ? static_cast<uint16_t>(below(12)) : REPORT_NO_VLAN;
		row.opened_us = 1767225600000000 + below(1000) * 100000u;
		row.last_us = row.opened_us + below(200) * 1000000u;
		row.idle_us = below(400) * 500000u;
		row.in_state_us = below(400) * 500000u;
		for (struct report_end *end : { &row.client, &row.server }) {
			if (row.ip_version == 4)
				inet_pton(AF_INET, ("10.0." + std::to_string(below(3)) + "." +
				                    std::to_string(below(4))).c_str(), end->addr);
			else
				inet_pton(AF_INET6, ("2001:db8:" + std::to_string(below(3)) +
				                     "::" + std::to_string(below(4))).c_str(), end->addr);
			end->port = ports[below(6)];
			end->state = row.proto == IPPROTO_UDP
			                 ? static_cast<uint8_t>(REPORT_UDP)
			                 : static_cast<uint8_t>(below(REPORT_UDP));
			end->packets = below(30);
			end->bytes = below(30) * 500u;
			end->payload = below(30) * 400u;
		}
		full.client.retransmitted = below(5);
		full.server.retransmitted = below(5);
		return full;
	}

	std::mt19937 rng;
};

#endif
