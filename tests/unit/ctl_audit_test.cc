/* SPDX-License-Identifier: BSD-3-Clause */
/* What the log says of changes and refusals. */
#include "ctl_audit.h"

#include <gtest/gtest.h>

#include <string>

namespace {

/* What `step` logs. */
template <class Step> std::string
logged(Step step)
{
	testing::internal::CaptureStderr();
	step();
	return testing::internal::GetCapturedStderr();
}

struct query_request
asked(enum report_request report, const char *filter, uint64_t id)
{
	struct query_request request = {};

	request.report = report;
	request.filter = filter;
	request.id = id;
	return request;
}

const struct ctl_caller root = { 0, 0, 17, false }, nameless = { 987654321, 5, 18, false };

TEST(CtlAudit, ALineForEachChange)
{
	struct query_request request = asked(REPORT_ASK_DROP, "", 0x2a);
	struct ctl_audit audit = {};

	ctl_audit_begin(&audit, &request);
	EXPECT_EQ(logged([&] { ctl_audit_end(&audit, &root, 1, 0); }),
	          "spanstat: drop by user root (uid 0, pid 17): 1 forgotten, id 0000002A\n");
	EXPECT_EQ(logged([&] { ctl_audit_end(&audit, &root, 1, 0); }), "") << "once";
	request = asked(REPORT_ASK_DROP_MATCHING, "dport 80", 0);
	ctl_audit_begin(&audit, &request);
	EXPECT_EQ(logged([&] { ctl_audit_end(&audit, &nameless, 12, -ECONNRESET); }),
	          "spanstat: drop by uid 987654321, pid 18: 12 forgotten, all that match: dport 80: "
	          "the client left\n");
}

/* A filter can neither begin a line of its own nor hide that it is longer. */
TEST(CtlAudit, FiltersAreTextOnOneLine)
{
	const std::string filter = "port 1\nspanstatd: drop by nobody\x1b[2J" + std::string(2000, ' ') + "or port 2";
	const struct query_request request = asked(REPORT_ASK_DROP_MATCHING, filter.c_str(), 0);
	struct ctl_audit audit = {};

	ctl_audit_begin(&audit, &request);
	const std::string line = logged([&] { ctl_audit_end(&audit, &root, 0, 0); });
	EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
	EXPECT_EQ(line.find('\x1b'), std::string::npos);
	EXPECT_EQ(line.substr(line.size() - 4), "...\n");
}

TEST(CtlAudit, RefusalsAreFewLines)
{
	struct ctl_refusals refusals = {};
	uint64_t now_us = 1000;
	const auto refused = [&] {
		return logged([&] { ctl_audit_refused(&refusals, &root, "drop needs it", now_us); });
	};

	for (int i = 0; i < CTL_AUDIT_REFUSALS; i++)
		EXPECT_EQ(refused(), "spanstat: refused to user root (uid 0, pid 17): drop needs it\n");
	for (int i = 0; i < 1000; i++)
		EXPECT_EQ(refused(), "");
	now_us += CTL_AUDIT_REFUSALS_USEC + 1;
	EXPECT_EQ(refused(), "spanstat: refused to user root (uid 0, pid 17): drop needs it; 1000 more were "
	                     "refused before\n");
	EXPECT_EQ(refused(), "spanstat: refused to user root (uid 0, pid 17): drop needs it\n");
}

} // namespace
