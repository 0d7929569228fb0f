// SPDX-License-Identifier: BSD-3-Clause
/*
 * An engine whose troubles are read back: what the cases of one conversation's server hold.
 *
 *	Troubled engine;
 *	engine.send_each(talk.opening());
 *	EXPECT_EQ(engine.count(talk, REPORT_TROUBLE_DEAF), 0u);
 */
#ifndef UNIT_TROUBLE_FIXTURE_H
#define UNIT_TROUBLE_FIXTURE_H

#include <gtest/gtest.h>

#include "engine.h"
#include "snapshot_case.h"

namespace support
{

class Troubled : public Engine
{
public:
	using Engine::Engine;

	/* All cases, after what is queued has been added. */
	std::vector<report_case>
	cases()
	{
		snapshot_clock clock = {now_us, 0, nullptr};
		std::vector<report_case> all, some(7);
		uint32_t next = 0;

		pass(20 * MS);
		while (next != UINT32_MAX) {
			unsigned n = snapshot_case_rows(get(), &clock, &next, some.data(),
			                                (unsigned)some.size());

			all.insert(all.end(), some.begin(), some.begin() + n);
		}
		return all;
	}

	/* The run of the server's socket, or of the socket and the client's network. */
	report_run
	run(const Talk &talk, unsigned trouble, bool of_path = false)
	{
		report_run found = {};
		unsigned n = 0;

		for (const report_case &one : cases())
			if (one.port == talk.b_port && memcmp(one.server, &talk.b_addr, 4) == 0 &&
			    (one.client_bits != 0) == of_path) {
				found = one.runs[trouble];
				n++;
			}
		EXPECT_LE(n, 1u);
		return found;
	}

	uint64_t count(const Talk &talk, unsigned trouble) { return run(talk, trouble).count; }

	/* Every trouble of the socket that there is, as "TROUBLE count". */
	std::string
	troubles(const Talk &talk)
	{
		static const char *const names[] = {
#define X(symbol, of) #symbol,
			REPORT_TROUBLE_LIST(X)
#undef X
		};
		std::string text;

		for (unsigned i = 0; i < REPORT_TROUBLES; i++) {
			report_run one = run(talk, i);

			if (one.count > 0)
				text += (text.empty() ? "" : ", ") + std::string(names[i]) + " " +
					std::to_string(one.count);
		}
		return text;
	}

	/* The packet at that time after the last one. */
	void
	after(uint64_t us, const packet &pk)
	{
		pass(us);
		send(pk);
	}
};

} // namespace support

#endif
