/* SPDX-License-Identifier: BSD-3-Clause */
/* Processors: flags, the clock, the cores that are named. */
#include "doctor_fixture.h"

namespace {

using DoctorCpu = DoctorTest;

const std::string CPU = "/sys/devices/system/cpu";
const std::string CLOCK = "/sys/devices/system/clocksource/clocksource0";
const std::string V3 = "fpu sse sse2 ssse3 sse4_1 sse4_2 popcnt avx avx2 bmi1 bmi2 f16c fma abm "
		       "movbe xsave";

TEST_F(DoctorCpu, Flags)
{
	write("/proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd\n");
	expect_says(worst(doctor_check_cpu), "ok", "no x86");
	write("/proc/cpuinfo", "processor\t: 0\nflags\t\t: " + V3 + "\nbugs\t\t: avx512f avx512vl\n");
	expect_says(worst(doctor_check_cpu), "ok", "without AVX-512");
	write("/proc/cpuinfo", "flags\t\t: " + V3 + " avx512f avx512vl\n");
	expect_says(worst(doctor_check_cpu), "ok", "x86-64-v3 and AVX-512");
}

#ifdef __AVX2__
TEST_F(DoctorCpu, FlagsThatAreMissing)
{
	/* Names that only begin or end as those do that are wanted. */
	write("/proc/cpuinfo",
	      "flags\t\t: fpu ssse3 sse4_1 sse4_2 popcnt xavx avx2x bmi1 bmi2 f16c fma4 abm movbe "
	      "xsave\n");
	expect_says(worst(doctor_check_cpu), "must", "(x86-64-v3): avx avx2 fma | ");
}
#endif

TEST_F(DoctorCpu, Clock)
{
	expect_says(worst(doctor_check_clock), "ok", "does not say");
	for (const char *source : { "tsc", "kvm-clock", "arch_sys_counter" }) {
		write(CLOCK + "/current_clocksource", std::string(source) + "\n");
		expect_says(worst(doctor_check_clock), "ok", source);
	}
	write(CLOCK + "/current_clocksource", "hpet\n");
	write(CLOCK + "/available_clocksource", "tsc hpet acpi_pm \n");
	expect_says(worst(doctor_check_clock), "advice", "| echo tsc > /sys/devices");
	write(CLOCK + "/available_clocksource", "hpet acpi_pm \n");
	expect_says(worst(doctor_check_clock), "advice", "| tsc=reliable");
}

TEST_F(DoctorCpu, CoresThatAreThere)
{
	write(CPU + "/online", "0-7\n");
	expect_says(worst(doctor_check_cores), "ok", "CPUs: 8");
	workers("2-5");
	setup->conf.workers = 4;
	expect_says(worst(doctor_check_cores), "ok", "named for workers: 4");
	workers("2-5,9");
	expect_says(worst(doctor_check_cores), "must", "CPU 9 is named and not there");
	workers("2-5");
	setup->conf.cpus.control.count = 1;
	setup->conf.cpus.control.cpu[0] = 8;
	expect_says(worst(doctor_check_cores), "must", "CPU 8 is named and not there");
}

TEST_F(DoctorCpu, MoreLoopsThanCpus)
{
	write(CPU + "/online", "0-3\n");
	setup->conf.workers = 2; /* and a receive core */
	expect_says(worst(doctor_check_cores), "ok", "");
	setup->conf.workers = 3;
	expect_says(worst(doctor_check_cores), "advice", "4 poll loops at most");
	write(CPU + "/online", "0\n");
	setup->conf.workers = 1;
	expect_says(worst(doctor_check_cores), "advice", "share 1 CPUs");
}

TEST_F(DoctorCpu, ThreadsOfOneCore)
{
	write(CPU + "/online", "0-7\n");
	write(CPU + "/cpu1/topology/thread_siblings_list", "1,5\n");
	workers("1,2");
	setup->conf.workers = 2;
	expect_says(worst(doctor_check_cores), "ok", "");
	workers("1,5");
	expect_says(worst(doctor_check_cores), "advice", "CPUs 1 and 5 are two threads of one core");
}

} // namespace
