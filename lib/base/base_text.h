/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Words for people go through these: _("text") is the text in the user's language, N_("text") marks
 * one in a table, to be looked up with _() when it is printed.
 *
 * A program that has called neither setlocale nor textdomain prints what is written here, as the
 * daemon does: its log is for searching. For .c files alone: no header needs it. Words that
 * programs compare never do: JSON, CSV, states, headings. What is marked and not in a catalogue
 * fails the test text-catalogue; scripts/translate brings catalogues up to the sources.
 * Where translated text is padded, cut or wrapped, base_width.h counts its columns.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <libintl.h>

#define _(text)  gettext(text)
#define N_(text) text

#endif
