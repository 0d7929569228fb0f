// SPDX-License-Identifier: BSD-3-Clause
// Lists of CPUs, and which core gets which: a machine of the test's own.

#include <cerrno>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "conf_cpus.h"
#include "conf_value.h"

namespace
{

// "" and *list, or why not.
std::string
parse(const char *text, struct conf_cpu_list *list, unsigned max = CONF_WORKERS_MAX)
{
	char why[CONF_WHY_MAX] = "";

	const int rc = conf_cpus_parse(text, max, list, why);
	EXPECT_EQ(rc, why[0] ? -EINVAL : 0) << text;
	return why;
}

std::vector<int>
numbers(const struct conf_cpu_list &list)
{
	return std::vector<int>(list.cpu, list.cpu + list.count);
}

cpu_set_t
set_of(const std::vector<int> &cpus)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	for (int cpu : cpus)
		CPU_SET(cpu, &set);
	return set;
}

TEST(ConfCpus, ReadsWhatTheKernelWrites)
{
	struct conf_cpu_list list;

	EXPECT_EQ(parse("", &list), "");
	EXPECT_EQ(list.count, 0u);
	EXPECT_EQ(parse("0", &list, 1), "");
	EXPECT_EQ(numbers(list), std::vector<int>{0});
	EXPECT_EQ(parse("2-5,8", &list), "");
	EXPECT_EQ(numbers(list), (std::vector<int>{2, 3, 4, 5, 8}));
	EXPECT_EQ(parse("8,2-3,1023", &list), "") << "in the order of the text";
	EXPECT_EQ(numbers(list), (std::vector<int>{8, 2, 3, 1023}));
	EXPECT_EQ(parse("0-63", &list), "");
	EXPECT_EQ(list.count, 64u);
}

// A set has room for any number of them, also the same twice.
TEST(ConfCpus, ReadsASet)
{
	cpu_set_t set;

	EXPECT_EQ(conf_cpus_parse_set("", &set), 0);
	EXPECT_EQ(CPU_COUNT(&set), 0);
	EXPECT_EQ(conf_cpus_parse_set("0-1023", &set), 0);
	EXPECT_EQ(CPU_COUNT(&set), 1024);
	EXPECT_EQ(conf_cpus_parse_set("3,1-3", &set), 0);
	EXPECT_EQ(CPU_COUNT(&set), 3);
	for (const char *bad : { "x", "3-1", "1,x", "1024", "-1", "1 2" })
		EXPECT_EQ(conf_cpus_parse_set(bad, &set), -EINVAL) << bad;
}

TEST(ConfCpus, RefusesAnythingElse)
{
	struct conf_cpu_list list;

	for (const char *bad : {",", "1,", ",1", "1,,2", "-", "1-", "-1", "5-2", "1-2-3", "a", "1 2",
	                        "1, 2", "0x1", "1024", "0-1024", "1:2", "99999999999999999999"})
		EXPECT_EQ(parse(bad, &list),
		          "'" + std::string(bad) + "' is not a list of CPUs, as 2-5,8");
	EXPECT_EQ(parse("1,2,1", &list), "CPU 1 is named twice");
	EXPECT_EQ(parse("1-4,3", &list), "CPU 3 is named twice");
	EXPECT_EQ(parse("0,1", &list, 1), "names more CPUs than 1");
	EXPECT_EQ(parse("0-64", &list), "names more CPUs than 64");
}

TEST(ConfCpus, FormatsAsTheKernelDoes)
{
	const struct {
		std::vector<int> cpus;
		const char *text;
	} rows[] = {{{}, ""}, {{0}, "0"}, {{0, 1, 2, 7}, "0-2,7"}, {{3, 5, 6, 1023}, "3,5-6,1023"}};
	char text[64];

	for (const auto &row : rows) {
		cpu_set_t set = set_of(row.cpus);

		conf_cpus_format(&set, text, sizeof(text));
		EXPECT_STREQ(text, row.text);
	}
	cpu_set_t every_other = set_of({0, 2, 4, 6, 8});
	conf_cpus_format(&every_other, text, 6);
	EXPECT_STREQ(text, "0,2,4") << "cut to its room";
}

TEST(ConfCpus, ThisMachineHasWhatThisThreadRunsOn)
{
	cpu_set_t before, after, both;
	struct conf_machine machine;

	ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
	conf_cpus_read(&machine);
	ASSERT_EQ(sched_getaffinity(0, sizeof(after), &after), 0);
	EXPECT_TRUE(CPU_EQUAL(&before, &after)) << "the thread keeps its mask";
	EXPECT_TRUE(CPU_EQUAL(&before, &machine.usable));
	CPU_AND(&both, &machine.usable, &machine.allowed);
	EXPECT_TRUE(CPU_EQUAL(&both, &machine.usable)) << "allowed is no less than usable";
	CPU_AND(&both, &machine.usable, &machine.present);
	EXPECT_TRUE(CPU_EQUAL(&both, &machine.usable)) << "nor is what is there";
}

// Control core, workers, receive core.
std::vector<int>
place(const char *control, const char *receive, const char *workers, unsigned n,
      const std::vector<int> &usable, unsigned *different = nullptr)
{
	const cpu_set_t set = set_of(usable);
	struct conf_placed placed;
	struct conf_cpus cpus;

	EXPECT_EQ(parse(control, &cpus.control, 1), "");
	EXPECT_EQ(parse(receive, &cpus.receive, 1), "");
	EXPECT_EQ(parse(workers, &cpus.workers), "");
	conf_cpus_place(&cpus, n, &set, &placed);
	if (different)
		*different = placed.n_cpus;
	return std::vector<int>(placed.cpu, placed.cpu + placed.n);
}

TEST(ConfCpus, NothingNamedIsOneAfterTheOther)
{
	unsigned different;

	EXPECT_EQ(place("", "", "", 1, {0, 1, 2, 3}), (std::vector<int>{0, 1}));
	EXPECT_EQ(place("", "", "", 2, {4, 6, 8, 9}, &different), (std::vector<int>{4, 6, 8, 9}));
	EXPECT_EQ(different, 4u);
	EXPECT_EQ(place("", "", "", 3, {0, 1}, &different), (std::vector<int>{0, 1, 0, 1, 0}));
	EXPECT_EQ(different, 2u);
	EXPECT_EQ(place("", "", "", 2, {5}, &different), (std::vector<int>{5, 5, 5, 5}));
	EXPECT_EQ(different, 1u);
}

TEST(ConfCpus, WhatIsNamedHasItsPlaceAndTheRestGoesRoundIt)
{
	unsigned different;

	EXPECT_EQ(place("0", "1", "2-3", 2, {0, 1, 2, 3}), (std::vector<int>{0, 2, 3, 1}));
	EXPECT_EQ(place("", "", "0-1", 2, {0, 1, 2, 3}), (std::vector<int>{2, 0, 1, 3}));
	EXPECT_EQ(place("", "0", "", 2, {0, 1, 2, 3}), (std::vector<int>{1, 2, 3, 0}));
	EXPECT_EQ(place("3", "", "", 1, {0, 1, 2, 3}), (std::vector<int>{3, 0}));
	EXPECT_EQ(place("", "", "8-9", 2, {0, 1}), (std::vector<int>{0, 8, 9, 1}))
	    << "isolated ones, which are in no mask";
	EXPECT_EQ(place("", "7", "1", 1, {0, 1}), (std::vector<int>{0, 1}))
	    << "one worker needs no receive core";
	EXPECT_EQ(place("", "", "0-1", 2, {0, 1}, &different), (std::vector<int>{0, 0, 1, 1}))
	    << "nothing is left: shared";
	EXPECT_EQ(different, 2u);
}

} // namespace
