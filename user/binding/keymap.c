// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Open addressing over an array of bindings. See keymap.h.
 */
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "binding/keymap.h"

#define SIZE_MIN 16

static __u32 hash_endpoint(const struct ps_endpoint *endpoint)
{
	const __u64 *words = (const __u64 *)endpoint;
	__u64 hash = 0;

	for (size_t i = 0; i < sizeof(*endpoint) / sizeof(*words); i++) {
		hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 32;
	}
	return (__u32)hash;
}

static struct ps_keymap_place *find_place(const struct ps_keymap *map, __u32 hash,
					  const struct ps_endpoint *endpoint)
{
	const struct ps_binding *item = map->bindings->item;
	size_t at = hash & (map->size - 1);

	while (map->place[at].number &&
	       (map->place[at].hash != hash ||
		!ps_endpoint_is_equal(&item[map->place[at].number - 1].endpoint, endpoint)))
		at = (at + 1) & (map->size - 1);
	return &map->place[at];
}

/* Makes room for all bindings that there are. The hashes tell where each goes. */
static void grow(struct ps_keymap *map)
{
	struct ps_keymap_place *old = map->place;
	size_t old_size = map->size;

	map->size = map->size ?: SIZE_MIN;
	while (map->size < 2 * map->bindings->count)
		map->size *= 2;
	map->place = ps_memory_new(map->size, sizeof(*map->place));
	for (size_t i = 0; i < old_size; i++) {
		size_t at = old[i].hash & (map->size - 1);

		if (!old[i].number)
			continue;
		while (map->place[at].number)
			at = (at + 1) & (map->size - 1);
		map->place[at] = old[i];
	}
	free(old);
}

void ps_keymap_init(struct ps_keymap *map, const struct ps_bindings *bindings)
{
	*map = (struct ps_keymap){ .bindings = bindings };
}

void ps_keymap_done(struct ps_keymap *map)
{
	free(map->place);
}

static struct ps_binding *item_at(const struct ps_keymap *map, const struct ps_keymap_place *place)
{
	return place->number ? &map->bindings->item[place->number - 1] : NULL;
}

struct ps_binding *ps_keymap_next(struct ps_keymap *map)
{
	const struct ps_endpoint *endpoint = &map->bindings->item[map->indexed++].endpoint;
	__u32 hash = hash_endpoint(endpoint);
	struct ps_keymap_place *place;

	if (2 * map->indexed > map->size)
		grow(map);
	place = find_place(map, hash, endpoint);
	if (place->number)
		return item_at(map, place);
	*place = (struct ps_keymap_place){ hash, (__u32)map->indexed };
	map->count++;
	return NULL;
}

struct ps_binding *ps_keymap_find(struct ps_keymap *map, const struct ps_endpoint *endpoint)
{
	while (map->indexed < map->bindings->count)
		ps_keymap_next(map);
	return map->count ? item_at(map, find_place(map, hash_endpoint(endpoint), endpoint)) : NULL;
}
