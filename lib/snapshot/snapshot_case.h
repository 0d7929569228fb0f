/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control core's view of the cases of a worker: rows of evidence for `problems`.
 *
 * Each worker that sees flows of a socket has a case of it. A row is one of them; who wants the
 * whole adds up those of one name. Control reads beside the worker that writes; a case that is
 * opened or replaced at that moment may be missed, and each in itself is whole. A copy costs eight
 * lines and one for each tunnel.
 */
#ifndef SNAPSHOT_CASE_H
#define SNAPSHOT_CASE_H

#include "report_case.h"
#include "snapshot.h"

BASE_BEGIN_DECLS

/*
 * Fills rows[0..max) from the worker's cases, beginning at number *next, and sets *next to where to
 * go on; at the end it is UINT32_MAX. Returns how many. Control.
 */
unsigned snapshot_case_rows(const struct track *track, const struct snapshot_clock *clock,
                            uint32_t *next, struct report_case *rows, unsigned max);

BASE_END_DECLS

#endif
