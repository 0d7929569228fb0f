/* SPDX-License-Identifier: BSD-3-Clause */
/* The way through the table: which checks run, and how findings are kept. */
#include "doctor_fixture.h"

#include <map>
#include <set>

namespace {

class Doctor : public DoctorTest {
protected:
	/* Words of the checks that found something, by port. */
	std::map<std::string, std::set<std::string>>
	examined()
	{
		std::vector<struct report_finding> rows(DOCTOR_FINDINGS_MAX);
		std::map<std::string, std::set<std::string>> words;
		const unsigned n = doctor_examine(&machine, setup.get(), rows.data());

		for (unsigned i = 0; i < n; i++)
			words[rows[i].of].insert(rows[i].check);
		return words;
	}
};

TEST_F(Doctor, WhatIsNotThereHasOneFinding)
{
	name("eth1");
	name("03:00.0");
	auto words = examined();
	EXPECT_EQ(words["eth1"], (std::set<std::string>{ "link" }));
	EXPECT_EQ(words["0000:03:00.0"], (std::set<std::string>{ "driver" }));
}

TEST_F(Doctor, EachCheckAddsAFinding)
{
	std::set<std::string> all, seen;

	nic.knows = ~0u;
	name("eth1");
	name("03:00.0");
	folder("/sys/class/net/eth1");
	folder("/sys/bus/pci/devices/0000:03:00.0/net/eth2");
	write("/sys/devices/system/cpu/online", "0-3\n");
	write("/proc/meminfo", "MemAvailable: 99999999 kB\n");
	for (const auto &[of, words] : examined())
		seen.insert(words.begin(), words.end());
#define WORD(word, ...) all.insert(word);
	DOCTOR_CHECKS(WORD)
	EXPECT_EQ(seen, all);
}

TEST_F(Doctor, FindingsAreCutToTheirRoom)
{
	std::vector<struct report_finding> rows(DOCTOR_FINDINGS_MAX + 1);
	struct doctor doctor = {};
	const std::string large(1000, 'x');

	doctor.to = rows.data();
	doctor.check = "check";
	for (unsigned i = 0; i < DOCTOR_FINDINGS_MAX + 10; i++)
		doctor_add(&doctor, REPORT_FINDING_MUST, large.c_str(), "%s", large.c_str());
	doctor_mend(&doctor, "%s", large.c_str());
	EXPECT_EQ(doctor.n, (unsigned)DOCTOR_FINDINGS_MAX);
	EXPECT_EQ(strlen(rows[0].of), sizeof(rows[0].of) - 1);
	EXPECT_EQ(strlen(rows[0].what), sizeof(rows[0].what) - 1);
	EXPECT_EQ(strlen(rows[doctor.n - 1].mend), sizeof(rows[0].mend) - 1);
	EXPECT_EQ(rows[doctor.n].check[0], '\0');
}

} // namespace
