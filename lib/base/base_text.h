/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Words for people go through these: _("text") is the text in the user's language, N_("text") marks
 * one in a table, to be looked up with _() when it is printed.
 *
 * A program that has called neither setlocale nor textdomain prints what is written here. For .c
 * files alone: no header needs it. Words that programs compare (JSON, CSV, states) never do.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <libintl.h>

#define _(text)  gettext(text)
#define N_(text) text

#endif
