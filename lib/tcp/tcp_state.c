/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The state table: every state, every event.
 *
 * Overview. Read a row as "an end in this state, when ...". It is RFC 9293 figure 5 seen from the
 * wire, with the things in which a tap differs from a host:
 *   - Nothing is known of an end that has not answered, so a SYN moves only its sender.
 *   - A FIN counts as received when it passes. If its sender repeats it unanswered, the receiver
 *     goes back to what it showed last (FIN_UNRECEIVED). A sender that repeats a FIN after its ACK
 *     passed goes back too (SND_FIN_REPEATED), and one that repeats its SYN-ACK.
 *   - An end may be met in any state (midstream). What it sends proves what it has been through.
 * LISTEN is the state of a socket, not of a connection: no event enters it. Its row behaves as
 * CLOSED, the state of a connection's end that has not spoken.
 *
 * Life. A constant.
 *
 * Who writes and who reads. Nobody writes; any thread reads.
 *
 * Cost. One load from 154 bytes.
 */

#include "tcp_state.h"

#define CLO TCPS_CLOSED
#define SYS TCPS_SYN_SENT
#define SYR TCPS_SYN_RECEIVED
#define EST TCPS_ESTABLISHED
#define FW1 TCPS_FIN_WAIT_1
#define FW2 TCPS_FIN_WAIT_2
#define CLW TCPS_CLOSE_WAIT
#define CLG TCPS_CLOSING
#define LAK TCPS_LAST_ACK
#define TMW TCPS_TIME_WAIT
#define LIS TCPS_LISTEN

/* clang-format off */
const uint8_t tcp_state_after[TCPE_N_EVENTS][TCPS_N_STATES] = {
	/*                     CLO  LIS  SYS  SYR  EST  FW1  FW2  CLW  CLG  LAK  TMW */

	/* 3.10.1 OPEN, active. Later, a SYN of this connection is a retransmission. */
	[TCPE_SND_SYN]        = {SYS, SYS, SYS, SYR, EST, FW1, FW2, CLW, CLG, LAK, TMW},

	/* 3.10.7.2 LISTEN, third; 3.10.7.3 SYN-SENT, fourth (simultaneous open). */
	[TCPE_SND_SYN_ACK]    = {SYR, SYR, SYR, SYR, EST, FW1, FW2, CLW, CLG, LAK, TMW},

	/* The tap's own: SYN_ACKED undone, by the end that knows. It dropped what followed, too. */
	[TCPE_SND_SYN_ACK_REPEATED] = {CLO, LIS, SYS, SYR, SYR, FW1, FW2, SYR, CLG, LAK, TMW},

	/* 3.10.7.3: a host leaves SYN-SENT with the ACK that it sends. A host that was not seen to
	 * open and sends data or an ACK is synchronized: midstream. */
	[TCPE_SND_SEGMENT]    = {EST, EST, EST, SYR, EST, FW1, FW2, CLW, CLG, LAK, TMW},

	/* 3.10.7.4, fifth, SYN-RECEIVED. SYN-SENT has yet to show that the SYN-ACK reached it. */
	[TCPE_SYN_ACKED]      = {CLO, LIS, SYS, EST, EST, FW1, FW2, CLW, CLG, LAK, TMW},

	/* 3.10.4 CLOSE. A FIN from SYN-SENT is impossible: the ACK beside it established first. */
	[TCPE_SND_FIN]        = {CLO, LIS, FW1, FW1, FW1, FW1, FW2, LAK, CLG, LAK, TMW},

	/* 3.6 Case 2, both close at once: it was not in CLOSE-WAIT yet when it sent this. */
	[TCPE_SND_FIN_CROSSED]= {CLO, LIS, FW1, FW1, FW1, FW1, FW2, CLG, CLG, LAK, TMW},

	/* The tap's own: FIN_ACKED undone, by the end that knows. */
	[TCPE_SND_FIN_REPEATED]  = {LAK, LIS, SYS, SYR, EST, FW1, FW1, CLW, CLG, LAK, CLG},

	/* 3.10.7.4, eighth. */
	[TCPE_RCV_FIN]        = {CLO, LIS, CLW, CLW, CLW, CLG, TMW, CLW, CLG, LAK, TMW},

	/* 3.10.7.4, fifth, FIN-WAIT-1, CLOSING, LAST-ACK. */
	[TCPE_FIN_ACKED]      = {CLO, LIS, SYS, SYR, EST, FW2, FW2, CLW, TMW, CLO, TMW},

	/* The tap's own: RCV_FIN undone. LAST-ACK has acknowledged the FIN by its own. */
	[TCPE_FIN_UNRECEIVED] = {CLO, LIS, SYS, SYR, EST, FW1, FW2, EST, FW1, LAK, FW2},

	/* 3.10.5 ABORT; 3.10.7.1: a host without the connection answers so from any state. */
	[TCPE_SND_RST]        = {CLO, CLO, CLO, CLO, CLO, CLO, CLO, CLO, CLO, CLO, CLO},

	/* 3.10.7.3, first: the RST is for the segment; the SYN stands. */
	[TCPE_SND_RST_REJECT] = {CLO, LIS, SYS, SYR, EST, FW1, FW2, CLW, CLG, LAK, TMW},

	/* 3.10.7.3 and 3.10.7.4, second; RFC 1337: TIME-WAIT is not assassinated. */
	[TCPE_RCV_RST]        = {CLO, LIS, CLO, CLO, CLO, CLO, CLO, CLO, CLO, CLO, TMW},
};
/* clang-format on */
