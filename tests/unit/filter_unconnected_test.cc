/* SPDX-License-Identifier: BSD-3-Clause */
#include "filter_unconnected.h"

#include "filter_fixture.h"

namespace {

class FilterAlone : public ::testing::Test {
protected:
	FilterAlone() { filter_unconnected_init(&set, counted.memory(), 7); }
	~FilterAlone()
	{
		filter_unconnected_fini(&set);
		EXPECT_EQ(counted.now, 0u);
	}
	void add(unsigned version, uint32_t host, uint16_t port)
	{
		filter_unconnected_add(&set, version, address(host), port);
	}
	bool has(unsigned version, uint32_t host, uint16_t port)
	{
		return filter_unconnected_has(&set, version, address(host), port);
	}

	CountedMemory counted;
	struct filter_unconnected set;

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

/* What has a place keeps it; one more is forgotten, and none is invented. */
TEST_F(FilterAlone, Full)
{
	for (uint32_t i = 0; i < FILTER_UNCONNECTED_MAX; i++)
		add(i % 2 ? 4 : 6, i * 2654435761u, static_cast<uint16_t>(i));
	for (uint32_t i = 0; i < 100; i++)
		add(6, i, 53);
	for (uint32_t i = 0; i < FILTER_UNCONNECTED_MAX; i++)
		EXPECT_TRUE(has(i % 2 ? 4 : 6, i * 2654435761u, static_cast<uint16_t>(i))) << i;
	for (uint32_t i = 0; i < 100; i++)
		EXPECT_FALSE(has(6, i, 53)) << i;
}

/* Without memory none is remembered, and that is all. */
TEST_F(FilterAlone, NoMemory)
{
	counted.most = 0;
	add(4, 1, 53);
	EXPECT_FALSE(has(4, 1, 53));
}

} // namespace
