/* SPDX-License-Identifier: BSD-3-Clause */
/* The list of mistakes; see conf_mistake.h. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_plain.h"
#include "conf_mistake.h"

#define CONF_MESSAGE_MAX 4096

void
conf_mistakes_init(struct conf_mistakes *mistakes)
{
	memset(mistakes, 0, sizeof(*mistakes));
}

void
conf_mistakes_fini(struct conf_mistakes *mistakes)
{
	uint32_t i;

	for (i = 0; i < mistakes->count; i++)
		free(mistakes->items[i].what);
	free(mistakes->items);
	conf_mistakes_init(mistakes);
}

/* Room for one more, or NULL. */
static struct conf_mistake *
conf_mistakes_extend(struct conf_mistakes *mistakes)
{
	uint32_t capacity = mistakes->capacity ? 2 * mistakes->capacity : 16;
	struct conf_mistake *items;

	if (mistakes->count < mistakes->capacity)
		return &mistakes->items[mistakes->count];
	items = reallocarray(mistakes->items, capacity, sizeof(*items));
	if (!items)
		return NULL;
	mistakes->items = items;
	mistakes->capacity = capacity;
	return &items[mistakes->count];
}

void
conf_mistake_add(struct conf_mistakes *mistakes, uint32_t line, const char *format, ...)
{
	struct conf_mistake *mistake = conf_mistakes_extend(mistakes);
	va_list args;
	char *what;
	int n;

	va_start(args, format);
	n = mistake ? vasprintf(&what, format, args) : -1;
	va_end(args);
	if (n < 0) {
		mistakes->lost++;
		return;
	}
	*mistake = (struct conf_mistake){ line, mistakes->count++, what };
}

static int
conf_mistake_compare(const void *left, const void *right)
{
	const struct conf_mistake *a = left, *b = right;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->nth < b->nth ? -1 : a->nth > b->nth;
}

static void
mistake_report(const char *path, const struct conf_mistake *mistake, conf_report_fn *report,
               void *arg)
{
	char message[CONF_MESSAGE_MAX], plain[CONF_MESSAGE_MAX];

	if (mistake->line)
		snprintf(message, sizeof(message), "%s:%u: %s", path, mistake->line, mistake->what);
	else
		snprintf(message, sizeof(message), "%s: %s", path, mistake->what);
	base_plain(plain, sizeof(plain), message, sizeof(message));
	report(arg, plain);
}

uint32_t
conf_mistakes_report(struct conf_mistakes *mistakes, const char *path, conf_report_fn *report,
                     void *arg)
{
	uint32_t i;

	if (mistakes->count)
		qsort(mistakes->items, mistakes->count, sizeof(*mistakes->items),
		      conf_mistake_compare);
	for (i = 0; i < mistakes->count; i++)
		mistake_report(path, &mistakes->items[i], report, arg);
	if (mistakes->lost)
		report(arg, "out of memory: some mistakes of the configuration are not shown");
	return mistakes->count + mistakes->lost;
}
