/* SPDX-License-Identifier: BSD-3-Clause */
/* Asks conf_cpus.h and says what comes of it. */

#include <stdio.h>

#include "base_log.h"
#include "conf_cpus.h"
#include "cores.h"

#define CORES_TEXT 128

static void
cores_say(const struct conf *conf, const struct conf_machine *machine,
          const struct conf_placed *placed)
{
	char usable[CORES_TEXT], name[32];

	conf_cpus_format(&machine->usable, usable, sizeof(usable));
	for (unsigned i = 0; i < placed->n; i++) {
		if (i == 0)
			snprintf(name, sizeof(name), "control core");
		else if (i <= conf->workers)
			snprintf(name, sizeof(name), "worker %u", i - 1);
		else
			snprintf(name, sizeof(name), "receive core, if one is needed");
		base_debug("%s: CPU %u: %s%s", name, placed->cpu[i],
		           placed->named[i] ? "named in cpus"
		                            : "the next of those to choose from, ",
		           placed->named[i] ? "" : usable);
	}
}

void
cores_place(const struct conf *conf, struct dpdk_eal_config *eal)
{
	struct conf_machine machine;
	struct conf_placed placed;

	static_assert(CONF_WORKERS_MAX + 2 <= DPDK_LCORES_MAX, "an lcore for each");
	conf_cpus_read(&machine);
	conf_cpus_place(&conf->cpus, conf->workers, &machine.usable, &placed);
	eal->n_lcores = placed.n;
	for (unsigned i = 0; i < placed.n; i++)
		eal->cpu[i] = (int)placed.cpu[i];
	cores_say(conf, &machine, &placed);
	if (placed.n_cpus < placed.n)
		base_warning("%u poll loops and the control core share %u CPUs: fewer workers "
		             "would do better",
		             placed.n - 1, placed.n_cpus);
}
