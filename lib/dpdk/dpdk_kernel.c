/* SPDX-License-Identifier: BSD-3-Clause */
/* Options of packet sockets, packet(7), of ours and of one that somebody else opened. */

#include <dirent.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dpdk_kernel.h"

static bool
dpdk_kernel_address(int fd, struct sockaddr_ll *address)
{
	socklen_t size = sizeof(*address);

	memset(address, 0, sizeof(*address));
	return getsockname(fd, (struct sockaddr *)address, &size) == 0 &&
	       address->sll_family == AF_PACKET;
}

bool
dpdk_kernel_is_bound(int fd, int ifindex)
{
	struct sockaddr_ll address;

	return dpdk_kernel_address(fd, &address) && address.sll_ifindex == ifindex;
}

/* One that keeps an interface promiscuous has no protocol, for it receives nothing. */
static bool
dpdk_kernel_receives(int fd, int ifindex)
{
	struct sockaddr_ll address;

	return dpdk_kernel_address(fd, &address) && address.sll_ifindex == ifindex &&
	       address.sll_protocol != 0;
}

int
dpdk_kernel_find_socket(int ifindex)
{
	DIR *fds = opendir("/proc/self/fd");
	struct dirent *entry;
	int found = -1;

	if (fds == NULL)
		return -1;
	while (found < 0 && (entry = readdir(fds)) != NULL) {
		int fd = atoi(entry->d_name);

		if (entry->d_name[0] != '.' && dpdk_kernel_receives(fd, ifindex))
			found = fd;
	}
	closedir(fds);
	return found;
}

uint64_t
dpdk_kernel_take_drops(int fd)
{
	struct tpacket_stats stats;
	socklen_t size = sizeof(stats);

	memset(&stats, 0, sizeof(stats));
	if (fd < 0 || getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size) != 0)
		return 0;
	return stats.tp_drops;
}

int
dpdk_kernel_be_promiscuous(int ifindex)
{
	const struct packet_mreq membership = { .mr_ifindex = ifindex,
		                                .mr_type = PACKET_MR_PROMISC };
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int error;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership, sizeof(membership)) == 0)
		return fd;
	error = -errno;
	close(fd);
	return error;
}
