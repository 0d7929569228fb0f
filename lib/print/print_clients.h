/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Clients printed, a line each. In text states are put together so that a line has 80 columns; in
 * JSON and CSV each has its own number. One thread an `out`.
 */
#ifndef PRINT_CLIENTS_H
#define PRINT_CLIENTS_H

#include "digest_row.h"
#include "print_out.h"

BASE_BEGIN_DECLS

void print_clients_heading(struct print_out *out);
void print_clients_csv_header(struct print_out *out);

void print_clients_text(struct print_out *out, const struct digest_client *client);
void print_clients_json(struct print_out *out, const struct digest_client *client);
void print_clients_csv(struct print_out *out, const struct digest_client *client);

BASE_END_DECLS

#endif
