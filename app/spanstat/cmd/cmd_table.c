/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of report_table.h, each with its printer and its verb; see cmd.h. */

#include "cmd.h"
#include "digest_row.h"
#include "report_event.h"
#include "report_group.h"
#include "report_home.h"
#include "report_listen.h"
#include "report_stats.h"

#define CMD_ROW(id, name, letter, row, source, digest, printer, verb, takes, help)                 \
	[REPORT_ASK_##id] = { #name,         letter,       REPORT_ASK_##id, sizeof(row),           \
		              &print_##printer, &cmd_##verb, takes,           help },

const struct cmd cmd_table[REPORT_REQUESTS] = { REPORT_TABLE(CMD_ROW) REPORT_VARIANTS(CMD_ROW) };
