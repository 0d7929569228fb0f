/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The engine of fuzz_track: made once, emptied after each input.
 *
 * An engine is a megabyte, nearly all of it memories that one input hardly touches. So it is not
 * made anew and not cleared whole: what is large is cleared where it can have been written, and all
 * the rest is copied from the engine as it was made.
 */

#include "fuzz_track.h"
#include "snapshot_event.h"

#define FUZZ_SOCKETS     ENDPOINT_CAPACITY_MIN
#define FUZZ_TOUCHED_MAX 4096

static struct track *fuzz_pristine; /* a copy of the bytes */
static struct flow_table fuzz_pristine_table;
static duplicate_set *fuzz_touched[FUZZ_TOUCHED_MAX];
static unsigned fuzz_n_touched;

#define FUZZ_MEMBER(name)                                                                          \
	{                                                                                          \
		offsetof(struct track, name), sizeof(((struct track *)0)->name)                    \
	}

/* What is not copied, in the order in which it lies; fuzz_track_clear does what is needed. */
static const struct {
	size_t at, bytes;
} fuzz_members[] = {
	FUZZ_MEMBER(duplicates.set), FUZZ_MEMBER(evict),   FUZZ_MEMBER(rtt),
	FUZZ_MEMBER(doubts),         FUZZ_MEMBER(syns),    FUZZ_MEMBER(troubles.stalls),
	FUZZ_MEMBER(troubles.hosts), FUZZ_MEMBER(aliases), FUZZ_MEMBER(inlet_paths),
};

struct track *
fuzz_track_create(void)
{
	struct track_config config;
	struct track *track;

	track_config_init(&config);
	config.capacity = FUZZ_TRACK_FLOWS;
	config.sockets = FUZZ_SOCKETS;
	track = track_create(&config);
	fuzz_check(track != NULL);
	memset(&track->table->secret, 0x5a, sizeof(track->table->secret));
	track->domains.secret = 0x5a5a5a5a5a5a5a5a;
	fuzz_check(snapshot_event_listen(track, 1) == 0); /* takes the memory of the ring */
	fuzz_check(snapshot_event_listen(track, 0) == 0);
	fuzz_pristine = malloc(sizeof(*track));
	fuzz_check(fuzz_pristine != NULL);
	memcpy(fuzz_pristine, track, sizeof(*track));
	fuzz_pristine_table = *track->table;
	return track;
}

void
fuzz_track_touch(const struct track *track)
{
	const struct track_burst_state *burst = &track->bursts[track->turn];

	if (track->settings.duplicate_window_us == 0)
		return;
	for (unsigned i = 0; i < burst->m; i++) {
		fuzz_check(fuzz_n_touched < FUZZ_TOUCHED_MAX);
		fuzz_touched[fuzz_n_touched++] = burst->recent[i];
	}
}

static void
fuzz_table_empty(struct flow_table *table)
{
	size_t used = table->used;

	memset(table->entries, 0, used * sizeof(table->entries[0]));
	memset(table->upper, 0, used * sizeof(table->upper[0]));
	memset(table->cold, 0, used * sizeof(table->cold[0]));
	memset(table->buckets, 0, table->n_buckets * sizeof(table->buckets[0]));
	*table = fuzz_pristine_table;
}

static void
fuzz_domains_empty(struct track *track)
{
	const struct domain_table *fresh = &fuzz_pristine->domains;
	struct domain_table *domains = &track->domains;

	if (domains->n_used == fresh->n_used)
		return;
	memset(&domains->records[fresh->n_used], 0,
	       (domains->n_used - fresh->n_used) * sizeof(domains->records[0]));
	memset(domains->buckets, 0, DOMAIN_RECORDS * sizeof(domains->buckets[0]));
	memset(&track->aliases, 0, sizeof(track->aliases));
}

static void
fuzz_members_clear(struct track *track)
{
	for (unsigned i = 0; i < fuzz_n_touched; i++)
		*fuzz_touched[i] = (duplicate_set){ 0 };
	fuzz_n_touched = 0;
	memset(&track->evict, 0, sizeof(track->evict));
	/* These go by the number of a flow, which is less than there are flows. */
	memset(track->rtt.slot, 0, FUZZ_TRACK_FLOWS * sizeof(track->rtt.slot[0]));
	memset(track->doubts.owner, 0, FUZZ_TRACK_FLOWS * sizeof(track->doubts.owner[0]));
	memset(track->doubts.doubt, 0, FUZZ_TRACK_FLOWS * sizeof(track->doubts.doubt[0]));
	memset(track->syns.slot, 0, FUZZ_TRACK_FLOWS * sizeof(track->syns.slot[0]));
	memset(track->syns.waiting_owner, 0, sizeof(track->syns.waiting_owner));
	memset(track->troubles.stalls, 0, FUZZ_TRACK_FLOWS * sizeof(track->troubles.stalls[0]));
	memset(track->troubles.hosts, 0, sizeof(track->troubles.hosts));
	if (track->cases.live != 0)
		memset(track->cases.cases, 0, ENDPOINT_CASES * sizeof(track->cases.cases[0]));
}

void
fuzz_track_empty(struct track *track)
{
	size_t at = 0;

	fuzz_table_empty(track->table);
	fuzz_domains_empty(track);
	fuzz_members_clear(track);
	memset(track->endpoints.records, 0, FUZZ_SOCKETS * sizeof(track->endpoints.records[0]));
	memset(track->endpoints.sets, 0,
	       track->endpoints.n_sets * sizeof(track->endpoints.sets[0]));
	for (unsigned i = 0; i < BASE_COUNT_OF(fuzz_members); i++) {
		memcpy((char *)track + at, (char *)fuzz_pristine + at, fuzz_members[i].at - at);
		at = fuzz_members[i].at + fuzz_members[i].bytes;
	}
	memcpy((char *)track + at, (char *)fuzz_pristine + at, sizeof(*track) - at);
}
