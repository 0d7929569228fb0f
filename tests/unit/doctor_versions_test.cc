/* SPDX-License-Identifier: BSD-3-Clause */
/* Versions, the configuration, the locale. */
#include "doctor_fixture.h"

namespace {

using DoctorVersions = DoctorTest;

TEST_F(DoctorVersions, Kernel)
{
	expect_says(worst(doctor_check_versions), "ok", "kernel ?");
	for (const char *release : { "4.14.0", "5.4.0-1-amd64", "6.1.0-18-amd64", "10.0" }) {
		write("/proc/sys/kernel/osrelease", std::string(release) + "\n");
		expect_says(worst(doctor_check_versions), "ok",
		            std::string("built with DPDK 22.11.4, kernel ") + release);
	}
	for (const char *release : { "4.13.16", "3.10.0-1160.el7.x86_64" }) {
		write("/proc/sys/kernel/osrelease", std::string(release) + "\n");
		expect_says(worst(doctor_check_versions), "must", "needs 4.14");
	}
}

TEST_F(DoctorVersions, Configuration)
{
	name("eth1");
	expect_says(worst(doctor_check_configuration), "ok", "defaults are taken");
	strcpy(setup->file, "/etc/spanstat/spanstatd.conf");
	expect_says(worst(doctor_check_configuration), "ok", "spanstatd.conf is right");
	strcpy(setup->error, "spanstatd.conf:3: no such key");
	expect_says(worst(doctor_check_configuration), "must", "3: no such key | spanstatd --check");
}

TEST_F(DoctorVersions, NoPort)
{
	expect_says(worst(doctor_check_configuration), "advice", "no port is named");
	name("eth1");
	expect_says(worst(doctor_check_configuration), "ok", "");
}

TEST_F(DoctorVersions, Locale)
{
	expect_says(worst(doctor_check_locale), "ok", "UTF-8");
	machine.charset = "ANSI_X3.4-1968";
	expect_says(worst(doctor_check_locale), "advice", "LC_ALL=C.UTF-8");
	machine.locale = "ja_JP.UTF-8";
	expect_says(worst(doctor_check_locale), "advice", "'ja_JP.UTF-8' is not on this machine");
}

} // namespace
