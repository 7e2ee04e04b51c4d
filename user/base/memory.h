/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Memory that is there or the program ends: a command that runs out of it has
 * published nothing, so there is nothing better to do.
 */
#ifndef PORTSTEER_BASE_MEMORY_H
#define PORTSTEER_BASE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

/* Zeroed. */
void *ps_memory_new(size_t count, size_t size);

/* Grows @array so that one more item fits; *@room is updated. */
void *ps_memory_grow(void *array, size_t count, size_t *room, size_t size);

/*
 * The beginning of an array that will have some @count items, so that it need not grow, and move,
 * again and again. NULL, with no room, when that is more than there can be: then it grows.
 */
void *ps_memory_expect(size_t count, size_t *ret_room, size_t size);

/* What vsnprintf() writes, in memory of its own. */
char *ps_memory_text(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/*
 * The one copy of @text, which is there until the program ends: equal texts are equal pointers. For
 * the few that are different.
 */
const char *ps_memory_intern(const char *text);

/* free(*pointer), for __attribute__((cleanup)). */
void ps_memory_cleanup(void *pointer);

#define PS_FREED __attribute__((cleanup(ps_memory_cleanup)))

#endif
