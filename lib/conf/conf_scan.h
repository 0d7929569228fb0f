/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What libconfuse would let pass, or stop at: looked for in the text before libconfuse sees it.
 *
 * libconfuse accepts a key given twice (the last one wins) and a section whose closing brace is
 * missing at the end of the file, drops a stray `*`, and puts nothing in place of an unset ${NAME}.
 * It stops at an unknown key, which would hide every mistake after it. The scan walks the
 * statements, notes these mistakes, and blanks a statement that libconfuse would stop at. Where the
 * grammar itself is broken the scan gives up without a word: libconfuse says what it expected.
 *
 * One pass over the text, no memory but the mistakes. Any thread.
 */
#ifndef CONF_SCAN_H
#define CONF_SCAN_H

#include "conf_key.h"
#include "conf_mistake.h"

BASE_BEGIN_DECLS

/*
 * Scans a text that conf_text_strip() has been over. The text may grow by up to `room` bytes: where
 * a section begins inside another, the brace that was forgotten is put in. 0: scanned to its end;
 * else the line at which the scan gave up and libconfuse is expected to complain.
 */
uint32_t conf_scan(char *text, size_t room, struct conf_mistakes *mistakes);

BASE_END_DECLS

#endif
