/* SPDX-License-Identifier: BSD-3-Clause */
/* Names in place of numbers; see print_names.h. The services are sorted by protocol and port. */

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print_names.h"
#include "report_format.h"
#include "report_label.h"

#define SHOWN_SERVICES_MAX 8192
#define SHOWN_LINE_MAX     512

struct shown_service {
	uint16_t port;
	uint8_t proto;
	char name[PRINT_SERVICE_MAX];
};

static int shown_names;
static struct shown_service shown_services[SHOWN_SERVICES_MAX];
static size_t shown_n;

/* The longest text there is with names: nothing is longer than with numbers. */
static_assert(REPORT_LABEL_MAX - 1 + 1 + PRINT_SERVICE_MAX - 1 <= REPORT_SOCKET_MAX, "has room");

static int
shown_compare(const void *left, const void *right)
{
	const struct shown_service *a = left, *b = right;

	if (a->proto != b->proto)
		return a->proto < b->proto ? -1 : 1;
	return a->port < b->port ? -1 : a->port > b->port;
}

/* NAME PORT/PROTO ALIAS...; the first name that a port has is its name. */
static void
shown_take(char *line)
{
	struct shown_service *service = &shown_services[shown_n];
	char name[SHOWN_LINE_MAX], proto[8];
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
	if (print_names_service(service->port, service->proto))
		return;
	strcpy(service->name, name);
	shown_n++;
	/* Files are nearly in order: a step or two. */
	for (size_t i = shown_n - 1; i > 0; i--) {
		struct shown_service *at = &shown_services[i], later = at[0];

		if (shown_compare(&at[-1], &later) < 0)
			break;
		at[0] = at[-1];
		at[-1] = later;
	}
}

int
print_names_use(const char *services)
{
	FILE *file = fopen(services, "re");
	char line[SHOWN_LINE_MAX];
	int error = 0;

	shown_names = 1;
	shown_n = 0;
	if (!file)
		return -errno;
	while (shown_n < SHOWN_SERVICES_MAX && fgets(line, sizeof(line), file))
		shown_take(line);
	if (ferror(file))
		error = -EIO;
	fclose(file);
	return error;
}

const char *
print_names_service(uint16_t port, unsigned proto)
{
	const struct shown_service wanted = { .port = port, .proto = (uint8_t)proto };
	const struct shown_service *found;

	if (shown_n == 0)
		return NULL;
	found = bsearch(&wanted, shown_services, shown_n, sizeof(wanted), shown_compare);
	return found ? found->name : NULL;
}

const char *
print_names_label(const uint8_t *addr, unsigned version)
{
	const struct report_label *label = NULL;

	if (shown_names)
		label = report_label_lookup(addr, version);
	return label && label->len == (version == 4 ? 32 : 128) ? label->label : NULL;
}

char *
print_names_host(char *to, const uint8_t *addr, unsigned version)
{
	const char *label = print_names_label(addr, version);

	return label ? report_format_text(to, label) : report_format_addr(to, addr, version);
}

/* A long address may leave no room for the name of its port: the number takes less. */
char *
print_names_socket(char *to, const uint8_t *addr, unsigned version, uint16_t port, unsigned proto)
{
	const char *label, *service;
	char *end;

	if (!shown_names)
		return report_format_socket(to, addr, version, port);
	label = print_names_label(addr, version);
	service = print_names_service(port, proto);
	end = label ? report_format_text(to, label) : report_format_socket(to, addr, version, port);
	while (!label && end[-1] != ':')
		end--;
	if (label)
		*end++ = ':';
	if (service && (size_t)(end - to) + strlen(service) <= REPORT_SOCKET_MAX)
		return report_format_text(end, service);
	return report_format_u64(end, port);
}
