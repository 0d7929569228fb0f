/* SPDX-License-Identifier: BSD-3-Clause */
/* The secret with which a keyed hash begins; see base_hash.h. */

#include <errno.h>
#include <sys/random.h>

#include "base_hash.h"

int
base_hash_draw(uint64_t *secret)
{
	return getrandom(secret, sizeof(*secret), 0) == sizeof(*secret) ? 0 : -EIO;
}
