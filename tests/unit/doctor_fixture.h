/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A machine of the test's own: files below a folder, and what ethtool would say. What the tests of
 * lib/doctor share.
 */
#ifndef DOCTOR_FIXTURE_H
#define DOCTOR_FIXTURE_H

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <stdlib.h>
#include <unistd.h>

#include "conf_cpus.h"
#include "conf_value.h"
#include "doctor_checks.h"
#include "doctor_setup.h"

class DoctorTest : public ::testing::Test {
protected:
	void
	SetUp() override
	{
		char name[] = "/tmp/doctor-XXXXXX";

		ASSERT_NE(mkdtemp(name), nullptr);
		root = name;
		nic = {};
		nic_error = 0;
		machine.root = root.c_str();
		machine.read_nic = read_nic;
		machine.charset = "UTF-8";
		machine.dpdk = "22.11.4";
		doctor_setup_read(setup.get(), "/nonexistent/spanstatd.conf");
		setup->file[0] = setup->error[0] = '\0';
	}

	void
	TearDown() override
	{
		std::filesystem::remove_all(root);
	}

	/* Makes a file, and the folders above it. */
	void
	write(const std::string &path, const std::string &text)
	{
		const std::filesystem::path whole = root + path;

		std::filesystem::create_directories(whole.parent_path());
		std::ofstream(whole) << text;
	}

	void
	folder(const std::string &path)
	{
		std::filesystem::create_directories(root + path);
	}

	/* A link, in place of what was there. */
	void
	link(const std::string &path, const std::string &target)
	{
		const std::filesystem::path whole = root + path;

		std::filesystem::create_directories(whole.parent_path());
		std::filesystem::remove(whole);
		std::filesystem::create_symlink(target, whole);
	}

	void
	name(const char *port)
	{
		ASSERT_EQ(doctor_setup_name(setup.get(), port, false), 0) << port;
	}

	void
	workers(const char *cpus)
	{
		char why[CONF_WHY_MAX];

		ASSERT_EQ(conf_cpus_parse(cpus, CONF_WORKERS_MAX, &setup->conf.cpus.workers, why),
		          0)
		    << why;
	}

	/* The findings of one check: of the machine, or of the first port. */
	std::vector<struct report_finding>
	found(void (*check)(struct doctor *, const struct doctor_port *))
	{
		std::vector<struct report_finding> rows(DOCTOR_FINDINGS_MAX);
		struct doctor doctor = {};

		doctor.machine = &machine;
		doctor.setup = setup.get();
		doctor.check = "check";
		doctor.to = rows.data();
		check(&doctor, setup->n_ports > 0 ? &setup->ports[0] : nullptr);
		rows.resize(doctor.n);
		return rows;
	}

	/* The worst of them, "VERDICT: WHAT | COMMAND". */
	std::string
	worst(void (*check)(struct doctor *, const struct doctor_port *))
	{
		static const char *const verdicts[] = { "ok", "advice", "must" };
		const auto rows = found(check);
		const struct report_finding *row = nullptr;

		for (const auto &one : rows)
			if (!row || one.verdict > row->verdict)
				row = &one;
		if (!row)
			return "";
		return std::string(verdicts[row->verdict]) + ": " + row->what + " | " + row->mend;
	}

	std::string root;
	struct doctor_machine machine = {};
	std::unique_ptr<struct doctor_setup> setup = std::make_unique<struct doctor_setup>();

	/* What ethtool says of every interface. */
	static inline struct doctor_nic nic;
	static inline int nic_error;

private:
	static int
	read_nic(const char *, struct doctor_nic *to)
	{
		*to = nic;
		return nic_error;
	}
};

/* Does the text begin with `verdict`, and has it `part`? */
inline void
expect_says(const std::string &text, const std::string &verdict, const std::string &part)
{
	EXPECT_EQ(text.substr(0, text.find(':')), verdict) << text;
	EXPECT_NE(text.find(part), std::string::npos) << text;
}

#endif
