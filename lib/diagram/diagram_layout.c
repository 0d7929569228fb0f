/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tables of the layout; see diagram_layout.h.
 *
 * From the top downwards a connection opens, lasts and ends: at the left the end that closes first,
 * at the right the one that closes second. The arrows are those of RFC 9293 that ends take in
 * ordinary life; the legend names the others.
 */

#include <stdio.h>

#include "diagram_layout.h"

/* clang-format off */
const struct diagram_box diagram_boxes[DIAGRAM_BOXES] = {
	{ REPORT_CLOSED, { 31, 0 } },
	{ REPORT_LISTEN, { 0, 5 } },
	{ REPORT_SYN_SENT, { 62, 5 } },
	{ REPORT_SYN_RECEIVED, { 0, 12 } },
	{ REPORT_ESTABLISHED, { 31, 12 } },
	{ REPORT_FIN_WAIT_1, { 0, 18 } },
	{ REPORT_CLOSE_WAIT, { 62, 18 } },
	{ REPORT_FIN_WAIT_2, { 0, 24 } },
	{ REPORT_CLOSING, { 31, 24 } },
	{ REPORT_LAST_ACK, { 62, 24 } },
	{ REPORT_TIME_WAIT, { 31, 30 } },
};

#define ARROW(from, to) REPORT_##from, REPORT_##to

const struct diagram_arrow diagram_arrows[DIAGRAM_ARROWS] = {
	{ ARROW(CLOSED, LISTEN), { { 31, 1 }, { 8, 1 }, { 8, 4 } }, 3, "listen()",
	  { 10, 2 }, { 0, 0 } },
	{ ARROW(CLOSED, SYN_SENT), { { 47, 1 }, { 70, 1 }, { 70, 4 } }, 3, "snd SYN",
	  { 49, 2 }, { 49, 3 } },
	{ ARROW(LISTEN, SYN_RECEIVED), { { 8, 8 }, { 8, 11 } }, 2, "rcv SYN",
	  { 10, 9 }, { 18, 9 } },
	{ ARROW(SYN_SENT, SYN_RECEIVED), { { 66, 8 }, { 66, 10 }, { 13, 10 }, { 13, 11 } }, 4,
	  "rcv SYN", { 49, 9 }, { 57, 9 } },
	{ ARROW(SYN_SENT, ESTABLISHED), { { 74, 8 }, { 74, 13 }, { 48, 13 } }, 3, "rcv SYN,ACK",
	  { 49, 12 }, { 61, 12 } },
	{ ARROW(SYN_RECEIVED, ESTABLISHED), { { 16, 13 }, { 30, 13 } }, 2, "rcv ACK",
	  { 18, 12 }, { 18, 14 } },
	{ ARROW(SYN_RECEIVED, FIN_WAIT_1), { { 8, 15 }, { 8, 17 } }, 2, "snd FIN",
	  { 10, 16 }, { 18, 16 } },
	{ ARROW(ESTABLISHED, FIN_WAIT_1), { { 35, 15 }, { 35, 19 }, { 17, 19 } }, 3, "snd FIN",
	  { 19, 18 }, { 27, 18 } },
	{ ARROW(ESTABLISHED, CLOSE_WAIT), { { 43, 15 }, { 43, 19 }, { 61, 19 } }, 3, "rcv FIN",
	  { 45, 18 }, { 53, 18 } },
	{ ARROW(FIN_WAIT_1, FIN_WAIT_2), { { 8, 21 }, { 8, 23 } }, 2, "rcv ACK of FIN",
	  { 10, 22 }, { 25, 22 } },
	{ ARROW(FIN_WAIT_1, CLOSING), { { 16, 20 }, { 39, 20 }, { 39, 23 } }, 3, "rcv FIN",
	  { 41, 21 }, { 49, 21 } },
	{ ARROW(CLOSE_WAIT, LAST_ACK), { { 70, 21 }, { 70, 23 } }, 2, "snd FIN",
	  { 72, 22 }, { 72, 23 } },
	{ ARROW(FIN_WAIT_2, TIME_WAIT), { { 8, 27 }, { 8, 31 }, { 30, 31 } }, 3, "rcv FIN",
	  { 10, 30 }, { 18, 30 } },
	{ ARROW(CLOSING, TIME_WAIT), { { 39, 27 }, { 39, 29 } }, 2, "rcv ACK of FIN",
	  { 41, 28 }, { 56, 28 } },
	{ ARROW(LAST_ACK, CLOSED), { { 70, 27 }, { 70, 30 } }, 2, "rcv ACK of FIN",
	  { 55, 29 }, { 72, 29 } },
	{ ARROW(TIME_WAIT, CLOSED), { { 47, 31 }, { 65, 31 } }, 2, "2 MSL over",
	  { 49, 32 }, { 60, 32 } },
};
/* clang-format on */

const struct diagram_place diagram_over = { 67, 31 };

const char *
diagram_counts(char to[PRINT_PART_MAX], const struct report_stats *stats, enum report_state state)
{
	char clients[PRINT_PART_MAX], servers[PRINT_PART_MAX];

	if (state == REPORT_LISTEN)
		snprintf(to, PRINT_PART_MAX, "spanstat listen");
	else if (!stats)
		snprintf(to, PRINT_PART_MAX, "-");
	else
		snprintf(to, PRINT_PART_MAX, "c %s s %s",
		         print_brief(clients, stats->flows_client_state[state]),
		         print_brief(servers, stats->flows_server_state[state]));
	return to;
}

/* An end is in LISTEN before anybody sees it, so what it leaves there is CLOSED. */
static uint64_t
layout_moves(const struct report_stats *stats, const struct diagram_arrow *arrow)
{
	unsigned from = arrow->from == REPORT_LISTEN ? REPORT_CLOSED : arrow->from;

	return stats->flows_moves[from][arrow->to];
}

const char *
diagram_rate(char to[PRINT_PART_MAX], const struct report_stats *before,
             const struct report_stats *now, const struct diagram_arrow *arrow)
{
	char number[PRINT_PART_MAX];
	uint64_t moves, us;

	to[0] = '\0';
	if (arrow->rate_at.line == 0 || !before || !now || now->now_us <= before->now_us ||
	    layout_moves(now, arrow) < layout_moves(before, arrow))
		return to;
	moves = layout_moves(now, arrow) - layout_moves(before, arrow);
	us = now->now_us - before->now_us;
	snprintf(to, PRINT_PART_MAX, "%s/s", print_brief(number, (moves * 1000000 + us / 2) / us));
	return to;
}
