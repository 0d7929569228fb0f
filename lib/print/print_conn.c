/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The printers of connections: conn, allconn, which also says why one ended, and all. The text,
 * JSON and CSV themselves are in print_text.c, print_json.c, print_csv.c and print_all.c.
 */

#include "print_all.h"
#include "print_csv.h"
#include "print_json.h"
#include "print_rows.h"
#include "print_text.h"

static void
conn_text_heading(struct print_out *out)
{
	print_text_heading(out, 0);
}

static void
conn_text(struct print_out *out, const void *row)
{
	print_text_row(out, row, 0);
}

static void
allconn_text_heading(struct print_out *out)
{
	print_text_heading(out, 1);
}

static void
allconn_text(struct print_out *out, const void *row)
{
	print_text_row(out, row, 1);
}

static void
conn_json(struct print_out *out, const void *row)
{
	print_json_row(out, row);
}

static void
conn_csv(struct print_out *out, const void *row)
{
	print_csv_row(out, row);
}

static void
all_text(struct print_out *out, const void *row)
{
	print_all_text(out, row);
}

static void
all_json(struct print_out *out, const void *row)
{
	print_json_full(out, row);
}

static void
all_csv(struct print_out *out, const void *row)
{
	print_csv_full(out, row);
}

const struct print_rows print_conn = {
	.text_heading = conn_text_heading,
	.csv_heading = print_csv_header,
	.text = conn_text,
	.json = conn_json,
	.csv = conn_csv,
	.text_cut = print_text_cut,
};

const struct print_rows print_allconn = {
	.text_heading = allconn_text_heading,
	.csv_heading = print_csv_header,
	.text = allconn_text,
	.json = conn_json,
	.csv = conn_csv,
	.text_cut = print_text_cut,
};

const struct print_rows print_all = {
	.csv_heading = print_csv_full_header,
	.text = all_text,
	.json = all_json,
	.csv = all_csv,
	.text_cut = print_text_cut,
};
