/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What tests of lib/tcp say and do alike: the names of states and events for messages, and a segment
 * applied as the engine does it (lib/track), the ordinary ones apart.
 */
#ifndef SUPPORT_TCP_H
#define SUPPORT_TCP_H

#include "tcp_segment.h"

namespace support
{

/* RFC 9293's spelling with underscores. */
inline const char *
state_name(tcp_state state)
{
	static const char *const names[TCPS_N_STATES] = {
		"CLOSED",     "LISTEN",     "SYN_SENT", "SYN_RECEIVED", "ESTABLISHED", "FIN_WAIT_1",
		"FIN_WAIT_2", "CLOSE_WAIT", "CLOSING",  "LAST_ACK",     "TIME_WAIT",
	};

	return names[state];
}

inline const char *
event_name(tcp_event event)
{
	static const char *const names[TCPE_N_EVENTS] = {
		"SND_SYN", "SND_SYN_ACK", "SND_SYN_ACK_REPEATED", "SND_SEGMENT", "SYN_ACKED", "SND_FIN",
		"SND_FIN_CROSSED", "SND_FIN_REPEATED", "RCV_FIN", "FIN_ACKED", "FIN_UNRECEIVED",
		"SND_RST",   "SND_RST_REJECT", "RCV_RST",
	};

	return names[event];
}

/* As tcp_segment_apply_rare, for any segment but the first. */
inline unsigned
segment_apply(tcp_end *snd, tcp_end *rcv, tcp_doubt *doubt, const tcp_segment *seg)
{
	if (!tcp_segment_is_ordinary(snd, rcv, seg))
		return tcp_segment_apply_rare(snd, rcv, doubt, seg);
	tcp_segment_advance(snd, seg);
	return 0;
}

} // namespace support

#endif
