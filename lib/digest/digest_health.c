/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The checks and their bounds; see digest_health.h.
 *
 * Bounds are parts of a million: beyond the first a check is a warning, beyond the second it is
 * critical. Where they come from: every lost packet is a warning, since states and numbers are only
 * as good as what is seen; one in a thousand lost makes gaps in nearly every long connection.
 * Copies cost work and nothing else. Flows of one direction are common in a few kinds of traffic
 * (scans, syslog), and the rule where a mirror shows one direction only.
 */

#include <stdio.h>
#include <string.h>

#include "base_text.h"
#include "digest_health.h"

#define HEALTH_MILLION 1000000

struct health_rule {
	const char *word, *name;
	uint32_t warning_ppm, critical_ppm;
	const char *advice;
};

/* clang-format off */
static const struct health_rule health_link = {
	"port-link", N_("link of port"), 0, 0,
	N_("Nothing can arrive from a port without a link: look at the cable, the mirror session "
	   "and the interface."),
};
static const struct health_rule health_gone = {
	"port-gone", N_("port"), 0, 0,
	N_("Its interface or device is not there. It is opened as soon as it is back."),
};
static const struct health_rule health_quiet = {
	"port-quiet", N_("packets of port"), 0, 0,
	N_("Nothing arrives from this port: the mirror session may be off, or point elsewhere."),
};
static const struct health_rule health_stalled = {
	"port-stalled", N_("seconds without any, port"), 0, 1000,
	N_("Packets arrive at the interface and none is received: a filter (XDP) takes them "
	   "away, or the worker does not run."),
};
static const struct health_rule health_port_loss = {
	"port-loss", N_("lost at port"), 0, 1000,
	N_("Packets arrive faster than they are taken: connections get gaps and stay open that "
	   "were closed. Give spanstatd more workers or cores of their own, or mirror less."),
};
static const struct health_rule health_no_buffer = {
	"port-buffers", N_("no buffer at port"), 0, 1000,
	N_("Packets find no memory to lie in, for those that arrived before are not done with: "
	   "give spanstatd more workers or cores of their own."),
};
static const struct health_rule health_port_errors = {
	"port-errors", N_("damaged at port"), 0, 1000,
	N_("Frames arrive damaged: look at the cable, the optics and the speed of the link."),
};
static const struct health_rule health_port_sent = {
	"port-sent", N_("frames that left by port"), 0, 0,
	N_("Frames leave by the mirror port, and spanstatd sends none: its driver does, or another "
	   "program that has the device. A switch may learn addresses from them: shut the port off "
	   "there until that has ended."),
};
static const struct health_rule health_worker_loss = {
	"worker-loss", N_("lost before worker"), 0, 1000,
	N_("A worker does not keep up and packets for it are lost: give spanstatd more workers, "
	   "or its workers cores that nothing else runs on."),
};
static const struct health_rule health_worker_busy = {
	"worker-busy", N_("busy cycles of worker"), 700000, 950000,
	N_("Little is left for bursts: packets will be lost when more arrive. Give spanstatd "
	   "more workers."),
};
static const struct health_rule health_stray = {
	"worker-stray", N_("stray packets of worker"), 0, 10000,
	N_("The port spreads both directions of a connection over two workers: each sees half of "
	   "it. Use one worker, or a port with symmetric RSS."),
};
static const struct health_rule health_handed = {
	"worker-handed", N_("packets handed to worker"), HEALTH_MILLION, HEALTH_MILLION, NULL,
};
static const struct health_rule health_duplicates = {
	"duplicates", N_("packets shown twice"), 10000, 200000,
	N_("The mirror shows packets more than once; they are counted once, but cost work. "
	   "Mirror one direction of each port only, or one VLAN."),
};
static const struct health_rule health_late_copies = {
	"late-copies", N_("copies that came late"), 1000, HEALTH_MILLION,
	N_("Copies come after `duplicates.window-ms`. They are counted once, but so late a copy "
	   "without IP identification (IPv6) looks like a packet of its own: raise the window."),
};
static const struct health_rule health_copy_delay = {
	"copy-delay", N_("delay of copies, in us"), 800000, HEALTH_MILLION,
	N_("Copies come nearly as late as `duplicates.window-ms` allows: raise it."),
};
static const struct health_rule health_stamps = {
	"stamps", N_("wrong times in captures"), 0, 10000,
	N_("Packets carry a time far from that of their neighbours, and got their neighbours' "
	   "time: look at the clock of what captured them."),
};
static const struct health_rule health_oneway = {
	"oneway", N_("flows of one direction"), 200000, 600000,
	N_("Of many flows only one direction is seen, so states are guesses: mirror both "
	   "directions, or add the port that carries the other one. Scans and syslog look the "
	   "same."),
};
static const struct health_rule health_gaps = {
	"gaps", N_("gaps in streams"), 10, 1000,
	N_("Segments passed that the mirror did not show: it is oversubscribed, or loses packets "
	   "on its way here. Mirror less, or use a faster mirror port or a tap."),
};
static const struct health_rule health_fill = {
	"table-fill", N_("places of the table in use"), 700000, 900000,
	N_("When the table is full, flows are forgotten to make room: raise `flows`, or shorten "
	   "the timers."),
};
static const struct health_rule health_evicted = {
	"evictions", N_("flows forgotten for room"), 0, 10000,
	N_("The table is too small for this traffic and forgets flows before their time: raise "
	   "`flows`, or shorten the timers."),
};
static const struct health_rule health_refused = {
	"refused", N_("flows without room"), 0, 0,
	N_("There was no room for new flows, not even by forgetting others: raise `flows`."),
};
static const struct health_rule health_joined = {
	"networks-joined", N_("flows of two networks"), HEALTH_MILLION, HEALTH_MILLION, NULL,
};
static const struct health_rule health_ambiguous = {
	"networks-ambiguous", N_("packets that fit several networks"), 0, HEALTH_MILLION,
	N_("An overlay uses another network in each direction, and several tenants have the same "
	   "addresses: some flows stay in two rows, each of one direction."),
};
static const struct health_rule health_no_network = {
	"networks-refused", N_("networks without room"), 0, 0,
	N_("There are more networks than can be told apart; packets of further ones move nothing "
	   "(`domains-full`): mirror fewer, or set `identity.tunnel` to false."),
};
static const struct health_rule health_clock = {
	"clock", N_("error of the clock, in us"), 100000, 1000000,
	N_("The clock of this machine is not synchronized: times in reports do not fit to the "
	   "logs of other machines. Run chrony or another NTP client."),
};
/* clang-format on */

struct health {
	const struct report_stats *first, *last; /* first may be NULL */
	struct digest_check *checks;
	unsigned n;
};

static enum digest_grade
health_grade(const struct health_rule *rule, uint64_t count, uint64_t total)
{
	double ppm = total ? (double)count / (double)total * HEALTH_MILLION : 0;

	if (ppm > rule->critical_ppm)
		return DIGEST_CRITICAL;
	return ppm > rule->warning_ppm ? DIGEST_WARNING : DIGEST_OK;
}

static void
health_set_grade(struct digest_check *check, const struct health_rule *rule,
                 enum digest_grade grade)
{
	check->grade = grade;
	check->advice = grade == DIGEST_OK ? NULL : rule->advice;
}

/* A check of what is so at this moment. */
static struct digest_check *
health_gauge(struct health *health, const struct health_rule *rule, uint64_t count, uint64_t total)
{
	struct digest_check *check = &health->checks[health->n++];

	assert(health->n <= DIGEST_CHECKS_MAX);
	*check = (struct digest_check){
		.word = rule->word, .name = rule->name, .count = count, .total = total
	};
	health_set_grade(check, rule, health_grade(rule, count, total));
	return check;
}

/* A check of counters: since the start, and since the first sample. What is past only warns. */
static struct digest_check *
health_counter(struct health *health, const struct health_rule *rule, uint64_t count,
               uint64_t total, uint64_t first_count, uint64_t first_total)
{
	struct digest_check *check = health_gauge(health, rule, count, total);
	enum digest_grade now;

	if (!health->first || health->last->uptime_us <= health->first->uptime_us)
		return check;
	check->now_us = health->last->uptime_us - health->first->uptime_us;
	check->now_count = count - first_count;
	check->now_total = total - first_total;
	now = health_grade(rule, check->now_count, check->now_total);
	if (check->grade > DIGEST_WARNING)
		check->grade = DIGEST_WARNING;
	health_set_grade(check, rule, now > check->grade ? now : check->grade);
	return check;
}

static void
health_name(struct digest_check *check, const char *name)
{
	snprintf(check->of, sizeof(check->of), "%.*s", REPORT_NAME_MAX, name);
}

static void
health_number(struct digest_check *check, unsigned number)
{
	snprintf(check->of, sizeof(check->of), "%u", number);
}

/* --- ports ---------------------------------------------------------------------------------- */

/* A capture file comes to its end; then nothing arrives from it, and nothing is wrong with it. */
static bool
health_is_file(const struct report_port *port)
{
	return strcmp(port->driver, REPORT_DRIVER_FILE) == 0;
}

/* No link; or a link, and yet nothing comes. A port that is down has no further checks. */
static bool
health_port_is_alive(struct health *health, const struct report_port *port,
                     const struct report_port *first)
{
	struct digest_check *check;

	if (port->state != REPORT_PORT_UP) {
		check = health_gauge(
		    health, port->state == REPORT_PORT_GONE ? &health_gone : &health_link, 1, 1);
		health_name(check, port->name);
		return false;
	}
	check = health_counter(health, &health_quiet, 0, port->received, 0, first->received);
	health_name(check, port->name);
	if (port->received == 0 ||
	    (check->now_us > 0 && check->now_total == 0 && !health_is_file(port)))
		health_set_grade(check, &health_quiet,
		                 port->received == 0 ? DIGEST_CRITICAL : DIGEST_WARNING);
	check->count = check->total;
	check->now_count = check->now_total;
	return true;
}

/* Said only where there was such a second: nearly no port has one. */
static void
health_port_stalled(struct health *health, const struct report_port *port,
                    const struct report_port *first)
{
	uint64_t first_us = health->first ? health->first->uptime_us : 0;

	if (port->stalled_sec > 0)
		health_name(health_counter(health, &health_stalled, port->stalled_sec,
		                           health->last->uptime_us / HEALTH_MILLION,
		                           first->stalled_sec, first_us / HEALTH_MILLION),
		            port->name);
}

/* The same; spanstatd never sends. Of a port that is down, too. */
static void
health_port_sends(struct health *health, const struct report_port *port,
                  const struct report_port *first)
{
	if (port->sent > 0)
		health_name(health_counter(health, &health_port_sent, port->sent,
		                           port->received + port->sent, first->sent,
		                           first->received + first->sent),
		            port->name);
}

static void
health_port(struct health *health, unsigned i)
{
	static const struct report_port none;
	const struct report_port *port = &health->last->ports[i];
	const struct report_port *first =
	    health->first && i < health->first->n_ports ? &health->first->ports[i] : &none;

	health_port_sends(health, port, first);
	if (!health_port_is_alive(health, port, first))
		return;
	health_port_stalled(health, port, first);
	health_name(health_counter(health, &health_port_loss, port->missed,
	                           port->received + port->missed, first->missed,
	                           first->received + first->missed),
	            port->name);
	if (port->no_buffer > 0)
		health_name(health_counter(health, &health_no_buffer, port->no_buffer,
		                           port->received + port->missed, first->no_buffer,
		                           first->received + first->missed),
		            port->name);
	health_name(health_counter(health, &health_port_errors, port->errors,
	                           port->received + port->errors, first->errors,
	                           first->received + first->errors),
	            port->name);
}

/* --- workers -------------------------------------------------------------------------------- */

static void
health_worker(struct health *health, unsigned i)
{
	static const struct report_worker none;
	const struct report_worker *worker = &health->last->workers[i];
	const struct report_worker *first =
	    health->first && i < health->first->n_workers ? &health->first->workers[i] : &none;

	health_number(health_counter(health, &health_worker_loss, worker->dropped,
	                             worker->received + worker->dropped, first->dropped,
	                             first->received + first->dropped),
	              i);
	health_number(health_counter(health, &health_worker_busy, worker->busy_cycles,
	                             worker->busy_cycles + worker->idle_cycles, first->busy_cycles,
	                             first->busy_cycles + first->idle_cycles),
	              i);
	if (health->last->n_workers < 2)
		return;
	health_number(health_counter(health, &health_stray, worker->stray, worker->received,
	                             first->stray, first->received),
	              i);
	health_number(health_counter(health, &health_handed, worker->handed, worker->received,
	                             first->handed, first->received),
	              i);
}

/* --- all together --------------------------------------------------------------------------- */

/* The first sample; where there is none, that of a daemon that has seen nothing. */
static const struct report_stats *
health_first(const struct health *health)
{
	static const struct report_stats none;

	return health->first ? health->first : &none;
}

static void
health_mirror(struct health *health)
{
	const struct report_stats *first = health_first(health), *last = health->last;

	health_counter(health, &health_duplicates, last->duplicates, last->received,
	               first->duplicates, first->received);
	health_counter(health, &health_late_copies, last->late_copies, last->received,
	               first->late_copies, first->received);
	if (last->copy_window_us > 0)
		health_gauge(health, &health_copy_delay, last->copy_delay_us, last->copy_window_us);
	health_gauge(health, &health_oneway, last->flows_oneway, last->flows_live);
	health_counter(health, &health_gaps, last->gaps, last->tracked, first->gaps,
	               first->tracked);
}

static void
health_table(struct health *health)
{
	const struct report_stats *first = health_first(health), *last = health->last;

	health_gauge(health, &health_fill, last->flows_live, last->flows_capacity);
	health_counter(health, &health_evicted, last->flows_evicted, last->flows_created,
	               first->flows_evicted, first->flows_created);
	health_counter(health, &health_refused, last->flows_refused,
	               last->flows_created + last->flows_refused, first->flows_refused,
	               first->flows_created + first->flows_refused);
}

/* Said only where there is something to say: most mirrors show one network. */
static void
health_networks(struct health *health)
{
	const struct report_stats *first = health_first(health), *last = health->last;

	if (last->networks_joined + last->networks_ambiguous + last->networks_refused == 0)
		return;
	health_gauge(health, &health_joined, last->networks_joined, last->flows_created);
	health_counter(health, &health_ambiguous, last->networks_ambiguous, last->tracked,
	               first->networks_ambiguous, first->tracked);
	health_counter(health, &health_no_network, last->networks_refused,
	               last->flows_created + last->networks_refused, first->networks_refused,
	               first->flows_created + first->networks_refused);
}

/* Times come with the packets of captures; what a port brings has this machine's. */
static void
health_stamps_of_files(struct health *health)
{
	const struct report_stats *first = health_first(health), *last = health->last;

	for (unsigned i = 0; i < base_min_u32(last->n_ports, REPORT_PORTS_MAX); i++) {
		if (!health_is_file(&last->ports[i]))
			continue;
		health_counter(health, &health_stamps, last->bad_stamps, last->received,
		               first->bad_stamps, first->received);
		return;
	}
}

static void
health_time(struct health *health, const struct digest_clock *clock)
{
	struct digest_check *check;

	health_stamps_of_files(health);
	if (!clock->is_known)
		return;
	check = health_gauge(health, &health_clock, clock->error_us, HEALTH_MILLION);
	if (!clock->is_synchronized)
		health_set_grade(check, &health_clock, DIGEST_WARNING);
}

unsigned
digest_health(const struct report_stats *first, const struct report_stats *last,
              const struct digest_clock *clock, struct digest_check *checks)
{
	struct health health = { .first = first, .last = last, .checks = checks };

	for (unsigned i = 0; i < base_min_u32(last->n_ports, REPORT_PORTS_MAX); i++)
		health_port(&health, i);
	for (unsigned i = 0; i < base_min_u32(last->n_workers, REPORT_WORKERS_MAX); i++)
		health_worker(&health, i);
	health_mirror(&health);
	health_table(&health);
	health_networks(&health);
	health_time(&health, clock);
	return health.n;
}
