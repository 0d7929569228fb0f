// SPDX-License-Identifier: BSD-3-Clause
// The beginnings and ends that most scripts of segments (segments.h) have in common.
#ifndef SUPPORT_SCRIPTS_H
#define SUPPORT_SCRIPTS_H

#include "segments.h"

/* The beginning of most scripts: A opens, sends 100 bytes, B answers with 200. */
#define OPEN_AND_TALK                                                                              \
	"A S    0               SYN_SENT     CLOSED        syn\n"                                  \
	"B S.   0       ack 1   SYN_SENT     SYN_RECEIVED  syn\n"                                  \
	"A .    1       ack 1   ESTABLISHED  ESTABLISHED\n"                                        \
	"A P.   1:101   ack 1   ESTABLISHED  ESTABLISHED\n"                                        \
	"B P.   1:201   ack 101 ESTABLISHED  ESTABLISHED\n"                                        \
	"A .    101     ack 201 ESTABLISHED  ESTABLISHED\n"

#define CLOSE_BY_A                                                                                 \
	"A F.   101     ack 201 FIN_WAIT_1   CLOSE_WAIT\n"                                         \
	"B .    201     ack 102 FIN_WAIT_2   CLOSE_WAIT\n"                                         \
	"B F.   201     ack 102 TIME_WAIT    LAST_ACK\n"                                           \
	"A .    102     ack 202 TIME_WAIT    CLOSED        anew\n"

#endif
