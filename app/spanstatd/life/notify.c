/* SPDX-License-Identifier: BSD-3-Clause */
/* Datagrams to a service manager; see notify.h. */

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base_clock.h"
#include "base_log.h"
#include "notify.h"

#define NOTIFY_TEXT 512

/* Of the process, as its environment is. The manager may make its socket anew: it has no peer. */
static struct {
	int fd; /* -1: nobody listens */
	struct sockaddr_un addr;
	socklen_t length;
} notify = { .fd = -1 };

/* A path, or a name without a file, which has '@' for its first byte. */
static bool
notify_address(const char *name)
{
	size_t n = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || n >= sizeof(notify.addr.sun_path))
		return false;
	notify.addr.sun_family = AF_UNIX;
	memcpy(notify.addr.sun_path, name, n);
	if (name[0] == '@')
		notify.addr.sun_path[0] = '\0';
	notify.length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	return true;
}

void
notify_open(void)
{
	const char *name = getenv("NOTIFY_SOCKET");

	if (name == NULL)
		return;
	if (!notify_address(name)) {
		base_warning("NOTIFY_SOCKET: \"%s\" is no socket's name", name);
		return;
	}
	notify.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (notify.fd < 0)
		base_warning("no socket for the service manager: %s", strerror(errno));
}

void
notify_send(const char *format, ...)
{
	char text[NOTIFY_TEXT];
	va_list arguments;
	int n;

	if (notify.fd < 0)
		return;
	va_start(arguments, format);
	n = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (n > 0 && (size_t)n < sizeof(text))
		sendto(notify.fd, text, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL,
		       (const struct sockaddr *)&notify.addr, notify.length);
}

void
notify_reloading(void)
{
	notify_send("RELOADING=1\nMONOTONIC_USEC=%" PRIu64, base_clock_mono_us());
}
