/* SPDX-License-Identifier: BSD-3-Clause */
/* The file of services read, and searched; see report_service.h. */

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report_service.h"

#define SERVICES_LINE_MAX 512

static int
services_compare(const void *left, const void *right)
{
	const struct report_service *a = left, *b = right;

	if (a->proto != b->proto)
		return a->proto < b->proto ? -1 : 1;
	return a->port < b->port ? -1 : a->port > b->port;
}

const char *
report_service_find(const struct report_services *services, uint16_t port, unsigned proto)
{
	const struct report_service wanted = { .port = port, .proto = (uint8_t)proto };
	const struct report_service *found;

	if (services->n == 0)
		return NULL;
	found = bsearch(&wanted, services->service, services->n, sizeof(wanted), services_compare);
	return found ? found->name : NULL;
}

/* NAME PORT/PROTO ALIAS...; the first name that a port has is its name. */
static void
services_take(struct report_services *services, char *line)
{
	struct report_service *service = &services->service[services->n];
	char name[SERVICES_LINE_MAX], proto[8];
	unsigned port;

	line[strcspn(line, "#\n")] = '\0';
	if (sscanf(line, "%511s %5u/%7s", name, &port, proto) != 3 || port > UINT16_MAX)
		return;
	if (strlen(name) >= sizeof(service->name) ||
	    (strcmp(proto, "tcp") != 0 && strcmp(proto, "udp") != 0))
		return;
	for (const char *p = name; *p; p++)
		if (*p <= ' ' || *p > '~')
			return;
	service->port = (uint16_t)port;
	service->proto = proto[0] == 't' ? IPPROTO_TCP : IPPROTO_UDP;
	if (report_service_find(services, service->port, service->proto))
		return;
	strcpy(service->name, name);
	services->n++;
	/* Files are nearly in order: a step or two. */
	for (size_t i = services->n - 1; i > 0; i--) {
		struct report_service *at = &services->service[i], later = at[0];

		if (services_compare(&at[-1], &later) < 0)
			break;
		at[0] = at[-1];
		at[-1] = later;
	}
}

int
report_services_read(struct report_services *services, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[SERVICES_LINE_MAX];
	int error = 0;

	services->n = 0;
	if (!file)
		return -errno;
	while (services->n < REPORT_SERVICES_MAX && fgets(line, sizeof(line), file))
		services_take(services, line);
	if (ferror(file))
		error = -EIO;
	fclose(file);
	return error;
}
