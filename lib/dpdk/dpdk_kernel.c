/* SPDX-License-Identifier: BSD-3-Clause */
/* PACKET_STATISTICS of a socket that somebody else opened. */

#include <dirent.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dpdk_kernel.h"

static bool
dpdk_kernel_is_bound(int fd, int ifindex)
{
	struct sockaddr_ll address;
	socklen_t size = sizeof(address);

	memset(&address, 0, sizeof(address));
	return getsockname(fd, (struct sockaddr *)&address, &size) == 0 &&
	       address.sll_family == AF_PACKET && address.sll_ifindex == ifindex;
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

		if (entry->d_name[0] != '.' && dpdk_kernel_is_bound(fd, ifindex))
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
dpdk_kernel_check_interface(const char *name, int *ifindex)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request;
	int error = 0;

	if (fd < 0)
		return -errno;
	memset(&request, 0, sizeof(request));
	strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
	*ifindex = (int)if_nametoindex(name);
	if (*ifindex == 0)
		error = -ENODEV;
	else if (ioctl(fd, SIOCGIFFLAGS, &request) != 0)
		error = -errno;
	else if (!(request.ifr_flags & IFF_UP))
		error = -ENETDOWN;
	close(fd);
	return error;
}
