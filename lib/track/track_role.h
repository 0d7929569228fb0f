/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which end is the client.
 *
 * The first SYN's sender; met midstream, the end facing a known listener (track_listen.h), else the
 * one facing the lower well-known port, else the first sender. The last two are guesses and say so.
 */
#ifndef TRACK_ROLE_H
#define TRACK_ROLE_H

#include "packet.h"
#include "track_entry.h"

BASE_BEGIN_DECLS

struct track;

/*
 * The flags TRACK_CLIENT_B and TRACK_ROLE_GUESSED for a new flow whose first packet `pk` was sent
 * by end `dir`. Worker.
 */
uint16_t track_role_first(struct track *track, const struct track_entry *e, const struct packet *pk,
                          unsigned dir);

BASE_END_DECLS

#endif
