/* SPDX-License-Identifier: BSD-3-Clause */
/* Small things printed; see print_part.h. */

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base_text.h"
#include "base_width.h"
#include "packet_tunnel.h"
#include "print_part.h"
#include "report_format.h"
#include "report_label.h"
#include "report_service.h"

#define PRINT_TEXT_MAX 1024 /* bytes of what is wrapped, in any language */

static_assert(REPORT_SOCKET_MAX < PRINT_PART_MAX && REPORT_DURATION_MAX < PRINT_PART_MAX,
              "each has room, and its NUL");

/* The longest text there is with names: nothing is longer than with numbers. */
static_assert(REPORT_LABEL_MAX - 1 + 1 + REPORT_SERVICE_MAX - 1 <= REPORT_SOCKET_MAX, "has room");

/* --- names ---------------------------------------------------------------------------------- */

const char *
print_names_service(const struct print_style *style, uint16_t port, unsigned proto)
{
	return style->services ? report_service_find(style->services, port, proto) : NULL;
}

const char *
print_names_label(const struct print_style *style, const uint8_t *addr, unsigned version)
{
	const struct report_label *label = NULL;

	if (style->services)
		label = report_label_lookup(style->labels, addr, version);
	return label && label->len == (version == 4 ? 32 : 128) ? label->label : NULL;
}

char *
print_names_host(char *to, const struct print_style *style, const uint8_t *addr, unsigned version)
{
	const char *label = print_names_label(style, addr, version);

	return label ? report_format_text(to, label) : report_format_addr(to, addr, version);
}

/* A long address may leave no room for the name of its port: the number takes less. */
char *
print_names_socket(char *to, const struct print_style *style, const uint8_t *addr, unsigned version,
                   uint16_t port, unsigned proto)
{
	const char *label, *service;
	char *end;

	if (!style->services)
		return report_format_socket(to, addr, version, port);
	label = print_names_label(style, addr, version);
	service = print_names_service(style, port, proto);
	end = label ? report_format_text(to, label) : report_format_socket(to, addr, version, port);
	while (!label && end[-1] != ':')
		end--;
	if (label)
		*end++ = ':';
	if (service && (size_t)(end - to) + strlen(service) <= REPORT_SOCKET_MAX)
		return report_format_text(end, service);
	return report_format_u64(end, port);
}

/* --- the columns of a terminal ---------------------------------------------------------------- */

unsigned
print_terminal_room(unsigned columns, unsigned others, unsigned least, unsigned usual,
                    unsigned most)
{
	unsigned left = columns > others ? columns - others : 0;

	if (columns == 0)
		return usual;
	if (left < least)
		return least;
	return left < most ? left : most;
}

char *
print_terminal_cut(char *text, unsigned width)
{
	size_t n = strlen(text), tail = width / 2, head = width - tail;

	if (n <= width || head == 0)
		return text;
	text[head - 1] = '~';
	memmove(text + head, text + n - tail, tail + 1);
	return text;
}

char *
print_terminal_middle(unsigned columns, char *text, unsigned width)
{
	return columns == 0 ? text : print_terminal_cut(text, width);
}

char *
print_terminal_tail(unsigned columns, char *text, unsigned width)
{
	const char *from = text;
	unsigned left = base_width(text), step;

	if (columns == 0 || left <= width)
		return text;
	while (left + 1 > width && *from) {
		from += base_width_step(from, &step);
		left -= step;
	}
	memmove(text + 1, from, strlen(from) + 1);
	text[0] = '~';
	return text;
}

/* --- parts ---------------------------------------------------------------------------------- */

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
print_percent(char to[PRINT_PART_MAX], uint64_t part, uint64_t whole)
{
	double percent = whole ? 100.0 * (double)part / (double)whole : 0;

	if (part == 0 || whole == 0)
		strcpy(to, "0");
	else if (part >= whole)
		strcpy(to, "100");
	else if (percent >= 99)
		snprintf(to, PRINT_PART_MAX, "%.1f", percent > 99.9 ? 99.9 : percent);
	else if (percent >= 10)
		snprintf(to, PRINT_PART_MAX, "%.0f", percent);
	else if (percent >= 0.0001)
		snprintf(to, PRINT_PART_MAX, "%.2g", percent);
	else
		strcpy(to, "<0.0001");
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
print_cut(struct print_out *out, uint64_t rows)
{
	print_out_printf(out, _("(cut short: %" PRIu64 " lines shown, more are missing)\n"), rows);
}

/* --- tunnels -------------------------------------------------------------------------------- */

static const char *
part_path_kind(const struct report_step *step)
{
	return step->kind < PACKET_N_TUNNELS
	           ? packet_tunnel_name((enum packet_tunnel_kind)step->kind)
	           : "unknown";
}

static char *
part_path_json_address(char *p, const char *key, const uint8_t *addr, unsigned version)
{
	p = report_format_addr(report_format_text(p, key), addr, version);
	*p++ = '"';
	return p;
}

static char *
part_path_json_step(char *p, const struct report_step *step)
{
	p = report_format_text(report_format_text(p, "{\"kind\":\""), part_path_kind(step));
	*p++ = '"';
	if (step->has_id)
		p = report_format_u64(report_format_text(p, ",\"id\":"), step->id);
	if (step->version != 0) {
		p = part_path_json_address(p, ",\"src\":\"", step->src, step->version);
		p = part_path_json_address(p, ",\"dst\":\"", step->dst, step->version);
	}
	*p++ = '}';
	return p;
}

static char *
part_path_json(char *p, const char *key, const struct report_path *path)
{
	if (path->n == 0)
		return p;
	p = report_format_text(p, key);
	for (unsigned i = 0; i < path->n; i++) {
		*p++ = i == 0 ? '[' : ',';
		p = part_path_json_step(p, path->step[i]);
	}
	*p++ = ']';
	return p;
}

char *
print_path_json(char *p, const struct report_paths *paths, uint32_t number)
{
	struct report_path path, back;

	report_paths_read(paths, number, &path, &back);
	return part_path_json(part_path_json(p, ",\"tunnel\":", &path), ",\"tunnel_back\":", &back);
}

char *
print_path_step(char *p, const struct report_step *step)
{
	p = report_format_text(p, part_path_kind(step));
	if (step->has_id) {
		*p++ = ' ';
		p = report_format_u64(p, step->id);
	}
	if (step->version == 0)
		return p;
	*p++ = ' ';
	p = report_format_addr(p, step->src, step->version);
	p = report_format_text(p, " > ");
	return report_format_addr(p, step->dst, step->version);
}

char *
print_path_csv(char *p, const struct report_paths *paths, uint32_t number)
{
	struct report_path path;

	report_paths_read(paths, number, &path, NULL);
	for (unsigned i = 0; i < path.n; i++)
		p = print_path_step(i > 0 ? report_format_text(p, "; ") : p, path.step[i]);
	return p;
}
