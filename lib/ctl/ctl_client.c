/* SPDX-License-Identifier: BSD-3-Clause */
/* The asking end of the control socket; see ctl_client.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base_plain.h"
#include "ctl_client.h"

#define CTL_CONNECT_SEC 10
#define CTL_ERRNO_MAX   4095 /* the kernel's own bound */

struct ctl_client {
	int fd;
	unsigned peer_version;
	uint8_t payload[CTL_PAYLOAD_MAX] BASE_ALIGNED(8);
};

static_assert(CTL_PAYLOAD_MAX % 8 == 0, "nothing lies behind the payload");

struct ctl_client *
ctl_client_adopt(int fd)
{
	struct ctl_client *client = calloc(1, sizeof(*client));

	if (!client) {
		close(fd);
		errno = ENOMEM;
		return NULL;
	}
	client->fd = fd;
	client->peer_version = CTL_VERSION;
	return client;
}

static int
client_open(const char *path)
{
	const struct timeval patience = { .tv_sec = CTL_CONNECT_SEC };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, error;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	memcpy(addr.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	/* A daemon that is stopped lets its queue fill up, and connect would wait for ever. */
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) == 0)
		return fd;
	error = -errno;
	close(fd);
	return error;
}

struct ctl_client *
ctl_client_connect(const char *path)
{
	int fd = client_open(path);

	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	return ctl_client_adopt(fd);
}

void
ctl_client_set_timeout(struct ctl_client *client, unsigned timeout_ms)
{
	struct timeval tv = {
		.tv_sec = timeout_ms / 1000,
		.tv_usec = (suseconds_t)(timeout_ms % 1000) * 1000,
	};

	setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
}

static int
client_send(struct ctl_client *client, const uint8_t *bytes, size_t length)
{
	while (length) {
		ssize_t n = send(client->fd, bytes, length, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		bytes += n;
		length -= (size_t)n;
	}
	return 0;
}

int
ctl_client_ask(struct ctl_client *client, unsigned report, const struct ctl_ask *ask)
{
	uint8_t frame[sizeof(struct ctl_header) + sizeof(*ask)];
	size_t length = ask ? sizeof(*ask) : 0;
	size_t used = ctl_frame_pack(frame, CTL_ASK, report, length);

	if (ask)
		memcpy(frame + used, ask, length);
	return client_send(client, frame, used + length);
}

/* All of `length` bytes, or why not. */
static int
client_receive(struct ctl_client *client, uint8_t *to, size_t length)
{
	while (length) {
		ssize_t n = recv(client->fd, to, length, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK ? -ETIMEDOUT : -errno;
		if (n == 0)
			return -ECONNRESET;
		to += n;
		length -= (size_t)n;
	}
	return 0;
}

/* What is in the payload is made what its type says, whoever sent it. */
static void
client_trust(struct ctl_client *client, unsigned type)
{
	struct ctl_info *info = (void *)client->payload;
	struct ctl_end *end = (void *)client->payload;

	if (type == CTL_INFO) {
		base_plain_array(info->name, sizeof(info->name));
		base_plain_array(info->version, sizeof(info->version));
	} else if (type == CTL_END) {
		base_plain_array(end->text, sizeof(end->text));
		if (end->status > 0 || end->status < -CTL_ERRNO_MAX)
			end->status = -EPROTO;
	}
}

int
ctl_client_next(struct ctl_client *client, struct ctl_frame *frame)
{
	uint8_t bytes[sizeof(struct ctl_header)];
	struct ctl_header header;
	int error;

	error = client_receive(client, bytes, sizeof(bytes));
	if (error)
		return error;
	error = ctl_frame_unpack(bytes, sizeof(bytes), &header);
	if (error == -EPROTONOSUPPORT) {
		client->peer_version = header.version;
		return error;
	}
	if (error || header.type == CTL_ASK)
		return -EPROTO;
	error = client_receive(client, client->payload, header.length);
	if (error)
		return error;
	client_trust(client, header.type);
	frame->type = (enum ctl_type)header.type;
	frame->report = header.report;
	frame->length = header.length;
	frame->payload = client->payload;
	return 0;
}

void
ctl_client_stop(const struct ctl_client *client)
{
	shutdown(client->fd, SHUT_RDWR);
}

int
ctl_client_fd(const struct ctl_client *client)
{
	return client->fd;
}

unsigned
ctl_client_peer_version(const struct ctl_client *client)
{
	return client->peer_version;
}

void
ctl_client_close(struct ctl_client *client)
{
	if (!client)
		return;
	close(client->fd);
	free(client);
}
