// SPDX-License-Identifier: BSD-3-Clause
/* Mbufs for tests of what moves them: EAL without devices and hugepages, once a program. */
#ifndef SUPPORT_MBUFS_H
#define SUPPORT_MBUFS_H

#include <vector>

#include <rte_eal.h>
#include <rte_mbuf.h>

namespace support
{

/* 16383 of them, each with room for a frame. NULL: EAL does not start, or has no memory. */
inline rte_mempool *
mbufs()
{
	static rte_mempool *const pool = [] {
		const char *words[] = {"mbufs", "--no-huge", "--no-pci", "--no-shconf", "-m", "128", "-l", "0",
		                       "--log-level=*:error"};
		std::vector<char *> argv;

		for (const char *word : words)
			argv.push_back(const_cast<char *>(word));
		if (rte_eal_init((int)argv.size(), argv.data()) < 0)
			return (rte_mempool *)nullptr;
		return rte_pktmbuf_pool_create("mbufs", 16383, 0, 0, 2048, 0);
	}();

	return pool;
}

} // namespace support

#endif
