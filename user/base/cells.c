// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Columns of a terminal. See cells.h.
 */
#include <string.h>
#include <wchar.h>
#include "base/cells.h"
#include "base/utf8.h"

#define MARK "..."

/* What has no width, or is no character, is printed as something; one cell is as good as any. */
static size_t width_of(long character)
{
	int width = character < 0x80 ? 1 : wcwidth((wchar_t)character);

	return width < 0 ? 1 : (size_t)width;
}

size_t ps_cells_width(const char *text)
{
	size_t width = 0;
	int length;

	for (; *text; text += length)
		width += width_of(ps_utf8_next(text, &length));
	return width;
}

/* Where @width cells of @text end. */
static char *find_end(char *text, size_t width)
{
	int length;

	while (*text) {
		size_t more = width_of(ps_utf8_next(text, &length));

		if (more > width)
			break;
		width -= more;
		text += length;
	}
	return text;
}

char *ps_cells_cut(char *text, size_t width)
{
	size_t mark = strlen(MARK) < width ? strlen(MARK) : width;

	if (ps_cells_width(text) > width) {
		char *end = find_end(text, width - mark);

		/* There is room for it: a character that is left out has as many bytes as cells. */
		memcpy(end, MARK, mark);
		end[mark] = '\0';
	}
	return text;
}

static size_t total_of(const struct ps_cells_column *columns, size_t count)
{
	size_t total = count ? count - 1 : 0;

	for (size_t i = 0; i < count; i++)
		total += columns[i].width;
	return total;
}

static struct ps_cells_column *find_widest(struct ps_cells_column *columns, size_t count)
{
	struct ps_cells_column *widest = NULL;

	for (size_t i = 0; i < count; i++)
		if (columns[i].least && columns[i].width > columns[i].least &&
		    (!widest || columns[i].width > widest->width))
			widest = &columns[i];
	return widest;
}

void ps_cells_fit(struct ps_cells_column *columns, size_t count, size_t room)
{
	struct ps_cells_column *widest;

	while (total_of(columns, count) > room && (widest = find_widest(columns, count)))
		widest->width--;
}
