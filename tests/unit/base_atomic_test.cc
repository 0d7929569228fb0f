// SPDX-License-Identifier: BSD-3-Clause
// The sequence count: a reader that was disturbed knows it. And numbers in network order.

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "base_atomic.h"
#include "base_bytes.h"

namespace
{

TEST(BaseAtomic, ReaderKnowsThatItWasDisturbed)
{
	uint32_t seq = 0, begun = base_seq_read_begin(&seq);

	EXPECT_FALSE(base_seq_read_retry(&seq, begun));
	base_seq_write_begin(&seq);
	EXPECT_TRUE(base_seq_read_retry(&seq, begun)) << "a write is open";
	base_seq_write_end(&seq);
	EXPECT_TRUE(base_seq_read_retry(&seq, begun)) << "a write was done";
	EXPECT_FALSE(base_seq_read_retry(&seq, base_seq_read_begin(&seq)));
}

TEST(BaseAtomic, SequenceWraps)
{
	uint32_t seq = UINT32_MAX - 1, begun = base_seq_read_begin(&seq);

	base_seq_write_begin(&seq);
	base_seq_write_end(&seq);
	EXPECT_EQ(seq, 0u);
	EXPECT_TRUE(base_seq_read_retry(&seq, begun));
}

TEST(BaseAtomic, WordsThatMustAgreeDo)
{
	struct {
		uint64_t words[8];
		uint32_t seq;
	} shared = {};
	std::atomic<bool> stop{false};
	std::thread writer([&] {
		for (uint64_t n = 1; !stop; n++) {
			base_seq_write_begin(&shared.seq);
			for (uint64_t &word : shared.words)
				__atomic_store_n(&word, n, __ATOMIC_RELAXED);
			base_seq_write_end(&shared.seq);
		}
	});

	for (int i = 0; i < 200000; i++) {
		uint64_t copy[8];
		uint32_t begun;

		do {
			begun = base_seq_read_begin(&shared.seq);
			base_copy_words(copy, shared.words, sizeof(copy));
		} while (base_seq_read_retry(&shared.seq, begun));
		for (uint64_t word : copy) {
			if (word != copy[0]) {
				ADD_FAILURE() << word << " beside " << copy[0];
				i = 200000;
			}
		}
	}
	stop = true;
	writer.join();
}

TEST(BaseAtomic, CounterAddsAndTakesAway)
{
	uint64_t counter = 5;

	base_counter_add(&counter, 3);
	EXPECT_EQ(base_load_u64(&counter), 8u);
	base_counter_add(&counter, (uint64_t)-1);
	EXPECT_EQ(base_load_u64(&counter), 7u);
}

TEST(BaseBytes, AnyAlignment)
{
	const uint8_t bytes[] = {0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9};
	uint8_t to[6] = {};

	EXPECT_EQ(base_be16(bytes + 1), 0x0102);
	EXPECT_EQ(base_be16(bytes), 0xff01);
	EXPECT_EQ(base_be32(bytes + 1), 0x01020304u);
	EXPECT_EQ(base_be32(bytes + 3), 0x03040506u);
	EXPECT_EQ(base_raw32(bytes + 1), 0x04030201u);
	EXPECT_EQ(base_raw64(bytes + 1), 0x0807060504030201u);
	base_put_be32(to + 1, 0x01020304);
	EXPECT_EQ(base_be32(to + 1), 0x01020304u);
	EXPECT_EQ(to[0] | to[5], 0);
}

} // namespace
