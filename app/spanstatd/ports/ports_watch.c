/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports that come and go: looked after once a second, and when the kernel or a driver says that
 * something has changed.
 *
 *	OPEN -- its device is gone --> LEAVING -- no loop polls it --> ABSENT -- it is back --> OPEN
 *
 * What is so is asked each time; no message is believed. Every change is a line of the log. Control
 * core; a port that is opened again takes it some tens of milliseconds.
 */

#include <event2/event.h>
#include <string.h>
#include <unistd.h>

#include "base_clock.h"
#include "base_log.h"
#include "ports_own.h"

#define PORTS_RETRY_US  UINT64_C(1000000) /* after a port could not be opened again */
#define PORTS_SOON_USEC 1000              /* between two looks at the poll loops */

/* --- one that is open ----------------------------------------------------------------------- */

static void
ports_note_state(struct ports_port *port, const struct dpdk_port_status *status)
{
	const char *name = port->dpdk.given;

	if (status->state == port->state)
		return;
	port->state = status->state;
	port->changes++;
	if (status->state == DPDK_PORT_UP)
		base_info("port %s: link up", name);
	else
		base_warning("port %s: %s: %s", name,
		             status->state == DPDK_PORT_GONE ? "gone" : "link down", status->why);
}

/* A port keeps its interface under whatever name. */
static void
ports_note_name(struct ports_port *port, const struct dpdk_port_status *status)
{
	if (status->name[0] == '\0' || strcmp(port->name, status->name) == 0)
		return;
	base_info("port %s: its interface was renamed, from %s to %s", port->dpdk.given, port->name,
	          status->name);
	memcpy(port->name, status->name, sizeof(port->name));
}

static void
ports_note_promiscuity(struct ports_port *port, const struct dpdk_port_status *status)
{
	int error;

	if (status->state == DPDK_PORT_GONE || status->is_promiscuous)
		return;
	error = dpdk_port_be_promiscuous(&port->dpdk);
	base_warning("port %s: it was not promiscuous any more: %s", port->dpdk.given,
	             error == 0 ? "it is again" : strerror(-error));
}

static void
ports_check_open(struct ports *ports, unsigned i)
{
	struct ports_port *port = &ports->port[i];
	struct dpdk_port_status status;

	dpdk_port_check(&port->dpdk, &status);
	ports_note_name(port, &status);
	ports_note_promiscuity(port, &status);
	ports_note_state(port, &status);
	if (status.state != DPDK_PORT_GONE)
		return;
	port->phase = PORTS_LEAVING;
	poll_leave_out(&ports->engine->polls, i);
}

/*
 * A port stands still where packets arrive and none is received: something takes them away before,
 * or nobody polls. One such second says nothing, for they may be on their way.
 */
static void
ports_check_second(struct ports_port *port)
{
	struct dpdk_port_counters now;
	bool is_still;

	dpdk_port_count(&port->dpdk, &now);
	is_still = now.arrived > port->arrived && now.received == port->received;
	if (is_still && port->is_still)
		port->stalled_sec++;
	port->is_still = is_still;
	port->arrived = now.arrived;
	port->received = now.received;
}

/* --- one that is gone ----------------------------------------------------------------------- */

int
ports_loop_behind(void *ctx)
{
	struct ports *ports = ctx;
	struct poll *polls[CONF_WORKERS_MAX + 1];
	unsigned n = ports_polls(ports, polls);

	for (unsigned i = 0; i < n; i++)
		if (!poll_has_taken(polls[i], &ports->engine->polls))
			return (int)i;
	return -1;
}

static void
ports_check_leaving(struct ports *ports, unsigned i)
{
	const struct timeval soon = { .tv_usec = PORTS_SOON_USEC };

	if (ports_loop_behind(ports) >= 0) {
		event_add(ports->soon, &soon);
		return;
	}
	dpdk_port_remove(&ports->port[i].dpdk);
	ports->port[i].phase = PORTS_ABSENT;
}

static void
ports_try(struct ports *ports, unsigned i)
{
	struct ports_port *port = &ports->port[i];
	char error[DPDK_ERROR_MAX];

	if (port->refused && base_clock_mono_us() - port->tried_us < PORTS_RETRY_US)
		return;
	port->tried_us = base_clock_mono_us();
	if (ports_open_again(ports, i, error) == 0) {
		port->changes++;
		ports_opened(ports, port, "back: ");
		return;
	}
	if (!port->refused)
		base_warning("%s; trying it again", error);
	port->refused = true;
}

/* An interface that is there and set down is no port yet: the driver does not take it. */
static void
ports_check_absent(struct ports *ports, unsigned i)
{
	struct dpdk_port_status status;

	dpdk_port_find(&ports->port[i].dpdk, &status);
	if (status.state == DPDK_PORT_UP)
		ports_try(ports, i);
	else
		ports_note_state(&ports->port[i], &status);
}

static void
ports_turn(struct ports *ports)
{
	for (unsigned i = 0; i < ports->n_ports; i++) {
		if (ports->port[i].phase == PORTS_OPEN)
			ports_check_open(ports, i);
		if (ports->port[i].phase == PORTS_LEAVING)
			ports_check_leaving(ports, i);
		if (ports->port[i].phase == PORTS_ABSENT)
			ports_check_absent(ports, i);
	}
}

/* --- events --------------------------------------------------------------------------------- */

static void
ports_on_second(evutil_socket_t fd BASE_UNUSED, short what BASE_UNUSED, void *ctx)
{
	struct ports *ports = ctx;

	ports_turn(ports);
	for (unsigned i = 0; i < ports->n_ports; i++)
		ports_check_second(&ports->port[i]);
}

static void
ports_on_soon(evutil_socket_t fd BASE_UNUSED, short what BASE_UNUSED, void *ctx)
{
	ports_turn(ctx);
}

/* The kernel gives the last counters of an interface with the word that it is deleted. */
static void
ports_on_deleted(void *ctx, const struct dpdk_link *link)
{
	struct ports *ports = ctx;

	for (unsigned i = 0; i < ports->n_ports; i++)
		dpdk_port_note_deleted(&ports->port[i].dpdk, link);
}

static void
ports_on_changed(evutil_socket_t fd BASE_UNUSED, short what BASE_UNUSED, void *ctx)
{
	struct ports *ports = ctx;

	if (dpdk_links_read(&ports->links, ports_on_deleted, ports) > 0)
		ports_turn(ports);
}

static void
ports_on_woken(evutil_socket_t fd, short what BASE_UNUSED, void *ctx)
{
	uint64_t times;

	if (read((int)fd, &times, sizeof(times)) > 0)
		ports_turn(ctx);
}

int
ports_watch(struct ports *ports, struct event_base *base)
{
	const struct timeval second = { .tv_sec = 1 };
	int links = dpdk_links_fd(&ports->links), persist = EV_READ | EV_PERSIST;

	ports->second = event_new(base, -1, EV_PERSIST, ports_on_second, ports);
	ports->soon = event_new(base, -1, 0, ports_on_soon, ports);
	ports->changed = event_new(base, links, (short)persist, ports_on_changed, ports);
	ports->woken = event_new(base, ports->wake_fd, (short)persist, ports_on_woken, ports);
	if (ports->second != NULL && ports->soon != NULL && ports->changed != NULL &&
	    ports->woken != NULL && event_add(ports->second, &second) == 0 &&
	    event_add(ports->changed, NULL) == 0 && event_add(ports->woken, NULL) == 0)
		return 0;
	base_error("no memory to look after the ports");
	return -1;
}

void
ports_unwatch(struct ports *ports)
{
	struct event *events[] = { ports->second, ports->soon, ports->changed, ports->woken };

	for (unsigned i = 0; i < BASE_COUNT_OF(events); i++)
		if (events[i] != NULL)
			event_free(events[i]);
}
