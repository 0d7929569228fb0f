/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Durations in eleven or twelve bits: five bits of exponent, the rest for the leading digits.
 *
 * Round trips and the ages of states are known to a percent or so, and range over nine decades. A
 * tcp_duration holds them as a floating-point number without a sign: exact below 2^digits
 * microseconds, then to one part in 2^digits, up to 37 hours with six digits. 0 means none. Pure,
 * any thread.
 */
#ifndef TCP_DURATION_H
#define TCP_DURATION_H

#include "base_compiler.h"

#define TCP_DURATION_RTT_DIGITS  7 /* entry_more.rtt */
#define TCP_DURATION_TIME_DIGITS 6 /* entry_more.handshake, .held */
#define TCP_DURATION_EXPONENTS   32

/* Packs `us`: the value next below, or the greatest there is. */
BASE_INLINE unsigned
tcp_duration_pack(uint64_t us, unsigned digits)
{
	unsigned shift;

	if (us < (UINT64_C(1) << digits))
		return (unsigned)us;
	shift = 63u - digits - (unsigned)__builtin_clzll(us);
	if (shift + 1 >= TCP_DURATION_EXPONENTS)
		return ((unsigned)TCP_DURATION_EXPONENTS << digits) - 1;
	return (shift + 1) << digits | ((unsigned)(us >> shift) & ((1u << digits) - 1));
}

/* The microseconds of a packed value. */
BASE_INLINE uint64_t
tcp_duration_unpack(unsigned packed, unsigned digits)
{
	unsigned exponent = packed >> digits;
	uint64_t leading = packed & ((1u << digits) - 1);

	if (exponent == 0)
		return leading;
	return (leading | UINT64_C(1) << digits) << (exponent - 1);
}

#endif
