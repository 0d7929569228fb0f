/* SPDX-License-Identifier: BSD-3-Clause */
/* A row seen from its ends; see dialect_line.h. */

#include "dialect_line.h"

unsigned
dialect_lines(const struct report_row *row, struct dialect_line lines[2])
{
	int is_socket = !!(row->lines & REPORT_LINE_SOCKET);
	unsigned n = 0;

	if ((row->lines & REPORT_LINE_CLIENT) || row->lines == 0)
		lines[n++] = (struct dialect_line){ row, &row->client, &row->server, is_socket };
	if (row->lines & REPORT_LINE_SERVER)
		lines[n++] = (struct dialect_line){ row, &row->server, &row->client, is_socket };
	return n;
}
