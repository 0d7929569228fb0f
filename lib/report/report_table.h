/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reports: one row each, and all that depends on which reports there are is made from it.
 *
 * Overview. A row is X(ID, name, letter, row, source, digest, printer, verb, takes, help):
 *
 *	ID       names the request: REPORT_ASK_ID here, and in the frames of the control socket
 *	name     what the user types; the row's other names come from it too
 *	letter   z/OS's, or 0
 *	row      what one row of the answer is: a struct that crosses the socket as it is
 *	source   query_SOURCE says where rows come from (lib/query)
 *	digest   digest_DIGEST adds connections up (lib/digest), or none
 *	printer  print_PRINTER writes a row as text, JSON and CSV (lib/print), or none
 *	verb     cmd_VERB is how the command asks and prints (app/spanstat/cmd)
 *	takes    enum report_takes: the options and words that go with it
 *	help     one line
 *
 * Who expands it: lib/ctl the shapes of frames, lib/query the dispatch, lib/digest and lib/print
 * the declarations, the command its dispatch, help, manual page and completion. A column that an
 * expansion does not use may name what that library cannot see.
 *
 * Cost: constants. To add a report: docs/adding.md.
 */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include "base_text.h"

/* What goes with a report, besides what goes with every report. */
enum report_takes {
	REPORT_WORDS = 1 << 0,        /* words after its name */
	REPORT_FILTER = 1 << 1,       /* -I, -P, -E; the words are a filter */
	REPORT_SORT = 1 << 2,         /* --sort */
	REPORT_LIMIT = 1 << 3,        /* --limit */
	REPORT_BY = 1 << 4,           /* --by */
	REPORT_VIEW = 1 << 5,         /* --as, --dialect, --format */
	REPORT_FILES = 1 << 6,        /* -r: it needs no running daemon */
	REPORT_WATCH = 1 << 7,        /* --watch */
	REPORT_PRINT = 1 << 8,        /* --json, --csv, -o */
	REPORT_SILENT = 1 << 9,       /* --all: sockets that never answered too */
	REPORT_ID = 1 << 10,          /* its one word may be the id of a connection */
	REPORT_ENDLESS = 1 << 11,     /* it goes on until interrupted */
	REPORT_VERBOSE = 1 << 12,     /* --verbose: what it counts is explained */
	REPORT_CHANGES = 1 << 13,     /* it changes what the daemon knows: not everybody may */
	REPORT_SETUP = 1 << 15,       /* --config; the words are ports of this machine */
	REPORT_JUDGES = 1 << 14,      /* --fail: it may end with the status that something is bad */
	REPORT_STATES_MORE = 1 << 16, /* --spellings, --diagram */
};

#define REPORT_PLAIN    (REPORT_FILES | REPORT_WATCH | REPORT_PRINT)
#define REPORT_SOME     (REPORT_WORDS | REPORT_FILTER | REPORT_LIMIT)
#define REPORT_NARROWED (REPORT_PLAIN | REPORT_SOME | REPORT_SORT | REPORT_BY)
#define REPORT_VIEWED   (REPORT_NARROWED | REPORT_VIEW)

/* clang-format off */
/* In the order of help. */
#define REPORT_TABLE(X) \
X(CONN, conn, 'c', struct report_row, active, none, conn, view, REPORT_VIEWED, \
  N_("active TCP connections and UDP flows, both ends' states (the default)")) \
X(ALLCONN, allconn, 'a', struct report_row, flows, none, allconn, view, REPORT_VIEWED, \
  N_("the same and the recently closed ones, and why they ended")) \
X(ALL, all, 'A', struct report_full, flows, none, all, rows, REPORT_NARROWED, \
  N_("everything known of each connection: retransmissions, round trips, windows")) \
X(BYTEINFO, byteinfo, 'b', struct report_row, active, none, none, view, REPORT_VIEWED, \
  N_("bytes and packets in and out of each active connection, idle time")) \
X(SOCKETS, sockets, 's', struct report_row, active, none, none, view, REPORT_VIEWED, \
  N_("per host at home its sockets, the listening ones first")) \
X(LISTEN, listen, 'l', struct report_listen, endpoints, none, listen, rows, \
  REPORT_PLAIN | REPORT_SILENT, \
  N_("sockets that answered: accepted, refused, unanswered, first and last seen")) \
X(STATS, stats, 'S', struct report_stats, stats, none, stats, rows, \
  REPORT_PLAIN | REPORT_VERBOSE, \
  N_("counters: packets, flows by state, the mirror, workers, ports, memory")) \
X(HOME, home, 0, struct report_net, home, none, home, rows, REPORT_PLAIN, \
  N_("the home list: which networks count as local")) \
X(DROP, drop, 'D', struct report_row, drop, none, none, drop, \
  REPORT_WORDS | REPORT_ID | REPORT_PRINT | REPORT_CHANGES, \
  N_("forget the connection of that id, or all that match (nothing is sent)")) \
X(CLIENTS, clients, 'e', struct digest_client, digest, clients, clients, rows, \
  REPORT_PLAIN | REPORT_SOME | REPORT_SORT, \
  N_("clients: connections by state, packets and bytes, idle time")) \
X(LEAKS, leaks, 0, struct digest_leak, digest, leaks, leaks, rows, REPORT_PLAIN | REPORT_SOME, \
  N_("half-closed connections by server and port, who does not close, and why")) \
X(TIMEWAIT, timewait, 0, struct digest_timewait, digest, timewait, timewait, rows, \
  REPORT_PLAIN | REPORT_SOME, \
  N_("TIME_WAIT by client and server, and when the client's ports run out")) \
X(HEALTH, health, 0, struct report_stats, stats, none, health, health, \
  REPORT_PLAIN | REPORT_JUDGES, \
  N_("is the mirror good: losses, copies, gaps, one-way flows, table, clock")) \
X(STATES, states, 0, struct report_stats, stats, none, states, states, \
  REPORT_PLAIN | REPORT_STATES_MORE, \
  N_("what each state means, what many of it point to, and how many there are")) \
X(EVENTS, events, 0, struct report_event, events, none, events, events, \
  REPORT_SOME | REPORT_FILES | REPORT_PRINT | REPORT_ENDLESS, \
  N_("connections as they open, change state and end, until interrupted")) \
X(TOP, top, 0, struct report_row, active, none, none, top, \
  REPORT_WORDS | REPORT_FILTER | REPORT_BY | REPORT_WATCH, \
  N_("rates, states and the busiest connections, groups and hosts, full screen")) \
X(DOCTOR, doctor, 0, struct report_finding, nothing, none, doctor, doctor, \
  REPORT_WORDS | REPORT_PRINT | REPORT_SETUP, \
  N_("is this machine fit: memory, cores, NICs, rights, and what mends it; asks nobody"))

/* What some of them become by an option; nobody types their names. */
#define REPORT_VARIANTS(X) \
X(LISTEN_ALL, listen_all, 0, struct report_listen, all_endpoints, none, listen, rows, 0, NULL) \
X(DROP_MATCHING, drop_matching, 0, struct report_row, matching, none, none, dropped, \
  REPORT_WORDS | REPORT_FILTER | REPORT_CHANGES, NULL) \
X(GROUP, group, 0, struct report_group, groups, none, groups, group, REPORT_NARROWED, NULL)
/* clang-format on */

enum report_request {
	REPORT_ASK_NOTHING,
#define REPORT_ASK(id, ...) REPORT_ASK_##id,
	REPORT_TABLE(REPORT_ASK) REPORT_NAMED, /* those before it have a name that a user types */
	REPORT_LAST_NAMED = REPORT_NAMED - 1,
	REPORT_VARIANTS(REPORT_ASK)
#undef REPORT_ASK
	    REPORT_REQUESTS
};

#endif
