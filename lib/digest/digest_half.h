/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One half-closed connection, and what it waits for.
 *
 * Overview. A connection is half closed when one end has sent its FIN (FIN_WAIT_1, FIN_WAIT_2) and
 * the other has not: CLOSE_WAIT, or back in ESTABLISHED where the FIN is repeated unanswered (the
 * head of lib/tcp/tcp_state.c). What the tap has seen decides between the cases:
 *
 *	FIN acknowledged, the host it waits for shown since then    the application does not close
 *	FIN acknowledged, the host asked something since, in vain   the host is gone
 *	FIN acknowledged, and nothing since                         one or the other
 *	FIN repeated unanswered, the host shown since               the FIN is swallowed on its way
 *	FIN repeated unanswered, the host not shown since           the host is gone
 *	FIN acknowledged and repeated all the same                  the ACK is swallowed on its way
 *	CLOSE_WAIT still sends and gets no ACK                      the end that has closed is gone,
 *	                                                            or cut off if its host is seen
 *
 * Life, and who writes and reads. Pure functions; any thread. A struct digest_half borrows its row.
 *
 * Cost. A few comparisons.
 */
#ifndef DIGEST_HALF_H
#define DIGEST_HALF_H

#include "digest_hosts.h"
#include "digest_row.h"

BASE_BEGIN_DECLS

struct digest_half {
	const struct report_full *full;
	const struct report_end *open, *closed; /* who has not sent its FIN, who has */
	const struct report_more *open_more, *closed_more;
	enum report_closer open_end; /* which one `open` is */
	uint64_t age_us;             /* since the FIN */
};

/* True: it is half closed, and *half says how. `full` is borrowed. */
bool digest_half_read(struct digest_half *half, const struct report_full *full);

/* Has the end that has not closed sent something that is not acknowledged? */
bool digest_half_is_owed(const struct digest_half *half);

/*
 * What it waits for. The hosts of both ends may be NULL; that of `open` is needed to judge all but
 * the youngest, that of `closed` is read only if digest_half_is_owed.
 */
enum digest_verdict
digest_half_judge(const struct digest_half *half, const struct digest_host *open,
                  const struct digest_host *closed);

BASE_END_DECLS

#endif
