/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The systems whose netstat can be imitated: their names, what they show, how they spell things.
 *
 * Tables and searches in them; any thread. Tests compare them with a real program where the machine
 * that runs them has one. How states are spelled: report_spelling.h.
 */
#ifndef DIALECT_WORDS_H
#define DIALECT_WORDS_H

#include "base_compiler.h"
#include "report_row.h"
#include "report_spelling.h"

BASE_BEGIN_DECLS

enum dialect_id {
	DIALECT_NONE, /* spanstat's own columns, local and foreign */
	DIALECT_ZOS,
	DIALECT_LINUX, /* netstat of net-tools */
	DIALECT_SS,
	DIALECT_BSD,
	DIALECT_SOLARIS,
	DIALECT_WINDOWS,
	DIALECTS
};

/* Which lines the system's own command has; `conn` is it without -a, `allconn` with it. */
struct dialect {
	const char *name;
	uint8_t closed;       /* allconn has connections that are closed on the host */
	uint8_t conn_sockets; /* conn has listening sockets */
	uint8_t all_sockets;  /* allconn has */
	uint8_t served;       /* UDP flows give a line at the served end as well */
	const char *order;    /* what the report must be sorted by; NULL: nothing */
};

const struct dialect *dialect_get(enum dialect_id id);

/* The dialect of that name; DIALECT_NONE when there is none. */
enum dialect_id dialect_find(const char *name);

/* The protocol's column: tcp, tcp6, tcp4, TCP ... */
const char *dialect_proto(enum dialect_id id, unsigned proto, unsigned ip_version);

/* How sockets and states are written. */
struct dialect_spelling {
	enum dialect_id id;
	enum report_system system; /* whose words for states */
	const char *separator;     /* between address and port */
	uint8_t brackets;          /* IPv6 addresses are in brackets */
	uint8_t
	    socket_max;   /* an address is cut so that it and its port have so many bytes; 0: not */
	uint8_t addr_max; /* an address is cut to so many bytes; 0: not */
	uint8_t udp_unconnected; /* no UDP socket has a foreign end */
	/* The foreign end of a socket without peer: IPv4's address, IPv6's, the port. */
	const char *const *tcp_any, *const *udp_any; /* an address "": nothing at all is written */
};

/* `console`: of z/OS, as on the console of MVS; other systems have none. */
const struct dialect_spelling *dialect_spelling(enum dialect_id id, bool console);

BASE_END_DECLS

#endif
