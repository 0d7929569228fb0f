/* SPDX-License-Identifier: BSD-3-Clause */
/* Evidence weighed; see digest_half.h for the table. */

#include <netinet/in.h>

#include "digest_half.h"

#define HALF_SETTLED_US UINT64_C(5000000)  /* a FIN younger than this is no matter */
#define HALF_USED_US    UINT64_C(10000000) /* packets within this: it is being used */
#define HALF_MARGIN_US  UINT64_C(1000000)  /* what belongs to the closing itself is over by then */
#define HALF_VAIN_US    UINT64_C(2000000)  /* a question is in vain when nothing is heard so long */

static bool
half_has_closed(const struct report_end *end)
{
	return end->state == REPORT_FIN_WAIT_1 || end->state == REPORT_FIN_WAIT_2;
}

static bool
half_is_open(const struct report_end *end)
{
	return end->state == REPORT_CLOSE_WAIT || end->state == REPORT_ESTABLISHED;
}

bool
digest_half_read(struct digest_half *half, const struct report_full *full)
{
	const struct report_row *row = &full->row;

	if (row->proto != IPPROTO_TCP || row->end_cause != REPORT_END_NONE)
		return false;
	if (half_has_closed(&row->client) && half_is_open(&row->server))
		*half = (struct digest_half){ full,
			                      &row->server,
			                      &row->client,
			                      &full->server,
			                      &full->client,
			                      REPORT_CLOSER_SERVER,
			                      0 };
	else if (half_has_closed(&row->server) && half_is_open(&row->client))
		*half = (struct digest_half){ full,
			                      &row->client,
			                      &row->server,
			                      &full->client,
			                      &full->server,
			                      REPORT_CLOSER_CLIENT,
			                      0 };
	else
		return false;
	half->age_us = half->open->state == REPORT_CLOSE_WAIT ? half->open_more->in_state_us
	                                                      : half->closed_more->in_state_us;
	return true;
}

bool
digest_half_is_owed(const struct digest_half *half)
{
	return half->closed->state == REPORT_FIN_WAIT_2 &&
	       digest_hosts_owes(half->open_more, half->closed_more) == 1;
}

static uint64_t
half_since_us(const struct digest_half *half)
{
	uint64_t now_us = digest_row_now_us(&half->full->row);

	return now_us > half->age_us ? now_us - half->age_us : 0;
}

static bool
half_is_heard_since(const struct digest_half *half, const struct digest_host *host)
{
	return host->heard_us > half_since_us(half) + HALF_MARGIN_US;
}

/* The FIN passed the tap, but for all the sender knows it did not arrive. */
static enum digest_verdict
half_judge_unanswered(const struct digest_half *half, const struct digest_host *open)
{
	int owes = digest_hosts_owes(half->closed_more, half->open_more);

	if (owes == 0) /* acknowledged by number, and the sender repeats it: it does not know */
		return DIGEST_SWALLOWED;
	if (owes < 0 || half->open->state == REPORT_CLOSE_WAIT) /* and never repeated */
		return DIGEST_UNSEEN;
	return half_is_heard_since(half, open) ? DIGEST_SWALLOWED : DIGEST_GONE;
}

static enum digest_verdict
half_judge_answered(const struct digest_half *half, const struct digest_host *open)
{
	if (half_is_heard_since(half, open))
		return DIGEST_NOT_CLOSING;
	if (open->asked_us > half_since_us(half) && open->asked_us > open->heard_us + HALF_VAIN_US)
		return DIGEST_GONE;
	return DIGEST_SILENT;
}

/* Keep-alives are no use, however many pass. */
static bool
half_is_used(const struct digest_half *half)
{
	uint64_t idle_us = half->full->row.idle_us;

	if ((half->open_more->known | half->closed_more->known) & REPORT_KNOWS_IDLE)
		return false;
	return idle_us < HALF_USED_US && idle_us + HALF_SETTLED_US < half->age_us;
}

/* What the open half sends is acknowledged no more. */
static bool
half_is_cut_off(const struct digest_half *half)
{
	return digest_half_is_owed(half) && half->open_more->retransmitted > 0;
}

enum digest_verdict
digest_half_judge(const struct digest_half *half, const struct digest_host *open,
                  const struct digest_host *closed)
{
	if (half->age_us < HALF_SETTLED_US)
		return DIGEST_YOUNG;
	if (half->full->row.flags & REPORT_ONEWAY)
		return DIGEST_UNSEEN;
	if (!open)
		return DIGEST_UNJUDGED;
	if (half->closed->state == REPORT_FIN_WAIT_1)
		return half_judge_unanswered(half, open);
	if (half_is_cut_off(half))
		return closed && half_is_heard_since(half, closed) ? DIGEST_SWALLOWED : DIGEST_GONE;
	if (half_is_used(half))
		return DIGEST_IN_USE;
	return half_judge_answered(half, open);
}
