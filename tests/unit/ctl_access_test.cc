/* SPDX-License-Identifier: BSD-3-Clause */
/* Who a client is, by the kernel's word, and who may change. Users that connect: dpdk_access.py. */
#include "ctl_access.h"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <set>
#include <vector>

namespace {

class CtlAccess : public ::testing::Test {
protected:
	CtlAccess()
	{
		EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
		ctl_access_init(&access);
	}
	~CtlAccess() override
	{
		close(pair[0]);
		close(pair[1]);
	}
	bool may(uint32_t uid)
	{
		const struct ctl_caller caller = { uid, 1, 1, false };

		return ctl_access_may_change(&access, pair[0], &caller);
	}
	int pair[2];
	struct ctl_access access;
};

TEST_F(CtlAccess, TheKernelSaysWho)
{
	struct ctl_caller caller;

	ASSERT_EQ(ctl_access_caller(pair[0], &caller), 0);
	EXPECT_EQ(caller.uid, geteuid());
	EXPECT_EQ(caller.gid, getegid());
	EXPECT_EQ(caller.pid, getpid());
	EXPECT_FALSE(caller.attached);
	EXPECT_EQ(ctl_access_caller(-1, &caller), -EBADF);
}

TEST_F(CtlAccess, EveryGroupCounts)
{
	std::vector<gid_t> groups(static_cast<size_t>(getgroups(0, nullptr)));
	struct ctl_caller caller;
	uint32_t foreign = 54321;

	getgroups(static_cast<int>(groups.size()), groups.data());
	std::set<gid_t> all(groups.begin(), groups.end());
	all.insert(getegid());
	ASSERT_EQ(ctl_access_caller(pair[0], &caller), 0);
	for (gid_t gid : all)
		EXPECT_TRUE(ctl_access_in_group(pair[0], &caller, gid)) << gid;
	while (all.count(foreign))
		foreign++;
	EXPECT_FALSE(ctl_access_in_group(pair[0], &caller, foreign));
	EXPECT_FALSE(ctl_access_in_group(-1, &caller, foreign)) << "an error is no";
}

TEST_F(CtlAccess, WhoMayChange)
{
	const struct ctl_caller attached = { 77, 1, 1, true };

	access.owner = 4000;
	EXPECT_TRUE(may(0));
	EXPECT_TRUE(may(4000)) << "he could end it, too";
	EXPECT_FALSE(may(4001));
	EXPECT_TRUE(ctl_access_may_change(&access, pair[0], &attached));
	access.admin_group = 1; /* the callers' own */
	EXPECT_TRUE(may(4001));
	access.admin_group = 54321;
	EXPECT_FALSE(may(4001));
}

TEST_F(CtlAccess, RefusalsSayWhoMay)
{
	char text[CTL_REFUSAL_BYTES];

	access.owner = 0;
	ctl_access_refuse(&access, "drop", text);
	EXPECT_STREQ(text, "drop needs root; the key admin-group can name a group that may");
	access.admin_group = 5;
	strcpy(access.admin_name, "netops");
	ctl_access_refuse(&access, "drop", text);
	EXPECT_STREQ(text, "drop needs root or a member of group netops");
	access.owner = 1000;
	ctl_access_refuse(&access, "drop", text);
	EXPECT_STREQ(text, "drop needs root or who runs spanstatd or a member of group netops");
}

} // namespace
