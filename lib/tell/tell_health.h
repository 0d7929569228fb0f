/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The checks of the mirror printed: a verdict and two figures a line, and what to do where all is
 * not well. One thread an `out`.
 */
#ifndef TELL_HEALTH_H
#define TELL_HEALTH_H

#include "digest_health.h"
#include "report_out.h"

BASE_BEGIN_DECLS

void tell_health_text(struct report_out *out, const struct digest_check *checks, unsigned n,
                      int with_header);
void tell_health_json(struct report_out *out, const struct digest_check *checks, unsigned n);
void tell_health_csv(struct report_out *out, const struct digest_check *checks, unsigned n,
                     int with_header);

BASE_END_DECLS

#endif
