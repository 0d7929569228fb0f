/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sequence numbers: arithmetic modulo 2^32 (RFC 9293 3.4). The lowest header of lib/tcp. Pure, any
 * thread, hot.
 */
#ifndef TCP_SEQ_H
#define TCP_SEQ_H

#include "base_compiler.h"

/* a - b. Right while the two are less than 2^31 apart, here and below. */
BASE_INLINE int32_t
tcp_seq_diff(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

BASE_INLINE bool
tcp_seq_lt(uint32_t a, uint32_t b)
{
	return tcp_seq_diff(a, b) < 0;
}

BASE_INLINE bool
tcp_seq_leq(uint32_t a, uint32_t b)
{
	return tcp_seq_diff(a, b) <= 0;
}

BASE_INLINE bool
tcp_seq_gt(uint32_t a, uint32_t b)
{
	return tcp_seq_diff(a, b) > 0;
}

BASE_INLINE bool
tcp_seq_geq(uint32_t a, uint32_t b)
{
	return tcp_seq_diff(a, b) >= 0;
}

#endif
