/* SPDX-License-Identifier: BSD-3-Clause */
/* Callbacks of ethdev and EAL; see dpdk_event.h. */

#define ALLOW_EXPERIMENTAL_API /* rte_dev_event_callback_register, there since DPDK 18.05 */

#include <rte_dev.h>
#include <rte_ethdev.h>
#include <unistd.h>

#include "dpdk_event.h"

static void
dpdk_event_wake(const struct dpdk_port *port)
{
	const uint64_t one = 1;

	/* full means that it is readable already */
	if (port->wake_fd >= 0 && write(port->wake_fd, &one, sizeof(one)) < 0)
		return;
}

static void
dpdk_event_removed(struct dpdk_port *port)
{
	__atomic_store_n(&port->removed, 1, __ATOMIC_RELAXED);
	dpdk_event_wake(port);
}

/* Of the driver. EAL's interrupt thread. */
static int
dpdk_event_of_port(uint16_t id BASE_UNUSED, enum rte_eth_event_type event, void *ctx,
                   void *result BASE_UNUSED)
{
	if (event == RTE_ETH_EVENT_INTR_RMV)
		dpdk_event_removed(ctx);
	else
		dpdk_event_wake(ctx);
	return 0;
}

/* Of the bus: as vfio asks for a device back. EAL's interrupt thread. */
static void
dpdk_event_of_device(const char *device BASE_UNUSED, enum rte_dev_event_type event, void *ctx)
{
	if (event == RTE_DEV_EVENT_REMOVE)
		dpdk_event_removed(ctx);
}

void
dpdk_event_watch(struct dpdk_port *port)
{
	rte_eth_dev_callback_register(port->id, RTE_ETH_EVENT_INTR_RMV, dpdk_event_of_port, port);
	rte_eth_dev_callback_register(port->id, RTE_ETH_EVENT_INTR_LSC, dpdk_event_of_port, port);
	rte_dev_event_callback_register(port->device, dpdk_event_of_device, port);
}

void
dpdk_event_forget(struct dpdk_port *port)
{
	rte_eth_dev_callback_unregister(port->id, RTE_ETH_EVENT_INTR_RMV, dpdk_event_of_port, port);
	rte_eth_dev_callback_unregister(port->id, RTE_ETH_EVENT_INTR_LSC, dpdk_event_of_port, port);
	rte_dev_event_callback_unregister(port->device, dpdk_event_of_device, port);
}
