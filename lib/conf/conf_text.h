/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The text of a configuration file, in memory and without its comments.
 *
 * libconfuse gets a buffer, not the file: its scanner ends the process when a read fails (a
 * directory does), loses count of lines at comments, and refuses them inside lists. So the file is
 * read here and its comments become spaces; every byte that stays keeps its line.
 */
#ifndef CONF_TEXT_H
#define CONF_TEXT_H

#include "conf_mistake.h"

BASE_BEGIN_DECLS

#define CONF_TEXT_MAX  (1u << 20) /* bytes; a configuration is no data base */
#define CONF_TEXT_ROOM 16u        /* bytes behind the text that conf_scan may use */

/*
 * Reads the whole file into a string, CONF_TEXT_ROOM bytes behind it, for the caller to free. Any
 * thread; blocks on the disk. 0 and *text; or -errno of open or read, -EFBIG, -EINVAL (a NUL byte,
 * no text then), -ENOMEM, with a mistake noted.
 */
int conf_text_read(const char *path, char **text, struct conf_mistakes *mistakes);

/*
 * Blanks comments, `#` and `//` to the line's end and slash-star to star-slash, outside quoted
 * strings, and a byte order mark. A comment that never ends is a mistake.
 */
void conf_text_strip(char *text, struct conf_mistakes *mistakes);

/* Spaces over `n` bytes, line ends excepted. */
void conf_text_blank(char *text, size_t n);

BASE_END_DECLS

#endif
