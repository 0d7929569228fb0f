/* SPDX-License-Identifier: BSD-3-Clause */
/* Names in place of numbers; see print_names.h. */

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print_names.h"
#include "report_format.h"
#include "report_label.h"

#define SERVICES_LINE_MAX 512

/* The longest text there is with names: nothing is longer than with numbers. */
static_assert(REPORT_LABEL_MAX - 1 + 1 + PRINT_SERVICE_MAX - 1 <= REPORT_SOCKET_MAX, "has room");

static int
services_compare(const void *left, const void *right)
{
	const struct print_service *a = left, *b = right;

	if (a->proto != b->proto)
		return a->proto < b->proto ? -1 : 1;
	return a->port < b->port ? -1 : a->port > b->port;
}

static const char *
services_find(const struct print_services *services, uint16_t port, unsigned proto)
{
	const struct print_service wanted = { .port = port, .proto = (uint8_t)proto };
	const struct print_service *found;

	if (services->n == 0)
		return NULL;
	found = bsearch(&wanted, services->service, services->n, sizeof(wanted), services_compare);
	return found ? found->name : NULL;
}

/* NAME PORT/PROTO ALIAS...; the first name that a port has is its name. */
static void
services_take(struct print_services *services, char *line)
{
	struct print_service *service = &services->service[services->n];
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
	if (services_find(services, service->port, service->proto))
		return;
	strcpy(service->name, name);
	services->n++;
	/* Files are nearly in order: a step or two. */
	for (size_t i = services->n - 1; i > 0; i--) {
		struct print_service *at = &services->service[i], later = at[0];

		if (services_compare(&at[-1], &later) < 0)
			break;
		at[0] = at[-1];
		at[-1] = later;
	}
}

int
print_services_read(struct print_services *services, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[SERVICES_LINE_MAX];
	int error = 0;

	services->n = 0;
	if (!file)
		return -errno;
	while (services->n < PRINT_SERVICES_MAX && fgets(line, sizeof(line), file))
		services_take(services, line);
	if (ferror(file))
		error = -EIO;
	fclose(file);
	return error;
}

const char *
print_names_service(const struct print_style *style, uint16_t port, unsigned proto)
{
	return style->services ? services_find(style->services, port, proto) : NULL;
}

const char *
print_names_label(const struct print_style *style, const uint8_t *addr, unsigned version)
{
	const struct report_label *label = NULL;

	if (style->services)
		label = report_label_lookup(style->labels, addr, version);
	return label && label->len == (version == 4 ? 32 : 128) ? label->label : NULL;
}

char *
print_names_host(char *to, const struct print_style *style, const uint8_t *addr, unsigned version)
{
	const char *label = print_names_label(style, addr, version);

	return label ? report_format_text(to, label) : report_format_addr(to, addr, version);
}

/* A long address may leave no room for the name of its port: the number takes less. */
char *
print_names_socket(char *to, const struct print_style *style, const uint8_t *addr, unsigned version,
                   uint16_t port, unsigned proto)
{
	const char *label, *service;
	char *end;

	if (!style->services)
		return report_format_socket(to, addr, version, port);
	label = print_names_label(style, addr, version);
	service = print_names_service(style, port, proto);
	end = label ? report_format_text(to, label) : report_format_socket(to, addr, version, port);
	while (!label && end[-1] != ':')
		end--;
	if (label)
		*end++ = ':';
	if (service && (size_t)(end - to) + strlen(service) <= REPORT_SOCKET_MAX)
		return report_format_text(end, service);
	return report_format_u64(end, port);
}
