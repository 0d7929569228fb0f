/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tables of columns; see dialect_layout.h and dialect_words.c for where they come from.
 *
 * What a tap cannot know stands there as the system would print nothing of it: 0 bytes in a
 * host's queues, "-" for a job's name, no process.
 */

#include <netinet/in.h>

#include "dialect_layout.h"

#define LEFT(name, before, width, value)                                                           \
	{                                                                                          \
		name, before, width, 0, 0, 0, dialect_value_##value                                \
	}
#define RIGHT(name, before, width, value)                                                          \
	{                                                                                          \
		name, before, width, 0, 1, 0, dialect_value_##value                                \
	}
#define FIT(name, before, width, value)                                                            \
	{                                                                                          \
		name, before, width, 0, 0, 1, dialect_value_##value                                \
	}
#define WIDE(name, before, width, wide, right, value)                                              \
	{                                                                                          \
		name, before, width, wide, right, 0, dialect_value_##value                         \
	}
#define COLUMNS(columns) columns, BASE_COUNT_OF(columns)

/* --- spanstat's own --------------------------------------------------------------------------- */

#define OWN_ENDS                                                                                   \
	FIT("Client", " ", 21, local), LEFT("State", " ", 12, state),                              \
	    FIT("Server", " ", 21, foreign), LEFT("State", " ", 12, foreign_state)

/* What no line was asked for. */
static const struct dialect_column own_ends[] = {
	LEFT("Id", "", 8, id),      LEFT("Proto", " ", 5, proto), OWN_ENDS,
	LEFT("Idle", " ", 8, idle), LEFT("Flags", " ", 5, flags),
};

static const struct dialect_column own_all_ends[] = {
	LEFT("Id", "", 8, id),      LEFT("Proto", " ", 5, proto), OWN_ENDS,
	LEFT("Idle", " ", 8, idle), LEFT("End", " ", 7, cause),   LEFT("Flags", " ", 5, flags),
};

/* UDP is known by its state. */
static const struct dialect_column own_ends_narrow[] = { LEFT("Id", "", 8, id), OWN_ENDS };

static const struct dialect_column own_conn[] = {
	LEFT("Id", "", 8, id),         LEFT("Proto", " ", 5, proto),
	FIT("Local", " ", 21, local),  FIT("Foreign", " ", 21, foreign),
	LEFT("State", " ", 12, state), LEFT("Idle", " ", 8, idle),
	LEFT("Flags", " ", 5, flags),
};

static const struct dialect_column own_allconn[] = {
	LEFT("Id", "", 8, id),         LEFT("Proto", " ", 5, proto),
	FIT("Local", " ", 21, local),  FIT("Foreign", " ", 21, foreign),
	LEFT("State", " ", 12, state), LEFT("Idle", " ", 8, idle),
	LEFT("End", " ", 7, cause),    LEFT("Flags", " ", 5, flags),
};

/* What 80 columns hold: flags give way, and with allconn the idle time too. */
static const struct dialect_column own_conn_narrow[] = {
	LEFT("Id", "", 8, id),         LEFT("Proto", " ", 5, proto),
	FIT("Local", " ", 21, local),  FIT("Foreign", " ", 21, foreign),
	LEFT("State", " ", 12, state), LEFT("Idle", " ", 8, idle),
};

static const struct dialect_column own_allconn_narrow[] = {
	LEFT("Id", "", 8, id),         LEFT("Proto", " ", 5, proto),
	FIT("Local", " ", 21, local),  FIT("Foreign", " ", 21, foreign),
	LEFT("State", " ", 12, state), LEFT("End", " ", 7, cause),
};

#define OWN_BYTES(here, there)                                                                     \
	LEFT("Id", "", 8, id), LEFT("Proto", " ", 5, proto), FIT(here, " ", 21, local),            \
	    FIT(there, " ", 21, foreign), RIGHT("PktsOut", " ", 9, packets_out),                   \
	    RIGHT("BytesOut", " ", 12, bytes_out), RIGHT("PktsIn", " ", 9, packets_in),            \
	    RIGHT("BytesIn", " ", 12, bytes_in), RIGHT("Idle", " ", 8, idle)
#define OWN_BYTES_NARROW(here, there)                                                              \
	LEFT("Id", "", 8, id), LEFT("Prot", " ", 4, proto), FIT(here, " ", 21, local),             \
	    FIT(there, " ", 21, foreign), RIGHT("BOut", " ", 5, bytes_out_brief),                  \
	    RIGHT("BIn", " ", 5, bytes_in_brief), RIGHT("Idle", " ", 8, idle)

static const struct dialect_column own_bytes[] = { OWN_BYTES("Client", "Server") };
static const struct dialect_column own_bytes_lines[] = { OWN_BYTES("Local", "Foreign") };
static const struct dialect_column own_bytes_narrow[] = { OWN_BYTES_NARROW("Client", "Server") };
static const struct dialect_column own_bytes_lines_narrow[] = { OWN_BYTES_NARROW("Local",
	                                                                         "Foreign") };

static const struct dialect_column own_sockets[] = {
	LEFT("Proto", "", 5, proto),
	FIT("Bound to", " ", 22, local),
	FIT("Connected to", " ", 22, foreign),
	LEFT("State", " ", 12, state),
	LEFT("Idle", " ", 8, idle),
	LEFT("Conn", " ", 8, id),
};

static const struct dialect_column own_sockets_narrow[] = {
	LEFT("Proto", "", 5, proto),
	FIT("Bound to", " ", 22, local),
	FIT("Connected to", " ", 22, foreign),
	LEFT("State", " ", 12, state),
	LEFT("Conn", " ", 8, id),
};

/* z/OS's way to write sockets, in spanstat's own words. */
static const char *const own_any[3] = { "*", "*", "*" };
static const struct dialect_spelling own_sockets_spelling = {
	DIALECT_NONE, REPORT_SYSTEM_RFC, "..", 0, 0, 0, 0, own_any, own_any
};

/* --- z/OS ------------------------------------------------------------------------------------- */

static const struct dialect_column zos_short[] = {
	LEFT("", "", 8, user),      LEFT("", " ", 8, id),    LEFT("", " ", 22, local),
	LEFT("", " ", 22, foreign), LEFT("", " ", 8, state),
};

static const struct dialect_column zos_long[] = {
	LEFT("", "", 8, user),
	LEFT("", " ", 8, id),
	LEFT("", " ", 0, state),
	LEFT("", "\n  Local Socket:   ", 0, local),
	LEFT("", "\n  Foreign Socket: ", 0, foreign),
};

static const struct dialect_column zos_bytes_short[] = {
	LEFT("", "", 8, user),        LEFT("", " ", 10, bytes_out), LEFT("", " ", 10, bytes_in),
	LEFT("", " ", 6, local_port), LEFT("", " ", 22, foreign),   LEFT("", " ", 8, state),
	LEFT("", " ", 8, idle),
};

static const struct dialect_column zos_bytes_long[] = {
	LEFT("", "", 8, user),
	LEFT("", " ", 20, bytes_out),
	LEFT("", " ", 20, bytes_in),
	LEFT("", " ", 8, state),
	LEFT("", " ", 8, idle),
	LEFT("", "\n  Local Socket:   ", 0, local),
	LEFT("", "\n  Foreign Socket: ", 0, foreign),
};

static const struct dialect_column zos_sockets[] = {
	LEFT("", "", 6, proto),  LEFT("", " ", 22, local), LEFT("", " ", 22, foreign),
	LEFT("", " ", 8, state), LEFT("", " ", 8, id),
};

/* --- net-tools, ss, BSD, Windows -------------------------------------------------------------- */

static const struct dialect_column linux_conn[] = {
	LEFT("Proto", "", 5, proto),
	RIGHT("Recv-Q", " ", 6, zero),
	RIGHT("Send-Q", " ", 6, zero),
	LEFT("Local Address", " ", 23, local),
	LEFT("Foreign Address", " ", 23, foreign),
	LEFT("State", " ", 11, state),
};

static const struct dialect_column ss_conn[] = {
	LEFT("Netid", "", 5, proto),
	LEFT("State", " ", 10, state),
	LEFT("Recv-Q", " ", 6, zero),
	LEFT("Send-Q", " ", 6, zero),
	WIDE("Local Address", " ", 15, 41, 1, local_addr),
	LEFT("Port", ":", 5, local_port),
	WIDE("Peer Address", " ", 15, 41, 1, foreign_addr),
	LEFT("Port", ":", 5, foreign_port),
	LEFT("Process", " ", 0, nothing),
};

static const struct dialect_column bsd_conn[] = {
	LEFT("Proto", "", 5, proto),
	RIGHT("Recv-Q", " ", 6, zero),
	RIGHT("Send-Q", " ", 6, zero),
	WIDE("Local Address", " ", 22, 45, 0, local),
	WIDE("Foreign Address", " ", 22, 45, 0, foreign),
	LEFT("(state)", " ", 11, state),
};

static const struct dialect_column windows_conn[] = {
	LEFT("Proto", "  ", 6, proto),
	LEFT("Local Address", " ", 22, local),
	LEFT("Foreign Address", " ", 22, foreign),
	LEFT("State", " ", 0, state),
};

/* --- Solaris ---------------------------------------------------------------------------------- */

static const struct dialect_column solaris_udp4[] = {
	LEFT("", "", 20, local),
	LEFT("", " ", 20, foreign),
	LEFT("", " ", 10, state),
};

static const struct dialect_column solaris_udp6[] = {
	LEFT("", "", 33, local),
	LEFT("", " ", 33, foreign),
	LEFT("", " ", 10, state),
};

#define SOLARIS_TCP(width)                                                                         \
	LEFT("", "", width, local), LEFT("", " ", width, foreign), RIGHT("", " ", 5, zero),        \
	    RIGHT("", " ", 6, zero), RIGHT("", " ", 5, zero), RIGHT("", " ", 6, zero),             \
	    LEFT("", " ", 11, state)

static const struct dialect_column solaris_tcp4[] = { SOLARIS_TCP(20) };
static const struct dialect_column solaris_tcp6[] = { SOLARIS_TCP(33) };

/* UDP and TCP, each of IPv4 and IPv6. */
static const struct dialect_layout solaris_sections[2][2] = {
	{ { "\nUDP: IPv4\n",
	    "   Local Address        Remote Address      State\n"
	    "-------------------- -------------------- ----------\n",
	    COLUMNS(solaris_udp4), 0, NULL, NULL },
	  { "\nUDP: IPv6\n",
	    "   Local Address                     Remote Address                   State      If\n"
	    "--------------------------------- --------------------------------- ---------- "
	    "-----\n",
	    COLUMNS(solaris_udp6), 0, NULL, NULL } },
	{ { "\nTCP: IPv4\n",
	    "   Local Address        Remote Address    Swind Send-Q Rwind Recv-Q    State\n"
	    "-------------------- -------------------- ----- ------ ----- ------ -----------\n",
	    COLUMNS(solaris_tcp4), 0, NULL, NULL },
	  { "\nTCP: IPv6\n",
	    "   Local Address                     Remote Address                 Swind Send-Q "
	    "Rwind Recv-Q   State      If\n"
	    "--------------------------------- --------------------------------- ----- ------ "
	    "----- ------ ----------- -----\n",
	    COLUMNS(solaris_tcp6), 0, NULL, NULL } },
};

/* --- layouts ---------------------------------------------------------------------------------- */

static const struct dialect_layout own_layouts[DIALECT_REPORTS][2][2] = {
	/* [report][lines][narrow] */
	[DIALECT_CONN] = { { { "", NULL, COLUMNS(own_ends), 0, NULL, NULL },
	                     { "", NULL, COLUMNS(own_ends_narrow), 0, NULL, NULL } },
	                   { { "", NULL, COLUMNS(own_conn), 0, NULL, NULL },
	                     { "", NULL, COLUMNS(own_conn_narrow), 0, NULL, NULL } } },
	[DIALECT_ALLCONN] = { { { "", NULL, COLUMNS(own_all_ends), 0, NULL, NULL },
	                        { "", NULL, COLUMNS(own_ends_narrow), 0, NULL, NULL } },
	                      { { "", NULL, COLUMNS(own_allconn), 0, NULL, NULL },
	                        { "", NULL, COLUMNS(own_allconn_narrow), 0, NULL, NULL } } },
	[DIALECT_BYTEINFO] = { { { "", NULL, COLUMNS(own_bytes), 0, NULL, NULL },
	                         { "", NULL, COLUMNS(own_bytes_narrow), 0, NULL, NULL } },
	                       { { "", NULL, COLUMNS(own_bytes_lines), 0, NULL, NULL },
	                         { "", NULL, COLUMNS(own_bytes_lines_narrow), 0, NULL, NULL } } },
	[DIALECT_SOCKETS][1] = { { "", NULL, COLUMNS(own_sockets), 0,
	                           "Host: ", &own_sockets_spelling },
	                         { "", NULL, COLUMNS(own_sockets_narrow), 0,
	                           "Host: ", &own_sockets_spelling } },
};

#define ZOS_SHORT                                                                                  \
	"User Id  Conn     Local Socket           Foreign Socket         State\n"                  \
	"-------  ----     ------------           --------------         -----\n"
#define ZOS_LONG                                                                                   \
	"User Id  Conn     State\n"                                                                \
	"-------  ----     -----\n"
/* The three below are from memory: no real listing was at hand. */
#define ZOS_BYTES_SHORT                                                                            \
	"User Id  B Out      B In       L Port Foreign Socket         State    IdleTime\n"         \
	"-------  -----      ----       ------ --------------         -----    --------\n"
#define ZOS_BYTES_LONG                                                                             \
	"User Id  B Out                B In                 State    IdleTime\n"                   \
	"-------  -----                ----                 -----    --------\n"
#define ZOS_SOCKETS                                                                                \
	"Sockets interface status:\n"                                                              \
	"Type   Bound to               Connected to           State    Conn\n"                     \
	"====   ========               ============           =====    ====\n"

/* [report][FORMAT LONG] */
static const struct dialect_layout zos_layouts[DIALECT_REPORTS][2] = {
	[DIALECT_CONN] = { { "", ZOS_SHORT, COLUMNS(zos_short), 0, NULL, NULL },
	                   { "", ZOS_LONG, COLUMNS(zos_long), 0, NULL, NULL } },
	[DIALECT_ALLCONN] = { { "", ZOS_SHORT, COLUMNS(zos_short), 0, NULL, NULL },
	                      { "", ZOS_LONG, COLUMNS(zos_long), 0, NULL, NULL } },
	[DIALECT_BYTEINFO] = { { "", ZOS_BYTES_SHORT, COLUMNS(zos_bytes_short), 0, NULL, NULL },
	                       { "", ZOS_BYTES_LONG, COLUMNS(zos_bytes_long), 0, NULL, NULL } },
	[DIALECT_SOCKETS] = { { "", ZOS_SOCKETS, COLUMNS(zos_sockets), 0, "Name: ", NULL },
	                      { "", ZOS_SOCKETS, COLUMNS(zos_sockets), 0, "Name: ", NULL } },
};

/* The others have one table of connections, with or without the sockets that listen. */
static const struct dialect_layout other_layouts[DIALECTS][2] = {
	[DIALECT_LINUX] = { { "Active Internet connections (w/o servers)\n", NULL,
	                      COLUMNS(linux_conn), 1, NULL, NULL },
	                    { "Active Internet connections (servers and established)\n", NULL,
	                      COLUMNS(linux_conn), 1, NULL, NULL } },
	[DIALECT_SS] = { { "", NULL, COLUMNS(ss_conn), 0, NULL, NULL },
	                 { "", NULL, COLUMNS(ss_conn), 0, NULL, NULL } },
	[DIALECT_BSD] = { { "Active Internet connections\n", NULL, COLUMNS(bsd_conn), 0, NULL,
	                    NULL },
	                  { "Active Internet connections (including servers)\n", NULL,
	                    COLUMNS(bsd_conn), 0, NULL, NULL } },
	[DIALECT_WINDOWS] = { { "\nActive Connections\n\n", NULL, COLUMNS(windows_conn), 0, NULL,
	                        NULL },
	                      { "\nActive Connections\n\n", NULL, COLUMNS(windows_conn), 0, NULL,
	                        NULL } },
};

bool
dialect_has(enum dialect_id id, enum dialect_report report)
{
	return id == DIALECT_NONE || id == DIALECT_ZOS || report == DIALECT_CONN ||
	       report == DIALECT_ALLCONN;
}

static bool
layout_is_narrow(const struct dialect_view *view)
{
	return view->columns != 0 && view->columns < DIALECT_FULL_COLUMNS && !view->wide;
}

const struct dialect_layout *
dialect_layout(const struct dialect_view *view, const struct report_row *row)
{
	const struct dialect_layout *layout;

	assert(dialect_has(view->id, view->report));
	if (view->id == DIALECT_SOLARIS)
		return row ? &solaris_sections[row->proto == IPPROTO_TCP][row->ip_version == 6]
		           : NULL;
	if (view->id == DIALECT_NONE)
		layout = &own_layouts[view->report][!!view->lines][layout_is_narrow(view)];
	else if (view->id == DIALECT_ZOS)
		layout = &zos_layouts[view->report][!!view->long_form];
	else
		layout = &other_layouts[view->id][view->report == DIALECT_ALLCONN];
	assert(layout->n > 0);
	return layout;
}
