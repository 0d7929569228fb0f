/* SPDX-License-Identifier: BSD-3-Clause */
/* RTM_GETLINK and its answers; see dpdk_link.h. The kernel answers before the request returns. */

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "dpdk_link.h"

#define DPDK_LINK_MESSAGE_MAX 32768 /* of the kernel's, with all that it says of an interface */

static struct mnl_socket *
dpdk_link_socket(unsigned groups)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (nl == NULL || mnl_socket_bind(nl, groups, MNL_SOCKET_AUTOPID) == 0)
		return nl;
	mnl_socket_close(nl);
	return NULL;
}

int
dpdk_links_open(struct dpdk_links *links)
{
	int error;

	*links = (struct dpdk_links){ .asks = dpdk_link_socket(0),
		                      .changes = dpdk_link_socket(RTMGRP_LINK) };
	if (links->asks != NULL && links->changes != NULL)
		return 0;
	error = -errno;
	dpdk_links_close(links);
	return error;
}

void
dpdk_links_close(struct dpdk_links *links)
{
	if (links->asks != NULL)
		mnl_socket_close(links->asks);
	if (links->changes != NULL)
		mnl_socket_close(links->changes);
	*links = (struct dpdk_links){ 0 };
}

int
dpdk_links_fd(const struct dpdk_links *links)
{
	return mnl_socket_get_fd(links->changes);
}

static void
dpdk_link_read_stats(const struct nlattr *attribute, struct dpdk_link_counters *to)
{
	struct rtnl_link_stats64 from = { 0 };
	size_t n = mnl_attr_get_payload_len(attribute);

	/* an older kernel has fewer of them, a newer one more */
	memcpy(&from, mnl_attr_get_payload(attribute), n < sizeof(from) ? n : sizeof(from));
	to->packets = from.rx_packets + from.tx_packets;
	to->bytes = from.rx_bytes + from.tx_bytes;
	to->missed = from.rx_missed_errors;
	to->errors = from.rx_errors;
}

static int
dpdk_link_read_attribute(const struct nlattr *attribute, void *to)
{
	struct dpdk_link *link = to;

	switch (mnl_attr_get_type(attribute)) {
	case IFLA_IFNAME:
		strncpy(link->name, mnl_attr_get_str(attribute), sizeof(link->name) - 1);
		break;
	case IFLA_CARRIER:
		link->has_carrier = link->is_set_up && mnl_attr_get_u8(attribute);
		break;
	case IFLA_PROMISCUITY:
		link->promiscuity = mnl_attr_get_u32(attribute);
		break;
	case IFLA_STATS64:
		dpdk_link_read_stats(attribute, &link->counters);
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

/* False: the message is about something else. */
static bool
dpdk_link_read(const struct nlmsghdr *message, struct dpdk_link *link)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);

	if (message->nlmsg_type != RTM_NEWLINK && message->nlmsg_type != RTM_DELLINK)
		return false;
	*link =
	    (struct dpdk_link){ .ifindex = info->ifi_index, .is_set_up = info->ifi_flags & IFF_UP };
	return mnl_attr_parse(message, sizeof(*info), dpdk_link_read_attribute, link) == MNL_CB_OK;
}

/* --- changes -------------------------------------------------------------------------------- */

struct dpdk_link_reader {
	void (*deleted)(void *ctx, const struct dpdk_link *link);
	void *ctx;
};

static int
dpdk_link_changed(const struct nlmsghdr *message, void *to)
{
	const struct dpdk_link_reader *reader = to;
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	struct dpdk_link link;

	/* a bridge says that a port has left it in the same words, with its family */
	if (message->nlmsg_type == RTM_DELLINK && info->ifi_family == AF_UNSPEC &&
	    dpdk_link_read(message, &link))
		reader->deleted(reader->ctx, &link);
	return MNL_CB_OK;
}

unsigned
dpdk_links_read(struct dpdk_links *links, void (*deleted)(void *ctx, const struct dpdk_link *link),
                void *ctx)
{
	struct dpdk_link_reader reader = { deleted, ctx };
	char buffer[DPDK_LINK_MESSAGE_MAX];
	unsigned n = 0;

	for (;;) {
		ssize_t bytes = mnl_socket_recvfrom(links->changes, buffer, sizeof(buffer));

		if (bytes > 0)
			mnl_cb_run(buffer, (size_t)bytes, 0, 0, dpdk_link_changed, &reader);
		else if (bytes == 0 || (errno != ENOBUFS && errno != EINTR))
			return n;
		n++;
	}
}

/* --- one interface -------------------------------------------------------------------------- */

static int
dpdk_link_answered(const struct nlmsghdr *message, void *to)
{
	return dpdk_link_read(message, to) ? MNL_CB_OK : MNL_CB_ERROR;
}

static int
dpdk_link_ask(struct dpdk_links *links, const char *name, int ifindex)
{
	char buffer[256];
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *info;

	message->nlmsg_type = RTM_GETLINK;
	message->nlmsg_flags = NLM_F_REQUEST;
	message->nlmsg_seq = ++links->sequence;
	info = mnl_nlmsg_put_extra_header(message, sizeof(*info));
	info->ifi_index = ifindex;
	if (name != NULL && !mnl_attr_put_strz_check(message, sizeof(buffer), IFLA_IFNAME, name))
		return -ENODEV;
	return mnl_socket_sendto(links->asks, message, message->nlmsg_len) < 0 ? -errno : 0;
}

int
dpdk_links_find(struct dpdk_links *links, const char *name, int ifindex, struct dpdk_link *link)
{
	char buffer[DPDK_LINK_MESSAGE_MAX];
	int error;

	if (name != NULL && strlen(name) >= IFNAMSIZ)
		return -ENODEV;
	error = dpdk_link_ask(links, name, name != NULL ? 0 : ifindex);
	while (error == 0) {
		ssize_t bytes = mnl_socket_recvfrom(links->asks, buffer, sizeof(buffer));

		if (bytes <= 0)
			return bytes == 0 ? -EIO : -errno;
		/* an answer to an earlier question, which came too late, is passed over */
		if (((struct nlmsghdr *)(void *)buffer)->nlmsg_seq != links->sequence)
			continue;
		error = mnl_cb_run(buffer, (size_t)bytes, links->sequence,
		                   mnl_socket_get_portid(links->asks), dpdk_link_answered, link);
		return error < 0 ? -errno : 0;
	}
	return error;
}
