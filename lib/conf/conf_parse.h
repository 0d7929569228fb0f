/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The language of a configuration file.
 *
 *     NAME = VALUE    NAME = { VALUE, VALUE, }    NAME += { VALUE }    SECTION { NAME = VALUE ... }
 *
 * Line ends count for no more than blanks. A VALUE is a word, or text in quotes. Between "double"
 * ones a backslash escapes: \n \r \t \a \b \e \f \v, \1 to \377, \x1 to \xff, and any other byte
 * stands for itself; between 'single' ones it escapes \' and \\ alone. A text in quotes ends on its
 * line, unless a backslash at the end of the line lets it go on in the next. Comments run from # or
 * // to the line's end, and from slash-star to star-slash. There are no functions and no other
 * files, and the environment is not read.
 */
#ifndef CONF_PARSE_H
#define CONF_PARSE_H

#include "conf_key.h"
#include "conf_mistake.h"

BASE_BEGIN_DECLS

/*
 * Reads `text`, which is overwritten, over what *conf holds, and lists every mistake; if there is
 * one, *conf is not to be used. *lines: where each key stands. One pass; no memory but the
 * mistakes. Any thread.
 */
void
conf_parse(char *text, struct conf *conf, struct conf_lines *lines, struct conf_mistakes *mistakes);

BASE_END_DECLS

#endif
