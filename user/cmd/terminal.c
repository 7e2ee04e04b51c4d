// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The terminal. See terminal.h.
 */
#include <sys/ioctl.h>
#include <unistd.h>
#include "cmd/terminal.h"

#define WIDTH 80 /* of one that does not say */

size_t ps_terminal_width(void)
{
	struct winsize size = {};

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return WIDTH;
	return size.ws_col;
}
