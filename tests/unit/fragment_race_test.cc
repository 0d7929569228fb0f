// SPDX-License-Identifier: BSD-3-Clause
// Counters of fragments, read by the control core while the worker counts.

#include <atomic>
#include <thread>

#include "base_atomic.h"
#include "fragment_fixture.h"

namespace
{

class FragmentRace : public Fragment
{
};

TEST_F(FragmentRace, CountersAreReadMeanwhile)
{
	const std::vector<Bytes> pieces = cut(false, 17, udp(400), 104);
	const uint64_t *counters = &table->counters.followed;
	uint64_t before[sizeof(table->counters) / sizeof(uint64_t)] = {};
	std::atomic<bool> stop{false};

	std::thread worker([&] {
		while (!stop) {
			send(pieces);
			send(pieces.back()); // once more, as a copy
			send(piece4(17, 8, 64, true, 9)); // its first does not come
			now += SEC;
			fragment_expire(table.get(), now, false);
			push();
			out.clear();
			levels.clear();
		}
	});

	while (base_load_u64(&table->counters.orphans) < 1000)
		for (size_t i = 0; i < std::size(before); i++) {
			uint64_t n = base_load_u64(&counters[i]);

			EXPECT_GE(n, before[i]) << i;
			before[i] = n;
		}
	stop = true;
	worker.join();
	EXPECT_GE(table->counters.followed, 3 * table->counters.reused);
}

} // namespace
