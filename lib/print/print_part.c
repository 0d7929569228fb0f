/* SPDX-License-Identifier: BSD-3-Clause */
/* Small things printed; see print_part.h. */

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base_text.h"
#include "base_width.h"
#include "print_names.h"
#include "print_part.h"
#include "report_format.h"
#include "report_label.h"

#define PRINT_TEXT_MAX 1024 /* bytes of what is wrapped, in any language */

static_assert(REPORT_SOCKET_MAX < PRINT_PART_MAX && REPORT_DURATION_MAX < PRINT_PART_MAX,
              "each has room, and its NUL");

const char *
print_addr(char to[PRINT_PART_MAX], const uint8_t *addr, unsigned version)
{
	*report_format_addr(to, addr, version) = '\0';
	return to;
}

const char *
print_host(char to[PRINT_PART_MAX], const struct print_style *style, const uint8_t *addr,
           unsigned version)
{
	*print_names_host(to, style, addr, version) = '\0';
	return to;
}

const char *
print_socket(char to[PRINT_PART_MAX], const struct print_style *style, const uint8_t *addr,
             unsigned version, uint16_t port)
{
	*print_names_socket(to, style, addr, version, port, IPPROTO_TCP) = '\0';
	return to;
}

const char *
print_hms(char to[PRINT_PART_MAX], uint64_t us)
{
	*report_format_hms(to, us) = '\0';
	return to;
}

const char *
print_seconds(char to[PRINT_PART_MAX], uint64_t us)
{
	*report_format_seconds(to, us) = '\0';
	return to;
}

const char *
print_brief(char to[PRINT_PART_MAX], uint64_t value)
{
	*report_format_brief(to, value) = '\0';
	return to;
}

void
print_json_name(struct print_out *out, const uint8_t *addr, unsigned version)
{
	char *p = print_out_reserve(out, REPORT_LABEL_JSON_MAX);

	print_out_commit(out, report_label_json(p, out->style.labels, addr, version));
}

void
print_json_socket(struct print_out *out, const char *key, const uint8_t *addr, unsigned version,
                  uint16_t port)
{
	char ip[PRINT_PART_MAX];

	print_out_printf(out, "\"%s\":{\"ip\":\"%s\",\"port\":%u", key,
	                 print_addr(ip, addr, version), port);
	print_json_name(out, addr, version);
	print_out_puts(out, "}");
}

/* The last line of `text`, for a tail to follow it; all before are written. Its columns. */
static unsigned
print_wrap_text(struct print_out *out, const char *text)
{
	size_t n = base_width_line(text, PRINT_WIDTH);

	while (text[n]) {
		print_out_printf(out, "  %.*s\n", (int)n, text);
		text += n + strspn(text + n, " ");
		n = base_width_line(text, PRINT_WIDTH);
	}
	print_out_printf(out, "  %s", text);
	return base_width(text);
}

void
print_wrap(struct print_out *out, const char *first, const char *text, const char *tail)
{
	char whole[PRINT_TEXT_MAX];
	unsigned used;

	snprintf(whole, sizeof(whole), "%s%s%s", first, first[0] ? " " : "", text);
	used = print_wrap_text(out, whole);
	if (tail)
		print_out_printf(out, used + 1 + base_width(tail) > PRINT_WIDTH ? "\n  %s" : " %s",
		                 tail);
	print_out_puts(out, "\n");
}

void
print_cut(struct print_out *out, uint64_t lines)
{
	print_out_printf(out, _("(cut short: %" PRIu64 " lines shown, more are missing)\n"), lines);
}
