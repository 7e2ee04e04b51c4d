/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Texts of others: characters where bytes are UTF-8, and single bytes where they
 * are not, as in names of interfaces and processes. Pure.
 */
#ifndef PORTSTEER_BASE_UTF8_H
#define PORTSTEER_BASE_UTF8_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define PS_NO_CHARACTER (-1)
#define PS_COMMAND_CUT 15 /* bytes, behind which the kernel cuts the name of a process */

/*
 * The character at @at, which is not the end, and its length in bytes;
 * PS_NO_CHARACTER, of length 1, for a byte that is no part of one.
 */
long ps_utf8_next(const char *at, int *ret_length);

bool ps_utf8_is_valid(const char *text);

/*
 * A terminal shows something else for it, or nothing, or a blank that is none: controls, what turns
 * or joins lines, spaces beyond that of ASCII.
 */
bool ps_utf8_is_hidden(long character);

/* Takes off a character that is not there as a whole because @text was cut behind @size bytes. */
void ps_utf8_trim(char *text, size_t size);

/* As vsnprintf(); what is too long is cut between characters, and ends in "...". */
void ps_utf8_format(char *text, size_t size, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));
void ps_utf8_print(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
