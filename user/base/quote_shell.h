/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Texts as words of a shell, so that what is printed can be typed back. Pure.
 */
#ifndef PORTSTEER_BASE_QUOTE_SHELL_H
#define PORTSTEER_BASE_QUOTE_SHELL_H

/* Room for the quoted form of so many bytes, for a shell. */
#define PS_QUOTED_SHELL(length) (4 * (length) + 4)

/*
 * As one word for a shell: as it is, within '...', or within $'...' with each
 * byte that is not to be seen, or is no UTF-8, as \ooo. What comes out is UTF-8
 * without control characters. @text has room for it. Returns @text.
 */
const char *ps_quote_shell(const char *name, char *text);

#endif
