// SPDX-License-Identifier: BSD-3-Clause
// One connection of tcp_model_test.cc, played between two endpoints and compared with the tap.
#ifndef TCP_MODEL_SEQUENCE_H
#define TCP_MODEL_SEQUENCE_H

#include <cstdarg>
#include <cstdio>
#include <deque>
#include <string>

#include "tcp.h"
#include "tcp_model_wire.h"

/* One connection, or two that follow each other on one tuple. */
class Sequence
{
public:
	Sequence(uint64_t number, const Wire &how, bool wanted)
	    : random(number), wire(how), transcribe(wanted)
	{
		behind_ticks = (int)random.below(4);
	}

	unsigned segments = 0;
	std::string failure, transcript;

	bool
	run()
	{
		unsigned lives = 1 + (random.below(4) == 0);

		for (unsigned life = 0; life < lives; life++) {
			if (life > 0 && !may_open_again())
				break;
			open();
			if (!live())
				return false;
		}
		return true;
	}

private:
	Random random;
	const Wire wire;
	const bool transcribe;
	ModelEnd end[2];
	tcp_end tap[2] = {};
	tcp_doubt doubt = {};
	bool begun = false;
	int now = 0, behind_ticks, last_due[2] = {};
	std::deque<Flight> before, behind;
	/* Under way, by sender: all of them, and RSTs on the whole way. */
	unsigned before_count[2] = {}, behind_count[2] = {}, rst_count[2] = {};
	/*
	 * What no segment can tell, because a RST is never repeated:
	 * `silent`: it closed without a RST that the tap saw and could know, and nothing has made
	 * it speak since;
	 * `unaware`: a RST that passed the tap has not come to it, or it misses what was sent before.
	 */
	bool silent[2] = {}, unaware[2] = {};
	/*
	 * A SYN passed behind the RST that refused it: asked again with the same ISN, or late. The tap
	 * takes it for the first, until it sees the RST that answers this one.
	 */
	bool asked_again[2] = {};
	/*
	 * Its FIN passed once more behind the ACK of it: lost behind the tap, or they crossed. The tap
	 * takes the first, until it sees the ACK that answers this one. After the second time it
	 * holds the end for deaf, and no ACK convinces it.
	 */
	bool fin_again[2] = {};
	unsigned fin_repeats[2] = {};
	/* The other waits for its SYN, which the tap missed while it saw what follows: midstream. */
	bool synless = false;
	/*
	 * Both closed at once, but its first FIN was lost before the tap, and the one that passed
	 * acknowledges the other's: it looks like the FIN of an end that closed second.
	 */
	bool seems_last[2] = {};
	/*
	 * An old ACK of an end that a RST has closed passes late and looks like the challenge ACK of
	 * one that lives on; the RST that answers it would tell, but one of the two was lost.
	 */
	bool seems_alive[2] = {};
	bool seen = false; /* any segment of this life */
	Passed passed[2] = {};

	void __attribute__((format(printf, 2, 3)))
	note(const char *format, ...)
	{
		char line[256];
		va_list args;

		va_start(args, format);
		vsnprintf(line, sizeof(line), format, args);
		va_end(args);
		transcript += line;
	}

	bool
	fail(const char *why, unsigned which)
	{
		failure = std::string(why) + " (" + "AB"[which] + ")";
		return false;
	}

	/* --- the applications ---------------------------------------------------------------- */

	bool
	may_open_again() const
	{
		return end[0].is_over() && end[1].is_over() && seen && !silent[0] && !silent[1] &&
		       !unaware[0] && !unaware[1];
	}

	void
	open()
	{
		unsigned client = random.below(2), kind = random.below(16);

		seen = synless = false;
		fin_repeats[0] = fin_repeats[1] = 0;
		for (unsigned i = 0; i < 2; i++)
			asked_again[i] = fin_again[i] = seems_last[i] = seems_alive[i] = false;
		for (ModelEnd &e : end)
			e.answers_fin = random.below(4) == 0;
		end[!client].listen(next_isn(!client));
		if (kind == 0)
			end[!client].state = TCPS_CLOSED;
		if (kind == 1)
			end[!client].connect(next_isn(!client));
		end[client].connect(next_isn(client));
	}

	/* Another life never begins with an ISN that the last one had. */
	uint32_t
	next_isn(unsigned which)
	{
		if (!begun)
			return random.isn();
		return end[which].iss + support::MODEL_ISN_STEP + random.below(1 << 20);
	}

	void
	act()
	{
		unsigned who = random.below(2), what = random.below(40);
		ModelEnd &e = end[who];

		if (random.below(6) != 0 || e.state == TCPS_LISTEN)
			return;
		if (what < 20)
			e.write(1 + random.below(40));
		else if (what < 32)
			e.close();
		else if (what == 39 && !e.is_over())
			abort(who);
	}

	void
	abort(unsigned who)
	{
		if (end[who].state == TCPS_CLOSING || end[who].state == TCPS_LAST_ACK)
			return;
		if (transcribe)
			note("%4d       %c aborts\n", now, "AB"[who]);
		end[who].abort();
		silent[who] = true; /* until its RST passes the tap */
	}

	/* --- the wire ------------------------------------------------------------------------ */

	bool
	is_lost(unsigned of_256)
	{
		return now < lossy_until && random.chance(of_256);
	}

	int lossy_until = 0;

	void
	launch(unsigned sender)
	{
		for (const tcp_segment &seg : end[sender].out) {
			int due = now + 1 + (int)random.below(3);

			if (is_lost(wire.lost_before)) {
				show(sender, seg, "lost before the tap");
				continue;
			}
			if (wire.late && random.chance(wire.late))
				due += (int)random.below(12);
			else if (due < last_due[sender])
				due = last_due[sender];
			last_due[sender] = due > last_due[sender] ? due : last_due[sender];
			insert(before, Flight{due, sender, seg});
			before_count[sender]++;
			rst_count[sender] += !!(seg.flags & TCP_RST);
		}
		end[sender].out.clear();
	}

	static void
	insert(std::deque<Flight> &queue, const Flight &flight)
	{
		auto at = queue.end();

		while (at != queue.begin() && (at - 1)->due > flight.due)
			--at;
		queue.insert(at, flight);
	}

	void
	show(unsigned sender, const tcp_segment &seg, const char *what)
	{
		const ModelEnd &s = end[sender], &r = end[!sender];

		if (!transcribe)
			return;
		note("%4d %c %c%c%c%c %4d+%-3u ack %4d  %-13s%-13s tap %-13s%-13s %s\n", now, "AB"[sender],
		     seg.flags & TCP_SYN ? 'S' : ' ', seg.flags & TCP_FIN ? 'F' : ' ',
		     seg.flags & TCP_RST ? 'R' : ' ', seg.flags & TCP_ACK ? '.' : ' ',
		     (int)(seg.seq - s.iss), seg.length,
		     seg.flags & TCP_ACK ? (int)(seg.ack - r.iss) : -1, support::state_name(end[0].state),
		     support::state_name(end[1].state), support::state_name((tcp_state)tap[0].state),
		     support::state_name((tcp_state)tap[1].state), what);
	}

	void
	pass_tap(const Flight &f)
	{
		unsigned result = TCP_NEW_CONNECTION, before_state = tap[f.sender].state;

		note_asked_again(f);
		if (begun)
			result = support::segment_apply(&tap[f.sender], &tap[!f.sender], &doubt, &f.seg);
		if (result & TCP_NEW_CONNECTION) {
			tap[0] = tap[1] = tcp_end{};
			tcp_segment_first(&tap[f.sender], &tap[!f.sender], &doubt, &f.seg);
		}
		begun = seen = true;
		segments++;
		note_passed(f);
		if (f.seg.flags & TCP_RST)
			seems_alive[!f.sender] = false;
		else if ((wire.lost_before || wire.lost_behind) && before_state == TCPS_CLOSED &&
			 tap[!f.sender].flags & TCP_END_RST && end[f.sender].is_over())
			seems_alive[f.sender] = tap[f.sender].state != TCPS_CLOSED;
		if ((f.seg.flags & TCP_RST) && rst_has_a_known_number(f))
			silent[f.sender] = false;
		if ((f.seg.flags & TCP_RST) && wire_lies() && tap[!f.sender].state == TCPS_CLOSED)
			unaware[!f.sender] = !end[!f.sender].is_over();
		if (is_lost(wire.lost_behind)) {
			rst_count[f.sender] -= !!(f.seg.flags & TCP_RST);
			show(f.sender, f.seg, "lost behind the tap");
			return;
		}
		show(f.sender, f.seg, "");
		behind.push_back(Flight{now + behind_ticks, f.sender, f.seg});
		behind_count[f.sender]++;
	}

	void
	note_asked_again(const Flight &f)
	{
		const tcp_end &t = tap[f.sender];

		if (f.seg.flags == TCP_SYN && (t.flags & TCP_END_SYN) && t.state == TCPS_CLOSED &&
		    ((t.flags | tap[!f.sender].flags) & TCP_END_RST) &&
		    tcp_end_stream_start(&t) == f.seg.seq + 1)
			asked_again[f.sender] = true;
		else if (f.seg.flags & TCP_RST)
			asked_again[!f.sender] = false;
	}

	/* One that overtook what was sent before it, or follows on a loss, may be a blind guess. */
	bool
	rst_has_a_known_number(const Flight &f) const
	{
		uint32_t number = f.seg.seq - end[f.sender].iss;

		return (f.seg.flags & TCP_ACK) || number == passed[f.sender].high ||
		       number == passed[!f.sender].ack;
	}

	void
	note_passed(const Flight &f)
	{
		const ModelEnd &s = end[f.sender], &r = end[!f.sender];
		Passed &p = passed[f.sender];
		uint32_t flags = f.seg.flags, high = f.seg.seq + f.seg.length - s.iss;

		high += !!(flags & TCP_SYN) + !!(flags & TCP_FIN);
		if (p.iss != s.iss)
			p = Passed{s.iss, 0, 0, 0};
		if (flags & TCP_RST)
			return;
		if ((flags & TCP_FIN) && s.fin_sent && passed[!f.sender].ack == s.nxt)
			fin_again[f.sender] = ++fin_repeats[f.sender] > 0;
		if ((flags & TCP_ACK) && r.fin_sent && f.seg.ack == r.iss + r.nxt)
			fin_again[!f.sender] = fin_repeats[!f.sender] > 1;
		if ((flags & TCP_FIN) && !(p.flags & TCP_FIN) && r.fin_sent &&
		    f.seg.ack == r.iss + r.nxt && s.state != TCPS_LAST_ACK)
			seems_last[f.sender] = true;
		if (!((flags | p.flags) & TCP_SYN) && r.state == TCPS_SYN_SENT)
			synless = true;
		p.flags |= (uint8_t)flags;
		if (high > p.high && high <= s.nxt)
			p.high = high;
		if ((flags & TCP_ACK) && f.seg.ack - r.iss > p.ack && f.seg.ack - r.iss <= r.nxt)
			p.ack = f.seg.ack - r.iss;
	}

	void
	deliver(const Flight &f)
	{
		ModelEnd &e = end[!f.sender];

		e.receive(f.seg);
		behind_count[f.sender]--;
		rst_count[f.sender] -= !!(f.seg.flags & TCP_RST);
		unaware[!f.sender] = unaware[!f.sender] && !e.is_over();
		launch(!f.sender);
	}

	/* --- a life -------------------------------------------------------------------------- */

	bool
	is_quiet() const
	{
		return before.empty() && behind.empty() && end[0].timer == 0 && end[1].timer == 0;
	}

	/* One tick: what is due passes the tap, then arrives; each is a step that is compared. */
	bool
	move()
	{
		while (!before.empty() && before.front().due <= now) {
			Flight f = before.front();

			before.pop_front();
			before_count[f.sender]--;
			pass_tap(f);
			if (behind_ticks == 0 && !arrive())
				return false;
			if (!check_step())
				return false;
		}
		return arrive();
	}

	bool
	arrive()
	{
		while (!behind.empty() && behind.front().due <= now) {
			Flight f = behind.front();

			behind.pop_front();
			deliver(f);
			if (!check_step())
				return false;
		}
		return true;
	}

	bool
	live()
	{
		int talk_until = now + TALK_TICKS, quiet_until = now + QUIET_TICKS;

		lossy_until = talk_until;
		for (; now < quiet_until; now++) {
			if (now < talk_until)
				act();
			else if (is_quiet())
				return check_quiet();
			for (unsigned i = 0; i < 2; i++) {
				end[i].tick();
				launch(i);
			}
			if (!move())
				return false;
		}
		return fail("never quiet", 0);
	}

	/* --- comparisons --------------------------------------------------------------------- */

	bool
	check_step()
	{
		for (unsigned i = 0; i < 2; i++) {
			tcp_state said = (tcp_state)tap[i].state;

			if (!check_sent(i))
				return false;
			if (has_sent_fin(said) && !end[i].fin_sent && !end[i].is_over())
				return fail("a FIN that was not sent", i);
			if (has_received_fin(said) && !end[!i].fin_sent && !end[!i].is_over())
				return fail("a FIN received that was not sent", i);
			if (said == TCPS_FIN_WAIT_2 && !end[!i].has_received_fin && !end[!i].is_over())
				return fail("a FIN acknowledged that was not received", i);
			if (wire_can_tell(i) && tap_knows(i) && !is_doomed(i) &&
			    !same_state(end[i].state, said))
				return fail("another state, and all was seen", i);
		}
		return true;
	}

	/* Each class that it cannot is told beside the flag, above. */
	bool
	wire_can_tell(unsigned i) const
	{
		return seen && !synless && !silent[i] && !unaware[i] && !asked_again[i] &&
		       !fin_again[i] && !seems_last[i] && !seems_alive[i];
	}

	/* The first of the file's head; a RST changes no number, so it must not be under way. */
	bool
	tap_knows(unsigned i) const
	{
		const ModelEnd &e = end[i];
		const Passed &own = passed[i], &other = passed[!i];

		if (!wire_lies())
			return before_count[i] == 0 && behind_count[!i] == 0;
		return rst_count[0] == 0 && rst_count[1] == 0 && own.iss == e.iss &&
		       other.iss == end[!i].iss && own.high == e.nxt && own.ack == e.rcv &&
		       (own.flags & TCP_SYN) && (!e.fin_sent || (own.flags & TCP_FIN)) &&
		       other.high == e.rcv && other.ack == e.una;
	}

	/* It answers a SYN whose sender has reset since: another RST will tell it so. */
	bool
	is_doomed(unsigned i) const
	{
		return end[!i].state == TCPS_CLOSED && tap[i].state == TCPS_CLOSED && end[i].una == 0 &&
		       (end[i].state == TCPS_SYN_RECEIVED || end[i].state == TCPS_FIN_WAIT_1);
	}

	bool
	wire_lies() const
	{
		return wire.late || wire.lost_before || wire.lost_behind;
	}

	/* Nothing is known of the numbers of an end that has not begun its life on the wire. */
	bool
	numbers_are_of_this_life(unsigned i) const
	{
		return (tap[i].flags & TCP_END_SYN) && end[i].state != TCPS_LISTEN &&
		       tcp_end_stream_start(&tap[i]) == end[i].iss + 1;
	}

	bool
	check_sent(unsigned i)
	{
		if (!numbers_are_of_this_life(i))
			return true;
		/* An ACK has shown the number of a FIN not seen: it may as well have been a byte. */
		if (tap[i].payload > end[i].written + (end[i].fin_sent && !(tap[i].flags & TCP_END_FIN)))
			return fail("bytes that were not sent", i);
		if (tap[i].snd_nxt - end[i].iss > end[i].nxt)
			return fail("a number that was not sent", i);
		return true;
	}

	bool
	check_quiet()
	{
		for (unsigned i = 0; i < 2; i++) {
			const ModelEnd &e = end[i];

			if (!wire_can_tell(i))
				continue;
			if ((silent[!i] || unaware[!i]) && !tap_knows(i))
				continue; /* its last was lost, and nobody is left to ask for it again */
			if (!same_state(e.state, (tcp_state)tap[i].state))
				return fail("quiet, and another state", i);
			if (e.una != e.nxt || e.una == 0 || e.state == TCPS_LISTEN)
				continue; /* cut off by a RST */
			if (tap[i].snd_nxt != e.iss + e.nxt)
				return fail("quiet, and another SND.NXT", i);
			if (tap[i].payload != e.nxt - 1 - e.fin_sent)
				return fail("quiet, and another length of the stream", i);
		}
		return true;
	}
};

#endif
