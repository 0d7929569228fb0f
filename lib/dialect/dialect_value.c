/* SPDX-License-Identifier: BSD-3-Clause */
/* Values as text; see dialect_value.h. */

#include <netinet/in.h>

#include "dialect_value.h"
#include "print_conn.h"
#include "print_part.h"
#include "report_format.h"
#include "report_label.h"
#include "report_names.h"
#include "report_service.h"

#define VALUE(name)                                                                                \
	char *dialect_value_##name(char *to, const struct dialect_line *line BASE_UNUSED,          \
	                           const struct dialect_spelling *spelling BASE_UNUSED,            \
	                           const struct print_style *print BASE_UNUSED,                    \
	                           int wide BASE_UNUSED)

/* --- sockets -------------------------------------------------------------------------------- */

/* What a socket without peer has in place of one. */
static const char *const *
value_any(const struct dialect_line *line, const struct dialect_spelling *spelling)
{
	return line->row->proto == IPPROTO_UDP ? spelling->udp_any : spelling->tcp_any;
}

static bool
value_has_peer(const struct dialect_line *line, const struct dialect_spelling *spelling)
{
	return !line->is_socket && !(spelling->udp_unconnected && line->row->proto == IPPROTO_UDP);
}

static char *
value_addr(char *to, const struct report_end *end, unsigned version,
           const struct dialect_spelling *spelling)
{
	if (version == 4 || !spelling->brackets)
		return report_format_addr(to, end->addr, version);
	*to++ = '[';
	to = report_format_addr(to, end->addr, version);
	*to++ = ']';
	return to;
}

/* How much of an address is kept that stands before a port of `port_bytes`. */
static size_t
value_kept(const struct dialect_spelling *spelling, size_t addr_bytes, size_t port_bytes)
{
	size_t most = addr_bytes;

	if (spelling->addr_max != 0 && most > spelling->addr_max)
		most = spelling->addr_max;
	if (spelling->socket_max != 0 && most + port_bytes > spelling->socket_max)
		most = spelling->socket_max - port_bytes;
	return most;
}

/* What stands before and after the separator; spanstat's own columns may have names there. */
static char *
value_host(char *to, const struct report_end *end, unsigned version,
           const struct dialect_spelling *spelling, const struct print_style *print)
{
	const char *label =
	    spelling->id == DIALECT_NONE ? print_names_label(print, end->addr, version) : NULL;

	return label ? report_format_text(to, label) : value_addr(to, end, version, spelling);
}

static_assert(REPORT_SERVICE_MAX <= REPORT_U64_MAX, "either has room");

static size_t
value_port(char port[REPORT_U64_MAX], const struct report_end *end, unsigned proto,
           const struct dialect_spelling *spelling, const struct print_style *print)
{
	const char *service =
	    spelling->id == DIALECT_NONE ? print_names_service(print, end->port, proto) : NULL;
	char *p = service ? report_format_text(port, service) : report_format_u64(port, end->port);

	return (size_t)(p - port);
}

static char *
value_socket(char *to, const struct report_end *end, const struct report_row *row,
             const struct dialect_spelling *spelling, const struct print_style *print, int wide)
{
	char port[REPORT_U64_MAX];
	size_t port_bytes = value_port(port, end, row->proto, spelling, print);
	char *addr_end = value_host(to, end, row->ip_version, spelling, print);

	if (!wide)
		addr_end = to + value_kept(spelling, (size_t)(addr_end - to), port_bytes);
	to = report_format_text(addr_end, spelling->separator);
	memcpy(to, port, port_bytes);
	return to + port_bytes;
}

VALUE(local)
{
	return value_socket(to, line->local, line->row, spelling, print, wide);
}

VALUE(foreign)
{
	const char *const *any = value_any(line, spelling);
	const char *addr = any[line->row->ip_version == 6];

	if (value_has_peer(line, spelling))
		return value_socket(to, line->foreign, line->row, spelling, print, wide);
	if (addr[0] == '\0')
		return to;
	to = report_format_text(to, addr);
	to = report_format_text(to, spelling->separator);
	return report_format_text(to, any[2]);
}

VALUE(local_addr)
{
	return value_addr(to, line->local, line->row->ip_version, spelling);
}

VALUE(local_port)
{
	return report_format_u64(to, line->local->port);
}

VALUE(foreign_addr)
{
	if (line->is_socket)
		return report_format_text(to,
		                          value_any(line, spelling)[line->row->ip_version == 6]);
	return value_addr(to, line->foreign, line->row->ip_version, spelling);
}

VALUE(foreign_port)
{
	if (line->is_socket)
		return report_format_text(to, value_any(line, spelling)[2]);
	return report_format_u64(to, line->foreign->port);
}

/* --- words ---------------------------------------------------------------------------------- */

VALUE(id)
{
	if (line->is_socket)
		return report_format_text(to, "-");
	return report_format_id(to, line->row->id);
}

/* As many bytes as z/OS's names have, whatever the name is. */
#define VALUE_USER_MAX 8

VALUE(user)
{
	const char *name =
	    report_label_find(print->labels, line->local->addr, line->row->ip_version);
	size_t n;

	if (!name)
		return report_format_text(to, "-");
	n = strnlen(name, wide ? REPORT_LABEL_MAX : VALUE_USER_MAX);
	memcpy(to, name, n);
	return to + n;
}

VALUE(proto)
{
	return report_format_text(
	    to, dialect_proto(spelling->id, line->row->proto, line->row->ip_version));
}

VALUE(zero)
{
	return report_format_text(to, "0");
}

VALUE(nothing)
{
	return to;
}

VALUE(state)
{
	return report_format_text(
	    to, report_spelling(spelling->system, line->local->state, line->is_socket));
}

VALUE(foreign_state)
{
	return report_format_text(to,
	                          report_spelling(spelling->system, line->foreign->state, false));
}

VALUE(cause)
{
	const char *cause = report_end_cause_name(line->row->end_cause);

	return report_format_text(to, cause ? cause : "-");
}

VALUE(flags)
{
	return print_text_flags(to, line->row);
}

/* --- numbers -------------------------------------------------------------------------------- */

VALUE(idle)
{
	return report_format_hms(to, line->row->idle_us);
}

VALUE(bytes_out)
{
	return report_format_u64(to, line->local->bytes);
}

VALUE(bytes_in)
{
	return report_format_u64(to, line->foreign->bytes);
}

VALUE(packets_out)
{
	return report_format_u64(to, line->local->packets);
}

VALUE(packets_in)
{
	return report_format_u64(to, line->foreign->packets);
}

VALUE(bytes_out_brief)
{
	return report_format_brief(to, line->local->bytes);
}

VALUE(bytes_in_brief)
{
	return report_format_brief(to, line->foreign->bytes);
}
