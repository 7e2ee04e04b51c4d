/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A number as somebody typed it, or as a file has it, and as it is printed. Pure, and the only
 * reader of such numbers.
 */
#ifndef PORTSTEER_BASE_NUMBER_H
#define PORTSTEER_BASE_NUMBER_H

#include <linux/types.h>

/*
 * Digits alone, at most @max; no sign, no blank, and no zero before them, which elsewhere means
 * another base. -1 when @text is none.
 */
long ps_number_parse(const char *text, long max);

#define PS_NUMBER_TEXT 21

/* The other way. Returns where it begins in @text. */
const char *ps_number_format(__u64 number, char text[PS_NUMBER_TEXT]);

/* What a word has at its end for so many of them: "s", or "" for one. */
const char *ps_number_plural(unsigned long count);

#endif
