/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The findings of `doctor` as text, JSON and CSV; see report_finding.h. The words of checks and
 * verdicts are the same in every language, for programs compare them. One thread an `out`.
 */

#include "base_plain.h"
#include "print_part.h"
#include "print_rows.h"
#include "report_finding.h"
#include "report_format.h"

#define DOCTOR_PLAIN(array)  (BASE_PLAIN_EACH * sizeof(array) + 1)
#define DOCTOR_VERDICT_WIDTH 7
#define DOCTOR_WHAT_MAX      1000 /* less than print_wrap has room for */
#define DOCTOR_JSON_EACH     6    /* bytes that one byte takes at most */

static const char *const doctor_verdicts[REPORT_FINDING_VERDICTS] = {
	[REPORT_FINDING_OK] = "ok",
	[REPORT_FINDING_ADVICE] = "advice",
	[REPORT_FINDING_MUST] = "must",
};

static const char *
doctor_verdict(const struct report_finding *finding)
{
	return finding->verdict < REPORT_FINDING_VERDICTS ? doctor_verdicts[finding->verdict] : "?";
}

/* --- text ------------------------------------------------------------------------------------ */

static void
doctor_text(struct print_out *out, const void *row)
{
	const struct report_finding *finding = row;
	char check[DOCTOR_PLAIN(finding->check)], of[DOCTOR_PLAIN(finding->of)];
	char what[DOCTOR_WHAT_MAX], mend[DOCTOR_PLAIN(finding->mend)];

	base_plain(check, sizeof(check), finding->check, sizeof(finding->check));
	base_plain(of, sizeof(of), finding->of, sizeof(finding->of));
	base_plain(what, sizeof(what), finding->what, sizeof(finding->what));
	base_plain(mend, sizeof(mend), finding->mend, sizeof(finding->mend));
	print_out_printf(out, "%-*s %s%s%s", DOCTOR_VERDICT_WIDTH, doctor_verdict(finding), check,
	                 of[0] ? " " : "", of);
	if (finding->verdict == REPORT_FINDING_OK) {
		print_out_printf(out, ": %s\n", what);
		return;
	}
	print_out_puts(out, "\n");
	print_wrap(out, "", what, NULL);
	if (mend[0])
		print_out_printf(out, "    %s\n", mend);
}

/* --- JSON and CSV ---------------------------------------------------------------------------- */

static void
doctor_json_key(struct print_out *out, const char *key, const char *text, size_t max)
{
	char to[DOCTOR_JSON_EACH * REPORT_FINDING_WHAT_MAX + 1];

	if (text[0] == '\0')
		return;
	*report_format_json(to, text, max) = '\0';
	print_out_printf(out, ",\"%s\":\"%s\"", key, to);
}

static void
doctor_json(struct print_out *out, const void *row)
{
	const struct report_finding *finding = row;
	char check[DOCTOR_JSON_EACH * REPORT_FINDING_CHECK_MAX + 1];

	*report_format_json(check, finding->check, sizeof(finding->check)) = '\0';
	print_out_printf(out, "{\"check\":\"%s\"", check);
	doctor_json_key(out, "of", finding->of, sizeof(finding->of));
	print_out_printf(out, ",\"verdict\":\"%s\"", doctor_verdict(finding));
	doctor_json_key(out, "finding", finding->what, sizeof(finding->what));
	doctor_json_key(out, "remedy", finding->mend, sizeof(finding->mend));
	print_out_puts(out, "}\n");
}

static void
doctor_csv_field(struct print_out *out, const char *before, const char *text, size_t max)
{
	char to[BASE_PLAIN_EACH * REPORT_FINDING_WHAT_MAX + 4];

	*report_format_csv(to, text, max) = '\0';
	print_out_printf(out, "%s%s", before, to);
}

static void
doctor_csv(struct print_out *out, const void *row)
{
	const struct report_finding *finding = row;

	doctor_csv_field(out, "", finding->check, sizeof(finding->check));
	doctor_csv_field(out, ",", finding->of, sizeof(finding->of));
	print_out_printf(out, ",%s", doctor_verdict(finding));
	doctor_csv_field(out, ",", finding->what, sizeof(finding->what));
	doctor_csv_field(out, ",", finding->mend, sizeof(finding->mend));
	print_out_puts(out, "\n");
}

static void
doctor_csv_heading(struct print_out *out)
{
	print_out_puts(out, "check,of,verdict,finding,remedy\n");
}

const struct print_rows print_doctor = {
	.csv_heading = doctor_csv_heading,
	.text = doctor_text,
	.json = doctor_json,
	.csv = doctor_csv,
};
