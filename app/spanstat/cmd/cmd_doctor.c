/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * doctor: is this machine fit for spanstatd? Asks the kernel and no daemon.
 *
 * lib/doctor has the checks. Text is in the user's language; what programs read is in English, so
 * it is the same everywhere.
 */

#include <errno.h>
#include <langinfo.h>

#include "ask.h"
#include "base_clock.h"
#include "base_text.h"
#include "doctor.h"
#include "doctor_setup.h"
#include "language.h"
#include "print_conn.h"

/* One report a process: too large for the stack. */
static struct doctor_setup doctor_setup;
static struct report_finding doctor_findings[DOCTOR_FINDINGS_MAX];

/* Returns -1 to go on, or a status. */
static int
doctor_parse(struct ask *ask)
{
	const struct options *options = ask->options;

	doctor_setup_read(&doctor_setup, options->config);
	for (unsigned i = 0; i < options->n_words; i++) {
		int error = doctor_setup_name(&doctor_setup, options->words[i], i == 0);

		if (error == -ENOSPC)
			return options_refuse_word(options, i, _("these are too many ports"));
		if (error)
			return options_refuse_word(
			    options, i, _("expected an interface or the address of a PCI device"));
	}
	return -1;
}

/* The last line of the text: how many there are of which. */
static void
doctor_sum(struct ask *ask, unsigned n)
{
	unsigned must = 0, advice = 0;

	for (unsigned i = 0; i < n; i++) {
		must += doctor_findings[i].verdict == REPORT_FINDING_MUST;
		advice += doctor_findings[i].verdict == REPORT_FINDING_ADVICE;
	}
	ask->is_bad = must > 0;
	if (ask->options->format == PRINT_TEXT && !ask->options->no_header)
		print_out_printf(&ask->out,
		                 _("must be mended: %u; would be better otherwise: %u\n"), must,
		                 advice);
}

static void
doctor_without(struct ask *ask)
{
	const struct options *options = ask->options;
	const struct doctor_machine machine = {
		.root = "",
		.read_nic = doctor_ethtool_read,
		.locale = language_missing(),
		.charset = nl_langinfo(CODESET),
		.dpdk = SPANSTAT_DPDK,
	};
	unsigned n;

	if (options->format != PRINT_TEXT)
		language_leave();
	n = doctor_examine(&machine, &doctor_setup, doctor_findings);
	if (options->format == PRINT_TEXT && !options->no_header)
		print_text_title(&ask->out, doctor_setup.conf.name, base_clock_real_us());
	if (!options->no_header)
		print_heading(&ask->out, ask->cmd->rows, options->format);
	for (unsigned i = 0; i < n; i++)
		print_row(&ask->out, ask->cmd->rows, options->format, &doctor_findings[i]);
	doctor_sum(ask, n);
}

const struct cmd_verb cmd_doctor = {
	.parse = doctor_parse,
	.asks_nobody = true,
	.without = doctor_without,
};
