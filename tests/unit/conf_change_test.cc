// SPDX-License-Identifier: BSD-3-Clause
// What differs between two configurations, by the names of keys.

#include <string>

#include <gtest/gtest.h>

#include "conf_change.h"

namespace
{

void
nothing_wrong(void *, const char *message)
{
	ADD_FAILURE() << message;
}

struct Changes {
	struct conf old, fresh;

	Changes()
	{
		conf_init(&old);
		conf_init(&fresh);
	}

	void
	set(const char *key, const char *value)
	{
		EXPECT_EQ(conf_set(&fresh, key, value, nothing_wrong, nullptr), 0);
	}

	std::string
	names(bool reloads, unsigned wanted, size_t size = 1024) const
	{
		std::string text(size, '#');

		const unsigned n = conf_changes(&old, &fresh, reloads, &text[0], size);
		EXPECT_EQ(n, wanted);
		return text.c_str();
	}
};

TEST(ConfChange, TheSameHasNone)
{
	Changes changes;

	EXPECT_EQ(changes.names(true, 0), "");
	EXPECT_EQ(changes.names(false, 0), "");
}

TEST(ConfChange, EachKeyIsNamedWhereItBelongs)
{
	Changes changes;

	changes.set("timers.udp", "60");
	changes.set("home", "100.64.0.0/10");
	changes.set("workers", "4");
	changes.set("cpus.workers", "2-5");
	changes.set("sources.vdev", "net_null0");
	changes.set("no-huge", "true");
	changes.set("name", "tap");
	changes.set("decode.gtp-ports", "2153");
	EXPECT_EQ(changes.names(true, 2), "home, timers.udp");
	EXPECT_EQ(changes.names(false, 6),
	          "name, workers, no-huge, cpus.workers, sources.vdev, decode.gtp-ports");
	conf_reload(&changes.old, &changes.fresh);
	EXPECT_EQ(changes.names(true, 0), "") << "taken over: nothing is left of these";
	EXPECT_EQ(changes.names(false, 6, 16), "name, workers, ") << "cut to its room";
}

// By the table: a key of any kind that is set otherwise is found, and no other one.
TEST(ConfChange, MslAndPresetAreKeysAndWhatIsMadeOfThemIsNone)
{
	Changes changes;

	changes.set("timers.msl", "9");
	EXPECT_EQ(changes.names(true, 1), "timers.msl");
	changes.set("timers.preset", "linux");
	EXPECT_EQ(changes.names(true, 2), "timers.preset, timers.msl");
}

} // namespace
