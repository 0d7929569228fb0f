/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bytes of frames as this program counts them: from the first address to the end of the payload,
 * without the checksum of the frame (CRC) behind it. Drivers of DPDK differ. Any thread.
 */
#ifndef DPDK_BYTES_H
#define DPDK_BYTES_H

#include <string.h>

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define DPDK_CRC_BYTES UINT64_C(4)

/*
 * Does the driver of that name give what its NIC counts, with the checksum, in DPDK 22.11? Others,
 * net_e1000_igb and net_igc among them, take it off themselves; virtual devices count what is in
 * the mbuf.
 */
BASE_INLINE bool
dpdk_bytes_have_crc(const char *driver)
{
	return strcmp(driver, "net_e1000_em") == 0;
}

/* `bytes` of `packets` frames, as that driver counts them, without checksums. */
BASE_INLINE uint64_t
dpdk_bytes_of_frames(const char *driver, uint64_t bytes, uint64_t packets)
{
	/* a NIC's counters are not read at one moment */
	if (!dpdk_bytes_have_crc(driver) || bytes < DPDK_CRC_BYTES * packets)
		return bytes;
	return bytes - DPDK_CRC_BYTES * packets;
}

BASE_END_DECLS

#endif
