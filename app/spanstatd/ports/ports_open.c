/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports opened: attached and started, at the start of the daemon and again when one is back.
 *
 * What the poll loops are wired for, the number of queues and how RSS spreads over them, is decided
 * at the start and stays.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base_log.h"
#include "ports_own.h"
#include "signals.h"

/* Where frames are cut, before anybody polls the port. */
static void
ports_set_cut(struct ports *ports, const struct dpdk_port *port)
{
	uint32_t cut_at = ports->options->conf.cut_at;

	ports->cuts.bytes[port->id] = cut_at != 0 ? cut_at : port->cut_at;
}

/* One that is not there: waits for it, or says why it cannot be had. */
static int
ports_lack(struct ports *ports, unsigned i, const char *error)
{
	struct ports_port *port = &ports->port[i];
	struct dpdk_port_status status;

	if (!ports->options->conf.sources.wait) {
		base_error("%s", error);
		return -ENODEV;
	}
	dpdk_port_find(&port->dpdk, &status);
	port->state = status.state == DPDK_PORT_UP ? DPDK_PORT_GONE : status.state;
	base_warning("%s; waiting for it", error);
	poll_leave_out(&ports->engine->polls, i);
	return 0;
}

int
ports_attach(struct ports *ports)
{
	char error[DPDK_ERROR_MAX];

	for (unsigned i = 0; i < ports->n_ports; i++) {
		struct dpdk_port *port = &ports->port[i].dpdk;

		if (signals_end() != 0)
			return -EINTR;
		port->verifies = ports->options->conf.decode.checksum != PACKET_CHECKSUM_IGNORE;
		if (dpdk_port_attach(port, error) == 0) {
			ports_set_cut(ports, port);
			continue;
		}
		ports_explain(ports, port, error);
		if (ports_lack(ports, i, error) != 0)
			return -ENODEV;
	}
	return 0;
}

/* One queue a port, and a core of its own that takes all of them. */
static void
ports_use_receiver(struct ports *ports, const char *name, const char *why)
{
	unsigned workers = ports->options->conf.workers;

	ports->has_receiver = 1;
	ports->queues = 1;
	base_info("%s: %s: one queue, and a receive core that hands each connection to its worker; "
	          "%u cores poll instead of %u",
	          name, why, workers + 1, workers);
}

/*
 * How many queues each port gets, and whether a receive core stands between them and the workers.
 */
void
ports_choose_queues(struct ports *ports)
{
	const struct dpdk_port *port = &ports->port[0].dpdk;
	unsigned workers = ports->options->conf.workers;
	const char *why;

	ports->queues = 1;
	if (workers == 1)
		return;
	if (ports->n_ports > 1)
		why = "the two directions of a connection may come by two";
	else if (!port->attached)
		why = "what it can do is not known before it is there";
	else
		ports->queues = dpdk_port_symmetric_queues(port, workers, &why);
	if (why != NULL)
		ports_use_receiver(ports, ports->n_ports > 1 ? "several ports" : port->given, why);
}

/* NULL: it reports the settings that it was given and says which queue a packet goes to. */
static const char *
ports_doubt_queues(struct ports *ports, const struct dpdk_port *port, struct dpdk_rss *rss)
{
	const char *why = ports->queues > 1 ? dpdk_rss_differs(port->id) : NULL;

	return why == NULL && ports->queues > 1 ? dpdk_rss_learn(rss, port->id) : why;
}

/*
 * A port with several queues that is not to be believed starts anew with one. 0, or -errno with
 * error.
 */
static int
ports_start_port(struct ports *ports, struct ports_port *port, char *error)
{
	int code = dpdk_port_start(&port->dpdk, ports->queues, port->pool, error);
	const char *why = "it refuses several queues";

	if (code == 0)
		why = ports_doubt_queues(ports, &port->dpdk, &ports->rss);
	if (ports->queues == 1 || why == NULL)
		return code;
	dpdk_port_halt(&port->dpdk);
	ports_use_receiver(ports, port->dpdk.given, why);
	return dpdk_port_start(&port->dpdk, ports->queues, port->pool, error);
}

void
ports_opened(struct ports *ports, struct ports_port *port, const char *before)
{
	static const char *const links[] = {
		[DPDK_PORT_DOWN] = "down", [DPDK_PORT_UP] = "up", [DPDK_PORT_GONE] = "gone"
	};
	struct dpdk_port_status status;
	int node = dpdk_port_node(&port->dpdk);
	char where[24] = "any NUMA node";

	dpdk_port_check(&port->dpdk, &status);
	port->phase = PORTS_OPEN;
	port->state = status.state;
	port->refused = false;
	memcpy(port->name, status.name, sizeof(port->name));
	dpdk_port_driver(&port->dpdk, port->driver);
	if (node >= 0)
		snprintf(where, sizeof(where), "NUMA node %d", node);
	base_info("port %s: %sdriver %s, %u queue%s, %s, %s, link %s%s%s", port->dpdk.given, before,
	          port->driver, ports->queues, ports->queues == 1 ? "" : "s",
	          ports->queues == 1 ? "no RSS" : "symmetric RSS", where, links[status.state],
	          status.why != NULL ? ": " : "", status.why != NULL ? status.why : "");
}

int
ports_start_ports(struct ports *ports)
{
	char error[DPDK_ERROR_MAX], name[DPDK_NAME_MAX];

	for (unsigned i = 0; i < ports->n_ports; i++) {
		struct ports_port *port = &ports->port[i];

		if (signals_end() != 0)
			return -EINTR;
		snprintf(name, sizeof(name), "port_%u", i);
		port->pool = dpdk_pool_create(&port->plan, name, port->node);
		if (port->pool == NULL) {
			base_error("%s: no memory for %u packets", port->dpdk.given,
			           port->plan.mbufs);
			return -ENOMEM;
		}
		if (!port->dpdk.attached)
			continue;
		if (ports_start_port(ports, port, error) != 0) {
			base_error("%s", error);
			return -ENODEV;
		}
		ports_opened(ports, port, "");
	}
	return 0;
}

/* The poll loops are wired already: it comes with as many queues as before, or not at all. */
static int
ports_start_again(struct ports *ports, struct ports_port *port, char *error)
{
	struct dpdk_rss rss = ports->rss;
	int code = dpdk_port_start(&port->dpdk, ports->queues, port->pool, error);

	if (code == 0 && (ports_doubt_queues(ports, &port->dpdk, &rss) != NULL ||
	                  memcmp(&rss, &ports->rss, sizeof(rss)) != 0)) {
		snprintf(error, DPDK_ERROR_MAX,
		         "%s: it spreads packets over its queues in another way: restart spanstatd",
		         port->dpdk.given);
		code = -ENOTSUP;
	}
	return code;
}

int
ports_open_again(struct ports *ports, unsigned i, char *error)
{
	struct ports_port *port = &ports->port[i];
	struct poll *polls[CONF_WORKERS_MAX + 1];
	unsigned n = ports_polls(ports, polls);
	int code = dpdk_port_attach(&port->dpdk, error);

	if (code == 0) {
		ports_set_cut(ports, &port->dpdk);
		code = ports_start_again(ports, port, error);
	}
	if (code != 0) {
		dpdk_port_remove(&port->dpdk);
		return code;
	}
	while (n-- > 0)
		poll_renumber(polls[n], i, port->dpdk.id);
	poll_let_in(&ports->engine->polls, i);
	return 0;
}
