// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Memory or the end. See memory.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/memory.h"

#define LARGE_PAGE (2UL << 20)

static _Noreturn void give_up(void)
{
	fputs("portsteer: out of memory; nothing was published\n", stderr);
	_exit(EXIT_FAILURE); /* as PS_EXIT_REFUSED */
}

/*
 * Each page is a fault when it is first met, and of a large one there are a five-hundredth. Not for
 * what grows: it would be cut into small pages when it moves.
 */
static void advise(void *memory, size_t bytes)
{
	unsigned long start = (unsigned long)memory;
	unsigned long first = (start + LARGE_PAGE - 1) & -LARGE_PAGE;

	if (bytes >= 2 * LARGE_PAGE)
		madvise((void *)first, start + bytes - first, MADV_HUGEPAGE);
}

void *ps_memory_new(size_t count, size_t size)
{
	void *memory = calloc(count ?: 1, size);

	if (!memory)
		give_up();
	advise(memory, count * size);
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

void *ps_memory_expect(size_t count, size_t *ret_room, size_t size)
{
	void *array = calloc(count, size);

	*ret_room = array ? count : 0;
	if (array)
		advise(array, count * size);
	return array;
}

char *ps_memory_text(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		give_up();
	return text;
}

const char *ps_memory_intern(const char *text)
{
	static char **kept;
	static size_t count, room;
	size_t size = strlen(text) + 1;

	for (size_t i = 0; i < count; i++)
		if (!strcmp(kept[i], text))
			return kept[i];
	kept = ps_memory_grow(kept, count, &room, sizeof(*kept));
	kept[count] = ps_memory_new(1, size);
	return memcpy(kept[count++], text, size);
}

void ps_memory_cleanup(void *pointer)
{
	free(*(void **)pointer);
}
