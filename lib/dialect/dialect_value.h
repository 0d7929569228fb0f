/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The values of a line's columns as text, one function each: what struct dialect_column points to.
 *
 * Each writes at `to`, at most DIALECT_VALUE_MAX bytes and no NUL, and returns the end of what it
 * wrote. `print` is the output's: what hosts and ports are called; `wide`: nothing is cut. Any
 * thread.
 */
#ifndef DIALECT_VALUE_H
#define DIALECT_VALUE_H

#include "dialect_line.h"
#include "dialect_words.h"
#include "print_out.h"

BASE_BEGIN_DECLS

#define DIALECT_VALUE_MAX 96

typedef char *
dialect_value(char *to, const struct dialect_line *line, const struct dialect_spelling *spelling,
              const struct print_style *print, int wide);

dialect_value dialect_value_id;      /* "-" for a socket, which has none */
dialect_value dialect_value_user;    /* z/OS's job name: the host's label, or "-" */
dialect_value dialect_value_proto;   /* also Stream and Dgram */
dialect_value dialect_value_zero;    /* what only the host knows, as the bytes in its queues */
dialect_value dialect_value_nothing; /* the column's heading and what stands before it */
dialect_value dialect_value_local;   /* address, separator, port */
dialect_value dialect_value_foreign;
dialect_value dialect_value_local_addr;
dialect_value dialect_value_local_port;
dialect_value dialect_value_foreign_addr;
dialect_value dialect_value_foreign_port;
dialect_value dialect_value_state;
dialect_value dialect_value_foreign_state;
dialect_value dialect_value_idle;  /* hh:mm:ss */
dialect_value dialect_value_cause; /* why it ended, or "-" */
dialect_value dialect_value_flags;
dialect_value dialect_value_bytes_out; /* from the local end */
dialect_value dialect_value_bytes_in;
dialect_value dialect_value_packets_out;
dialect_value dialect_value_packets_in;
dialect_value dialect_value_bytes_out_brief; /* in five bytes: 99999, 124k, 1.2M */
dialect_value dialect_value_bytes_in_brief;

BASE_END_DECLS

#endif
