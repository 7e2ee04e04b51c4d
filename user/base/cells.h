/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Text in columns of a terminal: how wide it is, and what is left of it where there is not enough
 * room. Pure.
 */
#ifndef PORTSTEER_BASE_CELLS_H
#define PORTSTEER_BASE_CELLS_H

#include <stddef.h>

/* Cells that a terminal needs for @text, in the locale's way of counting. */
size_t ps_cells_width(const char *text);

/* Cuts @text to @width cells, of which the last three are "..." if it was longer. Returns it. */
char *ps_cells_cut(char *text, size_t width);

struct ps_cells_column {
	size_t width;
	size_t least; /* that may be left of it; 0: it is never cut */
};

/*
 * Takes from the widest of those that may be cut until all, with a blank between each two, fit into
 * @room, or nothing more can be taken.
 */
void ps_cells_fit(struct ps_cells_column *columns, size_t count, size_t room);

#endif
