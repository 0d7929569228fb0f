/* SPDX-License-Identifier: BSD-3-Clause */
/* Families and samples as text; see export_text.h. */

#include <event2/buffer.h>
#include <inttypes.h>
#include <string.h>

#include "export_text.h"

void
export_text_family(struct evbuffer *out, const char *name, enum export_type type, const char *help)
{
	static const char *const types[] = { "counter", "gauge", "histogram" };

	evbuffer_add_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, types[type]);
}

/* Backslash, quote and line end are escaped, as the format wants it. */
static void
text_add_value(struct evbuffer *out, const char *value)
{
	while (*value) {
		size_t n = strcspn(value, "\\\"\n");

		evbuffer_add(out, value, n);
		value += n;
		if (!*value)
			return;
		evbuffer_add_printf(out, "\\%c", *value == '\n' ? 'n' : *value);
		value++;
	}
}

static void
text_add_labels(struct evbuffer *out, const struct export_label *labels)
{
	bool opened = false;

	for (unsigned i = 0; i < EXPORT_LABELS_MAX; i++) {
		if (!labels[i].name)
			continue;
		evbuffer_add_printf(out, "%s%s=\"", opened ? "," : "{", labels[i].name);
		text_add_value(out, labels[i].value);
		evbuffer_add(out, "\"", 1);
		opened = true;
	}
	if (opened)
		evbuffer_add(out, "}", 1);
}

void
export_text_sample(struct evbuffer *out, const char *name, const char *suffix,
                   const struct export_label labels[EXPORT_LABELS_MAX], uint64_t value,
                   enum export_unit unit)
{
	evbuffer_add_printf(out, "%s%s", name, suffix);
	text_add_labels(out, labels);
	if (unit == EXPORT_US)
		evbuffer_add_printf(out, " %" PRIu64 ".%06" PRIu64 "\n", value / 1000000,
		                    value % 1000000);
	else
		evbuffer_add_printf(out, " %" PRIu64 "\n",
		                    unit == EXPORT_BOOL ? value != 0 : value);
}

void
export_text_plain(struct evbuffer *out, const char *name, uint64_t value, enum export_unit unit)
{
	const struct export_label labels[EXPORT_LABELS_MAX] = { { NULL, NULL } };

	export_text_sample(out, name, "", labels, value, unit);
}

void
export_text_labelled(struct evbuffer *out, const char *name, const char *label, const char *of,
                     uint64_t value, enum export_unit unit)
{
	const struct export_label labels[EXPORT_LABELS_MAX] = { { label, of } };

	export_text_sample(out, name, "", labels, value, unit);
}
