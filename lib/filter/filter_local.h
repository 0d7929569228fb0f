/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whose netstat: which ends of a row give a line of their own, and a filter seen from there.
 *
 * Overview. The default report is the tap's: one row a connection. `--as HOST` and dialects have
 * lines, as a host has them: one for each local end, its own end first. Local is one host, or what
 * lies in the home networks. A connection between two local hosts gives two lines. Seen from an
 * end, `src` and `sport` are its own, `dst` and `dport` its peer's, and `state` is its own state.
 *
 * An end for which its host has no socket gives no line:
 *   - an end in CLOSED or LISTEN, for the listening socket is another;
 *   - both ends of a connection whose ports are in use by a later one;
 *   - the served end of a UDP flow, for a server receives from everybody on one socket;
 *   - any end of a UDP flow whose socket is known to talk with several peers.
 *
 * Life. A struct filter_local is a value; it borrows the set of unconnected sockets.
 *
 * Who writes and who reads. Only its query, on one thread; the functions keep nothing.
 *
 * Cost. Matching costs some nanoseconds a network.
 */
#ifndef FILTER_LOCAL_H
#define FILTER_LOCAL_H

#include "filter.h"
#include "filter_unconnected.h"
#include "report_home.h"
#include "report_listen.h"

BASE_BEGIN_DECLS

struct filter_local {
	uint8_t as_version; /* 4, 6: the host `as`; 0: the networks */
	uint8_t closed;     /* 1: ends in CLOSED give lines too */
	uint8_t served;     /* 1: the served end of an UDP flow does */
	uint8_t as[16];     /* network order; IPv4 in the first four bytes, the rest zero */
	/* Sockets that give one line of their own in place of one for each flow. NULL: none. */
	struct filter_unconnected *unconnected;
	unsigned n_nets;
	struct report_net nets[REPORT_NETS_MAX];
};

/* The ends that give lines: REPORT_LINE_CLIENT, REPORT_LINE_SERVER, both or 0. Reads row->lines. */
unsigned filter_local_ends(const struct filter_local *local, const struct report_row *row);

/*
 * Those of them that the filter matches, and for a socket REPORT_LINE_SOCKET with it. 0: none;
 * -EAGAIN: that depends on a part that `subject` has not. subject->local and one_end are not read.
 */
int filter_local_match(const struct filter_local *local, const struct filter *filter,
                       const struct filter_subject *subject);

/* Remembers a UDP socket that is connected to nobody; ignores all other records. */
void filter_local_learn(struct filter_local *local, const struct report_listen *from);

/*
 * A listening socket, or a UDP socket that has no peer of its own, as a row: its client's end is
 * the socket, its lines are CLIENT and SOCKET. False: the record is no evidence of such a socket.
 */
bool filter_local_socket(struct report_row *row, const struct report_listen *from);

BASE_END_DECLS

#endif
