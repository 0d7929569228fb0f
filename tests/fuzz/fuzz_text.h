/* SPDX-License-Identifier: BSD-3-Clause */
/* What may be shown on a terminal, as targets judge it. */
#ifndef FUZZ_TEXT_H
#define FUZZ_TEXT_H

#include "fuzz_data.h"

/*
 * Do the n bytes hold only what may be shown: UTF-8, line ends, and no other control character?
 */
bool fuzz_is_text(const char *text, size_t n);

#endif
