/* SPDX-License-Identifier: BSD-3-Clause */
/* drop ID: the tracker forgets a connection. Prints nothing when it did. */

#include <string.h>

#include "base_log.h"
#include "cmd.h"

#define DROP_ID_DIGITS 16

/* True and *id for 1 to 16 hexadecimal digits and nothing else. */
static int
drop_parse_id(const char *word, uint64_t *id)
{
	static const char digits[] = "00112233445566778899aAbBcCdDeEfF";
	size_t n = strlen(word);

	if (n == 0 || n > DROP_ID_DIGITS)
		return 0;
	*id = 0;
	for (; *word; word++) {
		const char *digit = strchr(digits, *word);

		if (!digit)
			return 0;
		*id = *id << 4 | (uint64_t)(digit - digits) / 2;
	}
	return 1;
}

static int
drop_parse(struct ask *ask)
{
	const struct options *options = ask->options;

	if (!options->n_words) {
		base_error("drop needs the id of a connection, as conn shows it");
		return STATUS_USAGE;
	}
	if (!drop_parse_id(options->words[0], &ask->drop.id))
		return options_refuse_word(options, 0, "an id is 1 to 16 hexadecimal digits");
	if (options->n_words > 1)
		return options_refuse_word(options, 1, "drop takes one id");
	ask->payload = sizeof(ask->drop);
	return -1;
}

const struct cmd cmd_drop = {
	.name = "drop",
	.letter = 'D',
	.request = CTL_DROP,
	.help = "forget the connection of that id (nothing is sent to the network)",
	.needs_daemon = 1,
	.parse = drop_parse,
};
