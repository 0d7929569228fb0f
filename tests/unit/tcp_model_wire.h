// SPDX-License-Identifier: BSD-3-Clause
// The wire of tcp_model_test.cc: how it lies, what is under way on it, what has passed the tap.
#ifndef TCP_MODEL_WIRE_H
#define TCP_MODEL_WIRE_H

#include "model.h"

using support::ModelEnd;

#if defined(__SANITIZE_ADDRESS__)
constexpr uint64_t SEQUENCES = 50000;
#else
constexpr uint64_t SEQUENCES = 1000000;
#endif

constexpr uint64_t SEED = 9293;
constexpr int TALK_TICKS = 60; /* how long the applications act and the wire loses */
constexpr int QUIET_TICKS = 3000;

/* How the wire of a test lies. Probabilities in 1/256. */
struct Wire {
	unsigned lost_before, lost_behind, late;
};

class Random
{
public:
	explicit Random(uint64_t seed) : state(seed * 0x9e3779b97f4a7c15 + SEED) {}

	uint32_t
	next()
	{
		uint64_t z = state += 0x9e3779b97f4a7c15;

		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
		z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
		return (uint32_t)((z ^ (z >> 31)) >> 16);
	}

	uint32_t
	below(uint32_t n)
	{
		return (uint32_t)(((uint64_t)next() * n) >> 32);
	}

	bool
	chance(unsigned of_256)
	{
		return below(256) < of_256;
	}

	/* One in four begins just before the wrap. */
	uint32_t
	isn()
	{
		return below(4) == 0 ? 0 - below(80) : next();
	}

private:
	uint64_t state;
};

/* --- what may be compared ------------------------------------------------------------------- */

struct Flight {
	int due;
	unsigned sender;
	tcp_segment seg;
};

inline bool
has_sent_fin(tcp_state s)
{
	return s == TCPS_FIN_WAIT_1 || s == TCPS_FIN_WAIT_2 || s == TCPS_CLOSING ||
	       s == TCPS_LAST_ACK || s == TCPS_TIME_WAIT;
}

inline bool
has_received_fin(tcp_state s)
{
	return s == TCPS_CLOSE_WAIT || s == TCPS_CLOSING || s == TCPS_LAST_ACK || s == TCPS_TIME_WAIT;
}

inline bool
same_state(tcp_state truth, tcp_state tap)
{
	return (truth == TCPS_LISTEN ? TCPS_CLOSED : truth) == tap;
}

/* What has passed the tap of one life of an end: distances from its ISN, and from the other's. */
struct Passed {
	uint32_t iss, high, ack;
	uint8_t flags; /* of all of them */
};

#endif
