/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prometheus' text format 0.0.4: families with their help and type, samples with their labels.
 *
 * The caller gives a family first and then all of its samples. Numbers are written without floating
 * point and without a locale. A buffer that finds no memory is left short; export_http.c finds out.
 * Control thread only; cold.
 */
#ifndef EXPORT_TEXT_H
#define EXPORT_TEXT_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

struct evbuffer;

enum export_type { EXPORT_COUNTER, EXPORT_GAUGE, EXPORT_HISTOGRAM };

/* How a number is written. US: microseconds, as seconds. BOOL: 1 for whatever is not 0. */
enum export_unit { EXPORT_NUMBER, EXPORT_US, EXPORT_BOOL };

/* A label and its value, which is escaped; a name of NULL: there is none. */
struct export_label {
	const char *name, *value;
};

#define EXPORT_LABELS_MAX 3

/* `help`: a sentence without line ends and backslashes. */
void
export_text_family(struct evbuffer *out, const char *name, enum export_type type, const char *help);

/* One sample. `suffix` follows the name: "_bucket" or "". labels[0..EXPORT_LABELS_MAX). */
void export_text_sample(struct evbuffer *out, const char *name, const char *suffix,
                        const struct export_label labels[EXPORT_LABELS_MAX], uint64_t value,
                        enum export_unit unit);

/* One sample without labels, or with one. */
void
export_text_plain(struct evbuffer *out, const char *name, uint64_t value, enum export_unit unit);
void export_text_labelled(struct evbuffer *out, const char *name, const char *label, const char *of,
                          uint64_t value, enum export_unit unit);

BASE_END_DECLS

#endif
