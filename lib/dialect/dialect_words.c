/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tables; see dialect_words.h.
 *
 * How they spell states is in report_spelling.c, which says where it is from; the rest is from the
 * same sources.
 */

#include <netinet/in.h>
#include <string.h>

#include "dialect_words.h"
#include "report_names.h"

/*
 * z/OS lists recently closed connections. Windows and net-tools show no connection that is closed,
 * nor does ss. Solaris has a section for each protocol and version of IP: its report must come in
 * their order.
 */
static const struct dialect dialects[DIALECTS] = {
	[DIALECT_NONE] = { "none", 0, 0, 0, 1, NULL },
	[DIALECT_ZOS] = { "zos", 1, 1, 1, 0, NULL },
	[DIALECT_LINUX] = { "linux", 0, 0, 1, 0, NULL },
	[DIALECT_SS] = { "ss", 0, 0, 1, 0, NULL },
	[DIALECT_BSD] = { "bsd", 0, 0, 1, 0, NULL },
	[DIALECT_SOLARIS] = { "solaris", 0, 0, 1, 0, "-proto,bound" },
	[DIALECT_WINDOWS] = { "windows", 0, 0, 1, 0, NULL },
};

/* tcp of IPv4 and IPv6, udp of IPv4 and IPv6. z/OS and Solaris have no such column. */
static const char *const dialect_protos[DIALECTS][2][2] = {
	[DIALECT_NONE] = { { "tcp", "tcp" }, { "udp", "udp" } },
	[DIALECT_ZOS] = { { "Stream", "Stream" }, { "Dgram", "Dgram" } }, /* in `sockets` */
	[DIALECT_LINUX] = { { "tcp", "tcp6" }, { "udp", "udp6" } },
	[DIALECT_SS] = { { "tcp", "tcp" }, { "udp", "udp" } },
	[DIALECT_BSD] = { { "tcp4", "tcp6" }, { "udp4", "udp6" } },
	[DIALECT_SOLARIS] = { { "TCP", "TCP" }, { "UDP", "UDP" } },
	[DIALECT_WINDOWS] = { { "TCP", "TCP" }, { "UDP", "UDP" } },
};

/* The foreign end of a socket without peer. */
static const char *const any_star[3] = { "*", "*", "*" };
static const char *const any_zos[3] = { "0.0.0.0", "::", "0" };
static const char *const any_linux[3] = { "0.0.0.0", "::", "*" };
static const char *const any_ss[3] = { "0.0.0.0", "[::]", "*" };
static const char *const any_solaris[3] = { "      *", "      *", "*" };
static const char *const any_windows[3] = { "0.0.0.0", "[::]", "0" };
static const char *const any_nothing[3] = { "", "", "" };

static const struct dialect_spelling dialect_spellings[DIALECTS] = {
	[DIALECT_NONE] = { DIALECT_NONE, REPORT_SYSTEM_RFC, ":", 1, 0, 0, 0, any_star, any_star },
	[DIALECT_ZOS] = { DIALECT_ZOS, REPORT_SYSTEM_ZOS, "..", 0, 0, 0, 0, any_zos, any_star },
	[DIALECT_LINUX] = { DIALECT_LINUX, REPORT_SYSTEM_LINUX, ":", 0, 22, 0, 0, any_linux,
	                    any_linux },
	[DIALECT_SS] = { DIALECT_SS, REPORT_SYSTEM_SS, ":", 1, 0, 0, 0, any_ss, any_ss },
	[DIALECT_BSD] = { DIALECT_BSD, REPORT_SYSTEM_BSD, ".", 0, 0, 16, 0, any_star, any_star },
	[DIALECT_SOLARIS] = { DIALECT_SOLARIS, REPORT_SYSTEM_SOLARIS, ".", 0, 0, 0, 0, any_solaris,
	                      any_nothing },
	[DIALECT_WINDOWS] = { DIALECT_WINDOWS, REPORT_SYSTEM_WINDOWS, ":", 1, 0, 0, 1, any_windows,
	                      any_star },
};

const struct dialect *
dialect_get(enum dialect_id id)
{
	assert(id < DIALECTS);
	return &dialects[id];
}

enum dialect_id
dialect_find(const char *name)
{
	unsigned id = DIALECT_NONE + 1;

	while (id < DIALECTS && strcmp(dialects[id].name, name) != 0)
		id++;
	return id < DIALECTS ? (enum dialect_id)id : DIALECT_NONE;
}

const char *
dialect_proto(enum dialect_id id, unsigned proto, unsigned ip_version)
{
	assert(id < DIALECTS);
	if (proto != IPPROTO_TCP && proto != IPPROTO_UDP)
		return report_proto_name(proto);
	return dialect_protos[id][proto == IPPROTO_UDP][ip_version == 6];
}

/* What the operator of MVS reads: only the states are spelled in another way. */
static const struct dialect_spelling dialect_console = {
	DIALECT_ZOS, REPORT_SYSTEM_ZOS_CONSOLE, "..", 0, 0, 0, 0, any_zos, any_star
};

const struct dialect_spelling *
dialect_spelling(enum dialect_id id, bool console)
{
	assert(id < DIALECTS);
	return console && id == DIALECT_ZOS ? &dialect_console : &dialect_spellings[id];
}
