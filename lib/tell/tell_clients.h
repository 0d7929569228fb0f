/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Clients printed, a line each. In text states are put together so that a line has 80 columns; in
 * JSON and CSV each has its own number. One thread an `out`.
 */
#ifndef TELL_CLIENTS_H
#define TELL_CLIENTS_H

#include "digest_row.h"
#include "report_out.h"

BASE_BEGIN_DECLS

void tell_clients_heading(struct report_out *out);
void tell_clients_csv_header(struct report_out *out);

void tell_clients_text(struct report_out *out, const struct digest_client *client);
void tell_clients_json(struct report_out *out, const struct digest_client *client);
void tell_clients_csv(struct report_out *out, const struct digest_client *client);

BASE_END_DECLS

#endif
