/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of report_table.h, each with its printer and its verb; see cmd.h. */

#include "cmd.h"
#include "digest_row.h"
#include "report_event.h"
#include "report_finding.h"
#include "report_group.h"
#include "report_home.h"
#include "report_listen.h"
#include "report_stats.h"

/* clang-format off */
#define CMD_ROW(id, word, key, row, source, digest, printer, how, what, text) \
	[REPORT_ASK_##id] = { \
		.name = #word, \
		.letter = key, \
		.report = REPORT_ASK_##id, \
		.row_bytes = sizeof(row), \
		.rows = &print_##printer, \
		.verb = &cmd_##how, \
		.takes = what, \
		.help = text, \
	},

const struct cmd cmd_table[REPORT_REQUESTS] = { REPORT_TABLE(CMD_ROW) REPORT_VARIANTS(CMD_ROW) };
/* clang-format on */
