/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Words for people go through these. _("text") gives the text in the user's language. N_("text")
 * marks a text in a table; _() translates it when it is printed.
 *
 * A program that has called neither setlocale nor textdomain prints what is written here. The
 * daemon is one: its log is for searching. Only .c files need this header. Words that programs
 * compare (JSON, CSV, states, headings) are never marked. The test text-catalogue fails where a
 * marked word is not in a catalogue; scripts/translate brings catalogues up to the sources. Where
 * translated text is padded, cut or wrapped, base_width.h counts its columns.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <libintl.h>

#define _(text)  gettext(text)
#define N_(text) text

#endif
