/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which end is the client.
 *
 * It is the sender of the first SYN. In a flow met midstream it is the end that faces an endpoint
 * known to answer (track_endpoint.h), else the end that faces the lower well-known port, else the
 * first sender. The last two are guesses, and are marked as such (ENTRY_ROLE_GUESSED).
 */
#ifndef TRACK_ROLE_H
#define TRACK_ROLE_H

#include "entry.h"
#include "packet.h"

BASE_BEGIN_DECLS

struct track;

/*
 * The flags ENTRY_CLIENT_B and ENTRY_ROLE_GUESSED of a new flow whose first packet `pk` was sent by
 * end `dir`. Worker.
 */
uint16_t
track_role_first(struct track *track, const struct entry *e, const struct packet *pk, unsigned dir);

BASE_END_DECLS

#endif
