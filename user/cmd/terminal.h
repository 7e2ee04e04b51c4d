/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How wide the terminal is that is printed to.
 */
#ifndef PORTSTEER_CMD_TERMINAL_H
#define PORTSTEER_CMD_TERMINAL_H

#include <stddef.h>

/* Of standard output; 0: it is none, so nothing is cut. */
size_t ps_terminal_width(void);

#endif
