/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <cstring>
#include <memory>

extern "C" {
#include "filter_unconnected.h"
}

namespace {

class FilterAlone : public ::testing::Test {
protected:
	FilterAlone() : set(new struct filter_unconnected) { filter_unconnected_init(set.get(), 7); }
	void add(unsigned version, uint32_t host, uint16_t port)
	{
		filter_unconnected_add(set.get(), version, address(host), port);
	}
	bool has(unsigned version, uint32_t host, uint16_t port)
	{
		return filter_unconnected_has(set.get(), version, address(host), port);
	}

	std::unique_ptr<struct filter_unconnected> set;

private:
	const uint8_t *address(uint32_t host)
	{
		memset(bytes_, 0, sizeof(bytes_));
		memcpy(bytes_, &host, sizeof(host));
		return bytes_;
	}

	uint8_t bytes_[16];
};

TEST_F(FilterAlone, WhatIsAddedIsThere)
{
	EXPECT_FALSE(has(4, 1, 53));
	add(4, 1, 53);
	add(4, 1, 53);
	EXPECT_TRUE(has(4, 1, 53));
	EXPECT_FALSE(has(6, 1, 53));
	EXPECT_FALSE(has(4, 2, 53));
	EXPECT_FALSE(has(4, 1, 54));
}

/* Half full it forgets nothing; overfull it invents nothing and comes to an end. */
TEST_F(FilterAlone, Full)
{
	unsigned kept = 0;

	for (uint32_t i = 0; i < FILTER_UNCONNECTED_SLOTS / 4; i++)
		add(4, i * 2654435761u, static_cast<uint16_t>(i));
	for (uint32_t i = 0; i < FILTER_UNCONNECTED_SLOTS / 4; i++)
		EXPECT_TRUE(has(4, i * 2654435761u, static_cast<uint16_t>(i))) << i;
	for (uint32_t i = 0; i < 4 * FILTER_UNCONNECTED_SLOTS; i++)
		add(6, i, 53);
	for (uint32_t i = 0; i < 4 * FILTER_UNCONNECTED_SLOTS; i++)
		kept += has(6, i, 53);
	EXPECT_GT(kept, FILTER_UNCONNECTED_SLOTS / 2u);
	EXPECT_LE(kept, static_cast<unsigned>(FILTER_UNCONNECTED_SLOTS));
	for (uint32_t i = 4 * FILTER_UNCONNECTED_SLOTS; i < 5 * FILTER_UNCONNECTED_SLOTS; i++)
		EXPECT_FALSE(has(6, i, 53)) << i;
}

} // namespace
