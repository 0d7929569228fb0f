/* SPDX-License-Identifier: BSD-3-Clause */
/* The verdicts' names and meanings, from the one list in the header. */

#include <string.h>

#include "packet_verdict.h"

static const struct {
	const char *name;
	const char *meaning;
} packet_verdicts[] = {
#define X(symbol, name, meaning) [PACKET_##symbol] = { name, meaning },
	PACKET_VERDICTS(X)
#undef X
};

const char *
packet_verdict_name(enum packet_verdict verdict)
{
	assert(verdict < PACKET_N_VERDICTS);
	return packet_verdicts[verdict].name;
}

const char *
packet_verdict_meaning(const char *name)
{
	for (unsigned i = 0; i < PACKET_N_VERDICTS; i++)
		if (strcmp(packet_verdicts[i].name, name) == 0)
			return packet_verdicts[i].meaning;
	return NULL;
}
