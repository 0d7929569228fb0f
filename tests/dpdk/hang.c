/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Preloaded, for dpdk_life: a port whose start hangs, as that of a NIC whose firmware does not
 * answer, and a signal does not end it.
 */

#include <stdint.h>
#include <time.h>

int rte_eth_dev_start(uint16_t port);

static volatile int hang_ends;

int
rte_eth_dev_start(uint16_t port)
{
	const struct timespec moment = { .tv_nsec = 1000000 };

	(void)port;
	while (!hang_ends)
		nanosleep(&moment, NULL);
	return 0;
}
