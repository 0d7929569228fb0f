/* SPDX-License-Identifier: BSD-3-Clause */
/* Each request of the table of reports, over a source of the test's own. */
#include "query_fixture.h"

#include "digest_row.h"
#include "report_event.h"
#include "report_finding.h"

extern "C" {
#include "query_kinds.h"
}

namespace {

using Query = QueryTest;

struct Report {
	enum report_request report;
	const char *name;
	size_t row_bytes;
	unsigned takes;
};

#define REPORT_IS(id, name, letter, row, source, digest, printer, verb, takes, ...)                \
	{ REPORT_ASK_##id, #name, sizeof(row), takes },

const Report reports[] = { REPORT_TABLE(REPORT_IS) REPORT_VARIANTS(REPORT_IS) };

/* A request that is right: what this report cannot do without is there. */
struct query_request
right_request(const Report &report)
{
	struct query_request request = {};

	request.report = report.report;
	request.of = REPORT_ASK_ALLCONN;
	request.filter = report.report == REPORT_ASK_DROP_MATCHING ? "dport 443" : "";
	request.sort = "";
	request.by = report.report == REPORT_ASK_GROUP ? "server" : "";
	request.id = 1;
	return request;
}

TEST_F(Query, BytesOfARow)
{
	EXPECT_EQ(std::size(reports) + 1, static_cast<size_t>(REPORT_REQUESTS));
	for (const Report &report : reports)
		EXPECT_EQ(query_row_bytes(report.report), report.row_bytes) << report.name;
	for (unsigned report : { 0u, (unsigned)REPORT_REQUESTS, 1000u, UINT32_MAX })
		EXPECT_EQ(query_row_bytes(report), 0u) << report;
}

TEST_F(Query, EachRequestOpensAndEnds)
{
	const std::vector<char> zeros(16 * sizeof(struct report_stats));

	source.n = 20;
	source.n_sockets = 5;
	for (const Report &report : reports) {
		std::vector<char> rows(zeros);
		int result = -EAGAIN, n = 0;

		if (report.report == REPORT_ASK_EVENTS)
			continue; /* query_event_test.cc: this source has none */
		ASSERT_EQ(open(right_request(report)), 0) << report.name << ": " << text;
		EXPECT_STREQ(text, "");
		EXPECT_EQ(query->source, &callbacks);
		EXPECT_FALSE(query->cut);
		for (int turn = 0; turn < 1000 && (result == -EAGAIN || result > 0); turn++) {
			result = query_rows(query, rows.data(), 10);
			n += result > 0 ? result : 0;
		}
		EXPECT_EQ(result, 0) << report.name;
		EXPECT_EQ(n > 0, report.report != REPORT_ASK_DROP && report.report != REPORT_ASK_DOCTOR && report.report != REPORT_ASK_LEAKS &&
		                     report.report != REPORT_ASK_TIMEWAIT)
		    << report.name;
	}
}

TEST_F(Query, EventsNeedASourceThatHasThem)
{
	EXPECT_EQ(open(REPORT_ASK_EVENTS), -ENOTSUP);
}

TEST_F(Query, AReportWithoutWordsTakesNoFilter)
{
	for (const Report &report : reports) {
		struct query_request request = right_request(report);
		int error;

		if (report.report == REPORT_ASK_EVENTS)
			continue;
		request.filter = "dport 443";
		error = open(request);
		EXPECT_EQ(error, report.takes & REPORT_WORDS || report.report == REPORT_ASK_GROUP ? 0 : -EINVAL)
		    << report.name;
		if (error != 0) {
			EXPECT_STREQ(text, "this report takes no filter") << report.name;
		}
	}
}

TEST_F(Query, WhichShowActiveConnectionsAlone)
{
	for (const Report &report : reports)
		EXPECT_EQ(query_is_active(report.report),
		          report.report == REPORT_ASK_CONN || report.report == REPORT_ASK_BYTEINFO ||
		              report.report == REPORT_ASK_SOCKETS || report.report == REPORT_ASK_TOP)
		    << report.name;
}

TEST_F(Query, ARefusalIsOneText)
{
	char small[QUERY_TEXT_MAX];

	EXPECT_EQ(query_refuse(small, "the filter, ", "column 1"), -EINVAL);
	EXPECT_STREQ(small, "the filter, column 1");
	EXPECT_EQ(query_refuse(small, "", std::string(1000, 'x').c_str()), -EINVAL);
	EXPECT_EQ(strlen(small), QUERY_TEXT_MAX - 1u);
}

TEST_F(Query, NoneIsClosedToo)
{
	query_close(nullptr);
}

} // namespace
