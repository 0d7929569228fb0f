/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Community ID of a connection: one word by which Zeek, Suricata and others name it too.
 *
 * Version 1 of the open specification (github.com/corelight/community-id-spec), seed 0: the SHA-1
 * of both endpoints in an order of their own, so that it is the same whoever is the client. It is
 * worked out where it is printed and kept nowhere: some 80 ns a row where the CPU has SHA
 * instructions, which the library finds out by itself. Any thread; nothing allocated.
 */
#ifndef COMMUNITY_H
#define COMMUNITY_H

#include "base_compiler.h"

struct report_row;

BASE_BEGIN_DECLS

#define COMMUNITY_MAX 30 /* 1: and 28 characters of base64 */

/* Writes it at `to`, adds no NUL and returns the end of it. */
char *community_format(char *to, const struct report_row *row);

BASE_END_DECLS

#endif
