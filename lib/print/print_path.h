/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tunnels around a connection, as the reports write them: outermost first, of its first packet,
 * and of the other direction's where they are in another network. One thread.
 */
#ifndef PRINT_PATH_H
#define PRINT_PATH_H

#include "report_path.h"

BASE_BEGIN_DECLS

#define PRINT_PATH_MAX 3072 /* bytes of either form at most */

/*
 * Appends ,"tunnel":[{"kind":"vxlan","id":7,"src":"192.0.2.1","dst":"192.0.2.2"}] and, where there
 * is one, the same with "tunnel_back"; nothing of a path that means nothing. No NUL.
 */
char *print_path_json(char *p, const struct report_paths *paths, uint32_t path);

#define PRINT_PATH_STEP_MAX 160

/* Appends one of them for a person: "vxlan 7 192.0.2.1 > 192.0.2.2". No NUL. */
char *print_path_step(char *p, const struct report_step *step);

/* Appends one field of CSV: "vxlan 7 192.0.2.1 > 192.0.2.2; gtp 9 ...", or nothing. No NUL. */
char *print_path_csv(char *p, const struct report_paths *paths, uint32_t path);

BASE_END_DECLS

#endif
