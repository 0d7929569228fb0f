// SPDX-License-Identifier: BSD-3-Clause
// Snapshots under torture: a worker opens, moves, fills, ends and reuses flows of a small table as fast as it
// can, while all of it is read again and again. What each flow carries is tied together by arithmetic that
// the reader knows, across both lines of its entry, its upper part, its cold slot and its records of trouble, so that a row made of two
// moments shows. The same source is built with ThreadSanitizer, which sees what is not written or read as
// the sequence count asks for (races_tsan.py).
//
// Tests whose names begin with Broken break the rules on purpose: without them nobody would know whether the
// others can fail.

#include "track_torture_fixture.h"

namespace
{

/* Two flows that are written all the time; a table in use; and one whose numbers change hands. */
TEST(TrackTorture, NoRowIsTorn)
{
	static const struct {
		unsigned at_once, flood;
	} cases[] = {{2, 0}, {40, 0}, {20, 2}};

	for (const auto &c : cases) {
		Engine engine(CAPACITY, small);
		Reader reader(engine.get());

		beside(engine, c.at_once, c.flood, [&] {
			reader.pass();
			return reader.rows > ROWS || reader.mistakes > 0;
		});
		EXPECT_EQ(reader.mistakes, 0u) << reader.mistake;
		report_stats stats = engine.stats();
		EXPECT_EQ(stats.flows_saturated, 0u) << "every counter is exact";
		EXPECT_EQ(stats.rst_ignored, 0u) << "every life ends where it says";
		EXPECT_GT(stats.icmp_tied, 100u);
		if (c.flood > 0) {
			EXPECT_GT(stats.flows_evicted, 1000u);
			continue;
		}
		EXPECT_GT(stats.flows_reused, 10u);
		EXPECT_GT(reader.reused, 0u);
		EXPECT_GT(reader.upper, 100u);
		EXPECT_GT(reader.trouble, 100u);
	}
}

/* Orders to the worker while it works and its table is read. */
TEST(TrackTorture, OrdersMeanwhile)
{
	Engine engine(CAPACITY, small);
	Reader reader(engine.get());
	uint64_t given = 0;

	beside(engine, 40, 0, [&] {
		snapshot_clock clock = {CLOCK, 0, nullptr};
		uint32_t next = (uint32_t)(given % CAPACITY);
		report_row row;

		reader.pass();
		snapshot_answer(engine.get());
		if (support::snapshot_rows(engine.get(), &clock, SNAPSHOT_ALL, &next, 1, &row, 1) == 1)
			given += snapshot_order_drop(engine.get(), row.id) == 0;
		return (reader.rows > ROWS / 4 && given > 10) || reader.mistakes > 0;
	});
	EXPECT_EQ(reader.mistakes, 0u) << reader.mistake;
}

/* --- broken on purpose ---------------------------------------------------------------------- */

/* The upper part and the records of trouble, as they are now. */
void
copy_what_hangs_on(const track *track, uint32_t number, snapshot_copy *copy)
{
	base_copy_words(&copy->upper, entry_upper_at(track->table, number), sizeof(copy->upper));
	for (unsigned end = 0; end < 2; end++) {
		uint32_t trouble = entry_trouble_number(&copy->entry, end);

		if (trouble < track->trouble.capacity)
			base_copy_words(&copy->trouble[end], entry_trouble_record(&track->trouble, trouble),
			                sizeof(copy->trouble[end]));
	}
}

/* A reader that does not look at the count again takes torn rows, and they are known for such. */
TEST(TrackTorture, BrokenReaderIsCaught)
{
	Engine engine(CAPACITY, small);
	Reader reader(engine.get());
	const track *track = engine.get();

	beside(engine, 40, 0, [&] {
		snapshot_clock clock = {CLOCK, 0, nullptr};

		for (uint32_t n = 0; n < flow_table_used(track->table); n++) {
			struct snapshot_copy copy = {}; // in no tunnel
			report_full full;

			base_copy_words(&copy.entry, entry_at(track->table, n), sizeof(copy.entry));
			copy.cold.generation =
			    __atomic_load_n(&flow_table_cold(track->table, n)->generation, __ATOMIC_RELAXED);
			copy.cold.user =
			    __atomic_load_n(&flow_table_cold(track->table, n)->user, __ATOMIC_RELAXED);
			copy_what_hangs_on(track, n, &copy);
			if (copy.entry.key.rest == 0)
				continue;
			snapshot_row_full(track, &clock, n, &copy, &full);
			reader.check(full);
		}
		return reader.mistakes > 0;
	});
	EXPECT_GT(reader.mistakes, 0u);
}

/* The same of a reader that looks at the count, but takes what hangs on the entry afterwards. */
TEST(TrackTorture, BrokenReaderOfTheRestIsCaught)
{
	Engine engine(CAPACITY, small);
	Reader reader(engine.get());
	const track *track = engine.get();

	beside(engine, 2, 0, [&] {
		snapshot_clock clock = {CLOCK, 0, nullptr};

		for (uint32_t n = 0; n < flow_table_used(track->table); n++) {
			struct snapshot_copy copy;
			report_full full;

			snapshot_copy_take(track, n, SNAPSHOT_DEPTH_WHOLE, &copy);
			if (copy.entry.key.rest == 0)
				continue;
			copy_what_hangs_on(track, n, &copy);
			snapshot_row_full(track, &clock, n, &copy, &full);
			reader.check(full);
		}
		return reader.mistakes > 0;
	});
	EXPECT_GT(reader.mistakes, 0u);
}

BASE_NOINLINE void
write_without_the_count(uint32_t *to, const uint32_t *from)
{
	const size_t words = (sizeof(struct entry) - offsetof(struct entry, seq)) / sizeof(*to) - 2;

	for (size_t i = 0; i < words; i++)
		((volatile uint32_t *)to)[i] = from[i];
}

/*
 * A writer that does not open the count: two images of one flow, each in itself right, are put into its entry
 * by turns. ThreadSanitizer is to find the writes; the arithmetic is to find the rows.
 */
TEST(TrackTorture, BrokenWriterIsCaught)
{
	Engine engine(CAPACITY, small);
	Reader reader(engine.get());
	std::mt19937 rng(1);
	Player player(0);
	struct entry images[2];
	std::atomic<bool> stop{false};
	struct entry *e = entry_at(engine->table, 0);

	for (struct entry &image : images) {
		for (int i = 0; i < 5; i++) {
			packet pk = player.next(rng);

			engine.now_us += (player.time() - engine.now_us) & TIME_MASK;
			engine.send(pk);
		}
		image = *e;
	}
	ASSERT_EQ(images[0].flags & ENTRY_UPPER, 0);
	std::thread writer([&] {
		for (unsigned i = 0; !stop; i++) // all that follows the count
			write_without_the_count(&e->seq + 2, &images[i & 1].seq + 2);
	});
	while (reader.mistakes == 0)
		reader.pass();
	stop = true;
	writer.join();
	EXPECT_GT(reader.mistakes, 0u);
}

} // namespace
