/* SPDX-License-Identifier: BSD-3-Clause */
/* Who comes most often; see digest_tops.h. */

#include <string.h>

#include "digest_tops.h"

static unsigned
tops_least(const struct digest_tops *tops)
{
	unsigned least = 0;

	for (unsigned i = 1; i < tops->n; i++)
		if (tops->kept[i].count < tops->kept[least].count)
			least = i;
	return least;
}

void
digest_tops_add(struct digest_tops *tops, const uint8_t addr[16])
{
	unsigned i = 0;

	while (i < tops->n && memcmp(tops->kept[i].addr, addr, 16))
		i++;
	if (i == DIGEST_TOPS_KEPT) {
		i = tops_least(tops);
		tops->kept[i].error = tops->kept[i].count;
		tops->replaced = 1;
	} else if (i == tops->n) {
		tops->n++;
	}
	memcpy(tops->kept[i].addr, addr, 16);
	tops->kept[i].count++;
}

/* Puts one in its place among the n that are there, the most first. Returns how many are then. */
static unsigned
tops_put(struct digest_top *to, unsigned n, const struct digest_top *top)
{
	unsigned at = n;

	while (at > 0 && to[at - 1].at_least < top->at_least)
		at--;
	if (at == DIGEST_TOPS)
		return n;
	n += n < DIGEST_TOPS;
	memmove(&to[at + 1], &to[at], (n - at - 1) * sizeof(to[0]));
	to[at] = *top;
	return n;
}

unsigned
digest_tops_get(const struct digest_tops *tops, struct digest_top *to)
{
	unsigned n = 0;

	for (unsigned i = 0; i < tops->n; i++) {
		struct digest_top top = {
			.at_least = tops->kept[i].count - tops->kept[i].error,
			.is_exact = tops->kept[i].error == 0,
		};

		memcpy(top.addr, tops->kept[i].addr, sizeof(top.addr));
		/* One that was met once after many others had left says nothing. */
		if (!tops->replaced || top.at_least > 1)
			n = tops_put(to, n, &top);
	}
	return n;
}
