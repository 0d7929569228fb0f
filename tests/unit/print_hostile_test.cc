/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows of any bytes, as a daemon that lies may send them: every report, in every format, gives text
 * that no terminal obeys, and JSON that is some.
 */

#include <cstring>
#include <random>
#include <vector>

#include "base_plain.h"
#include "digest_health.h"
#include "digest_row.h"
#include "print_fixture.h"
#include "print_health.h"
#include "print_rows.h"
#include "report_event.h"
#include "report_finding.h"
#include "report_group.h"
#include "report_home.h"
#include "report_listen.h"
#include "report_stats_fixture.h"

namespace {

const char STEERING[] = "\033[2J\x9b"
			"1m\xc2\x9b"
			"5m\u202e\xff\n\r\\,\"x";

/* All of it is UTF-8, and nothing but the ends of lines is a control character. */
void
expect_plain(const std::string &text, const char *what)
{
	for (size_t at = 0; at < text.size();) {
		uint32_t code;
		size_t n = base_plain_utf8(&text[at], text.size() - at, &code);

		ASSERT_GT(n, 0u) << what << " at " << at << ": " << text;
		ASSERT_TRUE(base_plain_is(code) || code == '\n') << what << ": " << code;
		at += n;
	}
}

struct Report {
	const char *name;
	const struct print_rows *rows;
	size_t bytes;
};

const Report reports[] = {
#define REPORT(id, name, letter, row, source, digest, printer, ...)                                \
	{ #name, &print_##printer, sizeof(row) },
	REPORT_TABLE(REPORT) REPORT_VARIANTS(REPORT)
#undef REPORT
};

struct print_style
style_of(unsigned columns, int verbose)
{
	struct print_style style = {};

	style.columns = columns;
	style.verbose = verbose;
	return style;
}

std::string
shown(const Report &report, enum print_format format, unsigned columns, const void *row)
{
	return printed_in(style_of(columns, 0), print_row, report.rows, format, row);
}

TEST(PrintHostile, RowsOfAnyBytes)
{
	std::mt19937 random(1);

	for (const Report &report : reports) {
		if (!report.rows->text || report.rows == &print_health)
			continue;
		for (int round = 0; round < 300; round++) {
			std::vector<uint64_t> row(report.bytes / 8 + 1);
			uint8_t *bytes = reinterpret_cast<uint8_t *>(row.data());

			for (size_t i = 0; i < report.bytes; i++)
				bytes[i] = (uint8_t)(round % 3 == 0 ? STEERING[i % sizeof(STEERING)] : random());
			for (unsigned columns : { 0u, 80u })
				expect_plain(shown(report, PRINT_TEXT, columns, bytes), report.name);
			expect_plain(shown(report, PRINT_CSV, 0, bytes), report.name);
			expect_plain(shown(report, PRINT_JSON, 0, bytes), report.name);
		}
	}
}

/* Every text that counters bring. */
TEST(PrintHostile, NamesOfPortsAndVerdicts)
{
	for (unsigned columns : { 0u, 80u }) {
		const std::unique_ptr<struct report_stats> stats = example_stats();

		strcpy(stats->ports[0].name, STEERING);
		strcpy(stats->ports[0].driver, STEERING);
		memcpy(stats->verdict_names[1], STEERING, sizeof(STEERING));
		memcpy(stats->tunnels[0].name, STEERING, sizeof(STEERING));
		stats->verdicts[1] = stats->tunnels[0].packets = 5;
		for (enum print_format format : { PRINT_TEXT, PRINT_JSON, PRINT_CSV }) {
			const std::string text =
			    printed_in(style_of(columns, 1), print_row, &print_stats,
			               format, static_cast<const void *>(stats.get()));

			expect_plain(text, "stats");
			EXPECT_NE(text.find("[2J"), std::string::npos);
			if (format == PRINT_JSON)
				expect_json_line(text);
		}
	}
}

TEST(PrintHostile, WhatHealthIsOf)
{
	struct digest_check check = {};

	check.word = check.name = "x";
	memcpy(check.of, STEERING, sizeof(STEERING));
	const struct print_health_row row = { &check, 1, 0 };
	for (enum print_format format : { PRINT_TEXT, PRINT_JSON, PRINT_CSV }) {
		const std::string text =
		    printed(print_row, &print_health, format, static_cast<const void *>(&row));

		expect_plain(text, "health");
		if (format == PRINT_JSON)
			expect_json_line(text);
	}
}

} // namespace
