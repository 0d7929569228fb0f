/* SPDX-License-Identifier: BSD-3-Clause */
/* See fuzz_rows.h. */

#include <netinet/in.h>

#include "digest_row.h"
#include "fuzz_rows.h"
#include "report_event.h"
#include "report_finding.h"
#include "report_group.h"
#include "report_home.h"
#include "report_label.h"
#include "report_listen.h"
#include "report_path.h"
#include "report_service.h"
#include "report_stats.h"

#define FUZZ_SHORT 512

#define FUZZ_ROW(id, name, letter, row, source, digest, printer, ...)                              \
	[REPORT_ASK_##id] = { sizeof(row), &print_##printer },

const struct fuzz_report fuzz_reports[REPORT_REQUESTS] = { REPORT_TABLE(FUZZ_ROW)
	                                                       REPORT_VARIANTS(FUZZ_ROW) };

void
fuzz_rows_fill(struct fuzz_data *data, void *to, size_t bytes)
{
	unsigned n;

	memset(to, fuzz_data_byte(data), bytes);
	if (bytes <= FUZZ_SHORT) {
		fuzz_data_fill(data, to, bytes);
		return;
	}
	for (n = fuzz_data_byte(data); n > 0 && fuzz_data_has(data); n--) {
		size_t at = fuzz_data_u16(data) % bytes, size = fuzz_data_byte(data);

		fuzz_data_fill(data, (char *)to + at, size < bytes - at ? size : bytes - at);
	}
}

static const struct report_labels *
fuzz_labels(struct fuzz_data *data)
{
	static struct report_labels labels;
	struct report_label some[2];

	fuzz_data_fill(data, some, sizeof(some));
	report_labels_use(&labels, some, sizeof(some) / sizeof(some[0]));
	return report_labels_any(&labels);
}

static const struct report_paths *
fuzz_paths(struct fuzz_data *data)
{
	static struct report_paths paths;
	struct report_step steps[2];

	fuzz_data_fill(data, steps, sizeof(steps));
	report_paths_free(&paths);
	report_paths_receive(&paths, steps, sizeof(steps) / sizeof(steps[0]));
	return &paths;
}

struct print_style
fuzz_rows_style(struct fuzz_data *data)
{
	static const struct report_services services = {
		.n = 1,
		.service = { { 443, IPPROTO_TCP, "https" } },
	};
	unsigned has = fuzz_data_byte(data);
	struct print_style style = { .columns = fuzz_data_byte(data), .verbose = has & 1 };

	if (has & 2)
		style.services = &services;
	if (has & 4)
		style.labels = fuzz_labels(data);
	if (has & 8)
		style.paths = fuzz_paths(data);
	return style;
}
