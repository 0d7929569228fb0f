/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of `events` as text, JSON and CSV. One thread an `out`. */
#ifndef PRINT_EVENT_H
#define PRINT_EVENT_H

#include "print_out.h"
#include "report_event.h"

BASE_BEGIN_DECLS

void print_event_text_heading(struct print_out *out);
void print_event_csv_header(struct print_out *out);

/* One line each. */
void print_event_text(struct print_out *out, const struct report_event *event);
void print_event_json(struct print_out *out, const struct report_event *event);
void print_event_csv(struct print_out *out, const struct report_event *event);

BASE_END_DECLS

#endif
