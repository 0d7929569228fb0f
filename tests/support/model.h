// SPDX-License-Identifier: BSD-3-Clause
/*
 * Two TCP endpoints, as plainly as RFC 9293 3.10 tells them, for tests that need the truth.
 *
 * ModelEnd is a host's end of one connection: it opens, sends, closes and aborts when told to,
 * answers what it receives and repeats what is not acknowledged. It shares no code with lib/tcp but
 * the names of states and flags, and thinks in distances from its own ISN, so that a mistake with
 * the wrap of 2^32 in one of the two shows.
 *
 * What it leaves open: no congestion control, one segment of a hole is never kept (go back N), the
 * window never closes, TIME-WAIT never ends, and there are no options. RFC 5961 is followed for RST
 * and SYN, RFC 1337 for TIME-WAIT. Of a simultaneous open the SYN-ACK counts as the ACK it carries.
 */
#ifndef SUPPORT_MODEL_H
#define SUPPORT_MODEL_H

#include <cstdint>
#include <vector>

#include "tcp_segment.h"

namespace support
{

constexpr uint32_t MODEL_WINDOW = 64, MODEL_MSS = 16;
constexpr uint32_t MODEL_ISN_STEP = 100000; /* from one life to the next */
constexpr int MODEL_RTO_TICKS = 24;

class ModelEnd
{
public:
	tcp_state state = TCPS_CLOSED;
	uint32_t iss = 0, irs = 0;
	/* Distances: from iss of what is sent, from irs of what is received. */
	uint32_t una = 0, nxt = 0, rcv = 0;
	uint32_t written = 0; /* bytes that the application has handed over */
	bool passive = false, fin_wanted = false, fin_sent = false, answers_fin = false;
	bool was_synchronized = false, has_received_fin = false;
	int timer = 0; /* ticks to the next repetition; 0: nothing to repeat */
	std::vector<tcp_segment> out;

	/* --- what the application does ------------------------------------------------------- */

	void
	listen(uint32_t isn)
	{
		begin(TCPS_LISTEN, isn);
		passive = true;
	}

	void
	connect(uint32_t isn)
	{
		begin(TCPS_SYN_SENT, isn);
		nxt = 1;
		send(TCP_SYN, 0, 0);
		timer = MODEL_RTO_TICKS;
	}

	void
	write(uint32_t bytes)
	{
		if (may_write())
			written += bytes;
		transmit();
	}

	void
	close()
	{
		if (!may_write())
			return;
		fin_wanted = true;
		transmit();
	}

	/* Returns whether a RST tells the other end (RFC 9293 3.10.5). */
	bool
	abort()
	{
		bool tells = state == TCPS_SYN_RECEIVED || state == TCPS_ESTABLISHED ||
			     state == TCPS_FIN_WAIT_1 || state == TCPS_FIN_WAIT_2 ||
			     state == TCPS_CLOSE_WAIT;

		if (tells)
			send(TCP_RST, nxt, 0);
		state = TCPS_CLOSED;
		timer = 0;
		return tells;
	}

	bool
	is_over() const
	{
		return state == TCPS_CLOSED || state == TCPS_LISTEN || state == TCPS_TIME_WAIT;
	}

	/* --- what the clock does ------------------------------------------------------------- */

	void
	tick()
	{
		if (timer == 0 || --timer > 0)
			return;
		timer = MODEL_RTO_TICKS;
		if (state == TCPS_SYN_SENT) {
			send(TCP_SYN, 0, 0);
			return;
		}
		if (una == 0)
			send(TCP_SYN | TCP_ACK, 0, 0);
		send_stream(una == 0 ? 1 : una, nxt);
	}

	/* --- what the network does ----------------------------------------------------------- */

	void
	receive(const tcp_segment &seg)
	{
		if (state == TCPS_CLOSED || state == TCPS_LISTEN)
			receive_unconnected(seg);
		else if (state == TCPS_SYN_SENT)
			receive_syn_sent(seg);
		else
			receive_synchronized(seg);
	}

private:
	/* Another life of this end; what it has sent in the last one is still on its way. */
	void
	begin(tcp_state first, uint32_t isn)
	{
		una = nxt = rcv = written = 0;
		passive = fin_wanted = fin_sent = was_synchronized = has_received_fin = false;
		timer = 0;
		iss = isn;
		state = first;
	}

	bool
	may_write() const
	{
		return (state == TCPS_SYN_SENT || state == TCPS_SYN_RECEIVED ||
			state == TCPS_ESTABLISHED || state == TCPS_CLOSE_WAIT) && !fin_wanted;
	}

	void
	send(unsigned flags, uint32_t from, uint32_t length)
	{
		tcp_segment seg = {};

		seg.flags = (uint8_t)flags;
		seg.seq = iss + from;
		seg.length = length;
		seg.ack = flags & TCP_ACK ? irs + rcv : 0;
		seg.window = MODEL_WINDOW;
		seg.wscale = TCP_WSCALE_NONE;
		out.push_back(seg);
	}

	/* Bytes and FIN between two numbers that were given out before. */
	void
	send_stream(uint32_t from, uint32_t to)
	{
		uint32_t bytes_end = 1 + written;

		while (from < to) {
			uint32_t stop = to < bytes_end ? to : bytes_end;
			uint32_t length = stop > from ? stop - from : 0;
			unsigned flags = TCP_ACK;

			if (length > MODEL_MSS)
				length = MODEL_MSS;
			if (fin_sent && from + length == bytes_end && to > bytes_end)
				flags |= TCP_FIN;
			send(flags, from, length);
			from += length + (flags & TCP_FIN ? 1 : 0);
		}
	}

	/* All that may go now. Returns whether anything went, which then carried the ACK. */
	bool
	transmit()
	{
		uint32_t first = nxt, allowed = una + MODEL_WINDOW, end = 1 + written;

		if (state != TCPS_ESTABLISHED && state != TCPS_CLOSE_WAIT &&
		    !(state == TCPS_SYN_RECEIVED && !passive && fin_wanted && written == 0))
			return false;
		nxt = end < allowed ? end : allowed;
		if (nxt < first)
			nxt = first;
		if (fin_wanted && nxt == end && nxt < allowed) {
			fin_sent = true;
			nxt++;
			state = state == TCPS_CLOSE_WAIT ? TCPS_LAST_ACK : TCPS_FIN_WAIT_1;
		}
		send_stream(first, nxt);
		if (nxt != first && timer == 0)
			timer = MODEL_RTO_TICKS;
		return nxt != first;
	}

	/* RFC 9293 3.10.7.1: what comes for no connection is reset by its own numbers. */
	void
	reset_for(const tcp_segment &seg)
	{
		tcp_segment rst = {};

		if (seg.flags & TCP_RST)
			return;
		rst.flags = seg.flags & TCP_ACK ? TCP_RST : TCP_RST | TCP_ACK;
		rst.seq = seg.flags & TCP_ACK ? seg.ack : 0;
		rst.ack = seg.flags & TCP_ACK ? 0 : seg.seq + occupied(seg);
		rst.wscale = TCP_WSCALE_NONE;
		out.push_back(rst);
	}

	static uint32_t
	occupied(const tcp_segment &seg)
	{
		return seg.length + !!(seg.flags & TCP_SYN) + !!(seg.flags & TCP_FIN);
	}

	/* 3.10.7.1 and 3.10.7.2. */
	void
	receive_unconnected(const tcp_segment &seg)
	{
		if (state == TCPS_CLOSED || (seg.flags & (TCP_ACK | TCP_RST))) {
			reset_for(seg);
			return;
		}
		if (!(seg.flags & TCP_SYN))
			return;
		irs = seg.seq;
		rcv = nxt = 1;
		state = TCPS_SYN_RECEIVED;
		send(TCP_SYN | TCP_ACK, 0, 0);
		timer = MODEL_RTO_TICKS;
	}

	/* 3.10.7.3. */
	void
	receive_syn_sent(const tcp_segment &seg)
	{
		if ((seg.flags & TCP_ACK) && seg.ack != iss + 1) {
			reset_for(seg);
			return;
		}
		if (seg.flags & TCP_RST) {
			if (seg.flags & TCP_ACK)
				reset();
			return;
		}
		if (!(seg.flags & TCP_SYN))
			return;
		irs = seg.seq;
		rcv = 1;
		if (!(seg.flags & TCP_ACK)) {
			state = TCPS_SYN_RECEIVED;
			send(TCP_SYN | TCP_ACK, 0, 0);
			timer = MODEL_RTO_TICKS;
			return;
		}
		establish();
		if (!transmit())
			send(TCP_ACK, nxt, 0);
	}

	void
	establish()
	{
		una = 1;
		timer = nxt > una ? MODEL_RTO_TICKS : 0;
		was_synchronized = true;
		if (state == TCPS_SYN_SENT || state == TCPS_SYN_RECEIVED)
			state = TCPS_ESTABLISHED;
	}

	void
	reset()
	{
		if (state == TCPS_TIME_WAIT) /* RFC 1337 */
			return;
		timer = 0;
		if (state == TCPS_SYN_RECEIVED && passive)
			listen(iss + MODEL_ISN_STEP);
		else
			state = TCPS_CLOSED;
	}

	/* 3.10.7.4, first; `at` is the segment's distance from RCV.NXT. */
	static bool
	acceptable(int32_t at, uint32_t length)
	{
		int32_t last = at + (int32_t)length - 1;

		if (at >= 0 && at < (int32_t)MODEL_WINDOW)
			return true;
		return length > 0 && last >= 0 && last < (int32_t)MODEL_WINDOW;
	}

	void
	receive_synchronized(tcp_segment seg)
	{
		int32_t at = (int32_t)(seg.seq - irs - rcv);
		bool crossed_open = state == TCPS_SYN_RECEIVED && seg.seq == irs &&
				    (seg.flags & TCP_SYN) && (seg.flags & TCP_ACK);

		if (crossed_open) { /* its SYN is known; what it acknowledges is news */
			seg.flags &= (uint8_t)~TCP_SYN;
			at = 0;
			send(TCP_ACK, nxt, 0);
		}
		if (state == TCPS_SYN_RECEIVED && (seg.flags & TCP_SYN) && seg.seq == irs) {
			send(TCP_SYN | TCP_ACK, 0, 0); /* as hosts do; the letter asks for an ACK */
			return;
		}
		if (!acceptable(at, occupied(seg))) {
			if (!(seg.flags & TCP_RST))
				send(TCP_ACK, nxt, 0);
		} else if ((seg.flags & TCP_RST) && at == 0) {
			reset();
		} else if (seg.flags & (TCP_RST | TCP_SYN)) {
			send(TCP_ACK, nxt, 0); /* RFC 5961: challenge */
		} else if ((seg.flags & TCP_ACK) && take_ack(seg)) {
			take_text(seg, at);
		}
	}

	/* Fifth. Returns whether the rest of the segment is to be looked at. */
	bool
	take_ack(const tcp_segment &seg)
	{
		uint32_t acked = seg.ack - iss; /* a wild one is far beyond nxt */

		if (una == 0) {
			if (acked == 0 || acked > nxt) {
				reset_for(seg);
				return false;
			}
			establish();
		}
		if (acked > nxt) {
			if (acked < 0x80000000)
				send(TCP_ACK, nxt, 0);
			return false;
		}
		if (acked > una) {
			una = acked;
			timer = una < nxt ? MODEL_RTO_TICKS : 0;
		}
		if (fin_sent && una == nxt)
			take_ack_of_fin();
		return state != TCPS_CLOSED;
	}

	void
	take_ack_of_fin()
	{
		if (state == TCPS_FIN_WAIT_1)
			state = TCPS_FIN_WAIT_2;
		else if (state == TCPS_CLOSING)
			state = TCPS_TIME_WAIT;
		else if (state == TCPS_LAST_ACK)
			state = TCPS_CLOSED;
	}

	/* Seventh and eighth. */
	void
	take_text(const tcp_segment &seg, int32_t at)
	{
		bool answer = occupied(seg) > 0;
		uint32_t end = (uint32_t)(at + (int32_t)seg.length);

		if (at <= 0 && (int32_t)end >= 0 && !has_received_fin) {
			rcv += end;
			if (seg.flags & TCP_FIN)
				take_fin();
		}
		if (!transmit() && answer)
			send(TCP_ACK, nxt, 0);
	}

	void
	take_fin()
	{
		rcv++;
		has_received_fin = true;
		if (state == TCPS_ESTABLISHED)
			state = TCPS_CLOSE_WAIT;
		else if (state == TCPS_FIN_WAIT_1)
			state = TCPS_CLOSING;
		else if (state == TCPS_FIN_WAIT_2)
			state = TCPS_TIME_WAIT;
		fin_wanted = fin_wanted || answers_fin;
	}
};

} // namespace support

#endif
