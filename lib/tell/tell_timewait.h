/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TIME_WAIT printed: who, toward whom, and whether the ports last. One thread an `out`.
 */
#ifndef TELL_TIMEWAIT_H
#define TELL_TIMEWAIT_H

#include "digest_row.h"
#include "report_out.h"

BASE_BEGIN_DECLS

void tell_timewait_heading(struct report_out *out);
void tell_timewait_csv_header(struct report_out *out);

void tell_timewait_text(struct report_out *out, const struct digest_timewait *line);
void tell_timewait_json(struct report_out *out, const struct digest_timewait *line);
void tell_timewait_csv(struct report_out *out, const struct digest_timewait *line);

BASE_END_DECLS

#endif
