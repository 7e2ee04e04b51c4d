// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Open addressing over an array of bindings. See keymap.h.
 */
#include <stdlib.h>
#include <string.h>
#include "keymap.h"
#include "memory.h"

static size_t hash_endpoint(const struct ps_endpoint *endpoint)
{
	const __u64 *words = (const __u64 *)endpoint;
	__u64 hash = 0;

	for (size_t i = 0; i < sizeof(*endpoint) / sizeof(*words); i++) {
		hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 32;
	}
	return (size_t)hash;
}

static __u32 *find_place(const struct ps_keymap *map, const struct ps_endpoint *endpoint)
{
	size_t at = hash_endpoint(endpoint) & (map->size - 1);

	while (map->place[at] &&
	       !ps_endpoint_is_equal(&map->bindings->item[map->place[at] - 1].endpoint, endpoint))
		at = (at + 1) & (map->size - 1);
	return &map->place[at];
}

static void grow(struct ps_keymap *map)
{
	__u32 *old = map->place;
	size_t old_size = map->size;

	map->size *= 2;
	map->place = ps_memory_new(map->size, sizeof(*map->place));
	for (size_t i = 0; i < old_size; i++)
		if (old[i])
			*find_place(map, &map->bindings->item[old[i] - 1].endpoint) = old[i];
	free(old);
}

void ps_keymap_init(struct ps_keymap *map, const struct ps_bindings *bindings)
{
	*map = (struct ps_keymap){ .bindings = bindings, .size = 1024 };
	map->place = ps_memory_new(map->size, sizeof(*map->place));
	for (size_t i = 0; i < bindings->count; i++)
		ps_keymap_add(map, i);
}

void ps_keymap_done(struct ps_keymap *map)
{
	free(map->place);
}

struct ps_binding *ps_keymap_find(const struct ps_keymap *map, const struct ps_endpoint *endpoint)
{
	__u32 place = *find_place(map, endpoint);

	return place ? &map->bindings->item[place - 1] : NULL;
}

void ps_keymap_add(struct ps_keymap *map, size_t index)
{
	__u32 *place = find_place(map, &map->bindings->item[index].endpoint);

	if (*place)
		return;
	*place = (__u32)index + 1;
	if (++map->count * 2 > map->size)
		grow(map);
}
