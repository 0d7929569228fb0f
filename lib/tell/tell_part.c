/* SPDX-License-Identifier: BSD-3-Clause */
/* Small things printed; see tell_part.h. */

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base_text.h"
#include "base_width.h"
#include "report_format.h"
#include "report_label.h"
#include "report_shown.h"
#include "tell_part.h"

#define TELL_TEXT_MAX 1024 /* bytes of what is wrapped, in any language */

static_assert(REPORT_SOCKET_MAX < TELL_PART_MAX && REPORT_DURATION_MAX < TELL_PART_MAX,
              "each has room, and its NUL");

const char *
tell_addr(char to[TELL_PART_MAX], const uint8_t *addr, unsigned version)
{
	*report_format_addr(to, addr, version) = '\0';
	return to;
}

const char *
tell_host(char to[TELL_PART_MAX], const uint8_t *addr, unsigned version)
{
	*report_shown_host(to, addr, version) = '\0';
	return to;
}

const char *
tell_socket(char to[TELL_PART_MAX], const uint8_t *addr, unsigned version, uint16_t port)
{
	*report_shown_socket(to, addr, version, port, IPPROTO_TCP) = '\0';
	return to;
}

const char *
tell_hms(char to[TELL_PART_MAX], uint64_t us)
{
	*report_format_hms(to, us) = '\0';
	return to;
}

const char *
tell_seconds(char to[TELL_PART_MAX], uint64_t us)
{
	*report_format_seconds(to, us) = '\0';
	return to;
}

const char *
tell_brief(char to[TELL_PART_MAX], uint64_t value)
{
	*report_format_brief(to, value) = '\0';
	return to;
}

void
tell_json_name(struct report_out *out, const uint8_t *addr, unsigned version)
{
	char *p = report_out_reserve(out, REPORT_LABEL_JSON_MAX);

	report_out_commit(out, report_label_json(p, addr, version));
}

void
tell_json_socket(struct report_out *out, const char *key, const uint8_t *addr, unsigned version,
                 uint16_t port)
{
	char ip[TELL_PART_MAX];

	report_out_printf(out, "\"%s\":{\"ip\":\"%s\",\"port\":%u", key,
	                  tell_addr(ip, addr, version), port);
	tell_json_name(out, addr, version);
	report_out_puts(out, "}");
}

/* The last line of `text`, for a tail to follow it; all before are written. Its columns. */
static unsigned
tell_wrap_text(struct report_out *out, const char *text)
{
	size_t n = base_width_line(text, TELL_WIDTH);

	while (text[n]) {
		report_out_printf(out, "  %.*s\n", (int)n, text);
		text += n + strspn(text + n, " ");
		n = base_width_line(text, TELL_WIDTH);
	}
	report_out_printf(out, "  %s", text);
	return base_width(text);
}

void
tell_wrap(struct report_out *out, const char *first, const char *text, const char *tail)
{
	char whole[TELL_TEXT_MAX];
	unsigned used;

	snprintf(whole, sizeof(whole), "%s%s%s", first, first[0] ? " " : "", text);
	used = tell_wrap_text(out, whole);
	if (tail)
		report_out_printf(out, used + 1 + base_width(tail) > TELL_WIDTH ? "\n  %s" : " %s",
		                  tail);
	report_out_puts(out, "\n");
}

void
tell_cut(struct report_out *out, uint64_t lines)
{
	report_out_printf(out, _("(cut short: %" PRIu64 " lines shown, more are missing)\n"),
	                  lines);
}
