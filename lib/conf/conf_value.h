/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks one value, as text, and puts it into struct conf.
 *
 * The values of the file and of the command line both come here, so both take the same and say the
 * same of a mistake. Numbers are decimal: 010 is ten.
 */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include "conf_key.h"

BASE_BEGIN_DECLS

#define CONF_WHY_MAX 256

/*
 * Reads `text` as a value of `key` and stores it in *conf; a list gets one entry more. Any thread.
 * 0; or -EINVAL, the reason in `why` and *conf as before.
 */
int conf_value_read(const struct conf_key *key, const char *text, struct conf *conf,
                    char why[CONF_WHY_MAX]);

/* Empties a list. Any thread. */
void conf_value_clear(const struct conf_key *key, struct conf *conf);

BASE_END_DECLS

#endif
