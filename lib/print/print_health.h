/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The checks of the mirror printed: a verdict and two figures a line, and what to do where all is
 * not well. One thread an `out`.
 */
#ifndef PRINT_HEALTH_H
#define PRINT_HEALTH_H

#include "digest_health.h"
#include "print_out.h"

BASE_BEGIN_DECLS

void print_health_text(struct print_out *out, const struct digest_check *checks, unsigned n,
                       int with_header);
void print_health_json(struct print_out *out, const struct digest_check *checks, unsigned n);
void print_health_csv(struct print_out *out, const struct digest_check *checks, unsigned n,
                      int with_header);

BASE_END_DECLS

#endif
