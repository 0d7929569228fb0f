/* SPDX-License-Identifier: BSD-3-Clause */
/* Isolated cores, and what else runs there. */
#include "doctor_fixture.h"

namespace {

class DoctorIsolation : public DoctorTest {
protected:
	void
	isolated(const std::string &list)
	{
		write("/sys/devices/system/cpu/isolated", list + "\n");
	}

	/* A process of one thread; of the kernel: without memory. */
	void
	process(const std::string &pid, const std::string &comm, const std::string &cpus,
	        bool is_kernels = false)
	{
		write("/proc/" + pid + "/comm", comm + "\n");
		write("/proc/" + pid + "/task/" + pid + "/status",
		      "Name:\t" + comm + "\n" + (is_kernels ? "" : "VmSize:\t  100 kB\n") +
		          "Cpus_allowed:\tff\nCpus_allowed_list:\t" + cpus + "\n");
	}
};

TEST_F(DoctorIsolation, NobodyIsNamed)
{
	isolated("");
	expect_says(worst(doctor_check_isolation), "advice", "none is isolated");
	isolated("2-3");
	expect_says(worst(doctor_check_isolation), "advice",
	            "CPUs 2-3 are isolated and not named, so spanstatd does not use them | cpus { "
	            "workers = \"2-3\" }");
}

TEST_F(DoctorIsolation, NamedAndNotIsolated)
{
	isolated("2");
	workers("2-3");
	expect_says(worst(doctor_check_isolation), "advice",
	            "isolcpus=3 nohz_full=3 rcu_nocbs=3");
	isolated("2-3");
	expect_says(worst(doctor_check_isolation), "ok", "CPUs 2-3 are isolated");
	setup->conf.cpus.receive.count = 1; /* it polls too */
	setup->conf.cpus.receive.cpu[0] = 4;
	expect_says(worst(doctor_check_isolation), "advice", "isolcpus=4 ");
}

TEST_F(DoctorIsolation, OtherThreads)
{
	isolated("2-3");
	workers("2-3");
	process("10", "init", "0-1");
	process("11", "kworker/2:0", "2", true);
	process("12", "spanstatd", "2");
	folder("/proc/irq");
	expect_says(worst(doctor_check_isolation), "ok", "");
	process("13", "pinned", "3");
	process("14", "roaming", "0-7");
	expect_says(worst(doctor_check_isolation), "advice",
	            "2 other threads may run on the isolated CPUs 2-3: pinned (13), roaming (14)");
	for (int i = 20; i < 26; i++)
		process(std::to_string(i), "more", "2");
	expect_says(worst(doctor_check_isolation), "advice", "8 other threads");
}

TEST_F(DoctorIsolation, Interrupts)
{
	isolated("2-3");
	workers("2-3");
	folder("/proc/irq/24/eth1-rx-0");
	write("/proc/irq/24/smp_affinity_list", "0-7\n");
	write("/proc/irq/24/effective_affinity_list", "1\n");
	write("/proc/irq/25/smp_affinity_list", "2\n"); /* nobody asked for it */
	expect_says(worst(doctor_check_isolation), "ok", "");
	write("/proc/irq/24/effective_affinity_list", "3\n");
	expect_says(worst(doctor_check_isolation), "advice",
	            "1 interrupts are served on CPUs 2-3: eth1-rx-0 (24) | echo 0 > "
	            "/proc/irq/24/smp_affinity_list");
	/* A kernel that knows only what was asked for. */
	std::filesystem::remove(root + "/proc/irq/24/effective_affinity_list");
	expect_says(worst(doctor_check_isolation), "advice", "eth1-rx-0 (24)");
	write("/proc/irq/24/smp_affinity_list", "0-1\n");
	expect_says(worst(doctor_check_isolation), "ok", "");
}

} // namespace
