/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which end is the client.
 *
 * The first SYN's sender; met midstream, the end facing a known listener (track_endpoint.h), else the
 * one facing the lower well-known port, else the first sender. The last two are guesses and say so.
 */
#ifndef TRACK_ROLE_H
#define TRACK_ROLE_H

#include "entry.h"
#include "packet.h"

BASE_BEGIN_DECLS

struct track;

/*
 * The flags ENTRY_CLIENT_B and ENTRY_ROLE_GUESSED for a new flow whose first packet `pk` was sent
 * by end `dir`. Worker.
 */
uint16_t
track_role_first(struct track *track, const struct entry *e, const struct packet *pk, unsigned dir);

BASE_END_DECLS

#endif
