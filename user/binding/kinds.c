// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An open hash of kinds. See kinds.h.
 */
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "binding/kinds.h"

#define PLACES_FIRST 64

static __u64 mix(__u64 hash, __u64 word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 32;
}

static __u64 hash_of(struct ps_act act, const char *owner, const char *name)
{
	__u64 hash =
		mix((unsigned long)owner, (__u64)act.target << 16 | act.action << 8 | act.flags);

	for (; *name; name++)
		hash = mix(hash, (unsigned char)*name);
	return hash;
}

const char *ps_kinds_name(const struct ps_kinds *kinds, __u32 number)
{
	return kinds->names + kinds->item[number].name;
}

static bool is_same(const struct ps_kinds *kinds, __u32 number, const struct ps_kind *wanted,
		    const char *name)
{
	const struct ps_kind *kind = &kinds->item[number];

	return !memcmp(&kind->act, &wanted->act, sizeof(kind->act)) &&
	       kind->owner == wanted->owner && !strcmp(ps_kinds_name(kinds, number), name);
}

/* Where it is, or the empty place where it belongs. */
static __u32 *find_place(const struct ps_kinds *kinds, const struct ps_kind *wanted,
			 const char *name)
{
	size_t at = hash_of(wanted->act, wanted->owner, name) & (kinds->places - 1);

	while (kinds->place[at] && !is_same(kinds, kinds->place[at] - 1, wanted, name))
		at = (at + 1) & (kinds->places - 1);
	return &kinds->place[at];
}

/* At most half of the places are taken. */
static void make_places(struct ps_kinds *kinds)
{
	if (kinds->places > 2 * kinds->count)
		return;
	free(kinds->place);
	kinds->places = kinds->places ? kinds->places * 2 : PLACES_FIRST;
	kinds->place = ps_memory_new(kinds->places, sizeof(*kinds->place));
	for (__u32 i = 0; i < kinds->count; i++)
		*find_place(kinds, &kinds->item[i], ps_kinds_name(kinds, i)) = i + 1;
}

static __u32 keep_name(struct ps_kinds *kinds, const char *name)
{
	size_t at = kinds->names_size;

	for (const char *from = name; from == name || from[-1]; from++) {
		kinds->names =
			ps_memory_grow(kinds->names, kinds->names_size, &kinds->names_room, 1);
		kinds->names[kinds->names_size++] = *from;
	}
	return (__u32)at;
}

__u32 ps_kinds_take(struct ps_kinds *kinds, struct ps_act act, const char *owner, const char *given)
{
	struct ps_kind wanted = { .owner = owner, .act = act };
	char name[PS_NAME_SIZE] = "";
	__u32 *place;

	memcpy(name, given, strnlen(given, PS_NAME_SIZE - 1));
	if (!kinds->names_size)
		keep_name(kinds, "");
	make_places(kinds);
	place = find_place(kinds, &wanted, name);
	if (*place)
		return *place - 1;
	wanted.name = *name ? keep_name(kinds, name) : 0;
	kinds->item = ps_memory_grow(kinds->item, kinds->count, &kinds->room, sizeof(*kinds->item));
	kinds->item[kinds->count++] = wanted;
	*place = (__u32)kinds->count;
	return *place - 1;
}

void ps_kinds_done(struct ps_kinds *kinds)
{
	free(kinds->item);
	free(kinds->names);
	free(kinds->place);
	*kinds = (struct ps_kinds){};
}
