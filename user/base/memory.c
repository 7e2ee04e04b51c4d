// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Memory or the end. See memory.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/memory.h"

static _Noreturn void give_up(void)
{
	fputs("portsteer: out of memory; nothing was published\n", stderr);
	_exit(EXIT_FAILURE); /* as PS_EXIT_REFUSED */
}

void *ps_memory_new(size_t count, size_t size)
{
	void *memory = calloc(count ?: 1, size);

	if (!memory)
		give_up();
	return memory;
}

void *ps_memory_grow(void *array, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return array;
	*room = *room ? *room * 2 : 16;
	array = reallocarray(array, *room, size);
	if (!array)
		give_up();
	return array;
}

char *ps_memory_text(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		give_up();
	return text;
}

void ps_memory_cleanup(void *pointer)
{
	free(*(void **)pointer);
}
