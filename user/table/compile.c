// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Directory and probe lists. Equal lists are stored once: `index` is an open
 * hash of list numbers by content. List 0 is the empty one.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "table/compile.h"
#include "table/probe.h"

#define INDEX_SIZE (2 * PS_LISTS_MAX)

/* The rows of the directory that @endpoint is in. */
#define for_each_family(family, endpoint)                                  \
	for (enum ps_family family = PS_IPV4; family <= PS_IPV6; family++) \
		if ((endpoint)->family == PS_ANY || (endpoint)->family == (family))

static __u32 hash_list(const struct ps_probes *list)
{
	const __u64 *words = (const __u64 *)list;
	__u64 hash = 0;

	for (size_t i = 0; i < sizeof(*list) / sizeof(*words); i++)
		hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15ULL, hash ^= hash >> 29;
	return (__u32)(hash >> 32);
}

/* Where @list is in the index, or the empty place where it belongs. */
static __u32 *index_place(struct ps_image *image, const struct ps_probes *list)
{
	__u32 at = hash_list(list) % INDEX_SIZE;

	while (image->index[at] && memcmp(&image->lists[image->index[at]], list, sizeof(*list)))
		at = (at + 1) % INDEX_SIZE;
	return &image->index[at];
}

/* The number of @list, which is stored when it is new; 0 when the pool is full. */
static __u32 intern(struct ps_image *image, const struct ps_probes *list)
{
	__u32 *place = index_place(image, list);

	if (*place)
		return *place;
	for (__u32 number = 1; number < PS_LISTS_MAX; number++) {
		if (image->taken[number])
			continue;
		image->taken[number] = 1;
		image->lists[number] = *list;
		*place = number;
		return number;
	}
	return 0;
}

void ps_lists_copy(const struct ps_port *entries, const struct ps_probes *from,
		   struct ps_probes *to)
{
	__u32 last = 0; /* neighbours mostly have the same one */

	for (size_t i = 0; i < PS_HALF_PORTS; i++) {
		if (entries[i].probes == last)
			continue;
		last = (__u32)entries[i].probes;
		to[last] = from[last];
	}
}

void ps_image_init(struct ps_image *image, struct ps_port *entries, struct ps_probes *lists,
		   ps_winner_find find, void *context)
{
	*image = (struct ps_image){
		.entries = entries,
		.lists = lists,
		.find = find,
		.context = context,
		.taken = ps_memory_new(PS_LISTS_MAX, sizeof(*image->taken)),
		.index = ps_memory_new(INDEX_SIZE, sizeof(*image->index)),
		.changed = ps_memory_new(PS_PARTS, sizeof(*image->changed)),
	};
	for (size_t i = 0; i < PS_HALF_PORTS; i++)
		image->taken[entries[i].probes] = 1;
	for (__u32 number = 1; number < PS_LISTS_MAX; number++)
		if (image->taken[number])
			*index_place(image, &lists[number]) = number;
}

void ps_image_done(struct ps_image *image)
{
	free(image->taken);
	free(image->index);
	free(image->changed);
}

/* The entry at @at, which is about to change. */
static struct ps_port *change(struct ps_image *image, __u32 at)
{
	image->changed[at / PS_PART] = true;
	return &image->entries[at];
}

/* What becomes of a probe in the lists of its ports. */
enum step { ADD, REMOVE };

static int transition(struct ps_image *image, __u32 from, struct ps_probe probe, enum step step)
{
	struct ps_probes list;

	if (step == ADD && ps_probes_insert(&image->lists[from], probe, &list))
		return PS_COMPILE_TOO_DEEP;
	if (step == REMOVE)
		ps_probes_remove(&image->lists[from], probe, &list);
	image->memo_from = from;
	image->memo_probe = probe;
	image->memo_to = 0;
	if (ps_probes_count(&list))
		image->memo_to = intern(image, &list);
	if (ps_probes_count(&list) && !image->memo_to)
		return PS_COMPILE_TOO_MANY;
	return PS_COMPILED;
}

/* The list and what packets need to know of it before they read it. */
static void set_list(const struct ps_image *image, struct ps_port *entry, enum ps_family family,
		     __u32 number)
{
	const struct ps_probe *probe = image->lists[number].probe;
	__u8 whole = family == PS_IPV4 ? 32 : 128;

	entry->probes = number;
	entry->exact = probe->kind == PS_PROBE_EXACT && probe->prefix_len == whole;
	entry->walk = probe[entry->exact].prefix_len != 0;
}

static enum ps_compile_result change_shape(struct ps_image *image,
					   const struct ps_endpoint *endpoint, enum step step,
					   __u16 *ret_port)
{
	struct ps_probe probe = ps_probe_of(endpoint);
	bool has_memo = false;

	for_each_family(family, endpoint)
	{
		for (__u32 port = endpoint->port_first; port <= endpoint->port_last; port++) {
			__u32 at = ps_directory_index(0, family, endpoint->proto, (__u16)port);
			struct ps_port *entry = change(image, at);
			int result = PS_COMPILED;

			if (!has_memo || image->memo_from != entry->probes)
				result = transition(image, (__u32)entry->probes, probe, step);
			if (result) {
				*ret_port = (__u16)port;
				return result;
			}
			has_memo = true;
			set_list(image, entry, family, image->memo_to);
		}
	}
	return PS_COMPILED;
}

enum ps_compile_result ps_image_add_shape(struct ps_image *image,
					  const struct ps_endpoint *endpoint, __u16 *ret_port)
{
	return change_shape(image, endpoint, ADD, ret_port);
}

enum ps_compile_result ps_image_remove_shape(struct ps_image *image,
					     const struct ps_endpoint *endpoint, __u16 *ret_port)
{
	return change_shape(image, endpoint, REMOVE, ret_port);
}

static void set_winner(struct ps_port *entry, struct ps_winner winner)
{
	entry->slot = winner.slot;
	entry->action = winner.act.action;
	entry->flags = winner.act.flags;
	entry->target = winner.act.target;
}

void ps_image_update_winner(struct ps_image *image, const struct ps_endpoint *endpoint)
{
	static const __u8 any[16];

	for_each_family(family, endpoint)
	{
		struct ps_endpoint last = {};
		struct ps_winner winner = {};

		for (__u32 port = endpoint->port_first; port <= endpoint->port_last; port++) {
			__u32 at = ps_directory_index(0, family, endpoint->proto, (__u16)port);
			struct ps_port *entry = change(image, at);
			const struct ps_probe *probe =
				ps_probes_any_address(&image->lists[entry->probes]);
			struct ps_endpoint key = {};

			if (probe)
				key = ps_probe_key(probe, family, endpoint->proto, any,
						   (__u16)port);
			if (memcmp(&key, &last, sizeof(key))) {
				winner = probe ? image->find(image->context, &key)
					       : (struct ps_winner){};
				last = key;
			}
			set_winner(entry, winner);
		}
	}
}

static void mark_word(struct ps_directory *directory, size_t word)
{
	const struct ps_port *half[2] = { directory->entry, directory->entry + PS_HALF_PORTS };
	__u64 taken = 0;

	for (size_t bit = 0; bit < 64; bit++) {
		__u64 entry[2];

		memcpy(&entry[0], &half[0][word * 64 + bit], sizeof(entry[0]));
		memcpy(&entry[1], &half[1][word * 64 + bit], sizeof(entry[1]));
		taken |= (__u64) !!(entry[0] | entry[1]) << bit;
	}
	if (directory->bound[word] != taken)
		__atomic_store_n(&directory->bound[word], taken, __ATOMIC_RELEASE);
}

void ps_directory_mark(struct ps_directory *directory)
{
	for (size_t word = 0; word < PS_HALF_PORTS / 64; word++)
		mark_word(directory, word);
}

void ps_image_write(const struct ps_image *image, struct ps_directory *directory, __u32 half)
{
	struct ps_port *entries = directory->entry + (size_t)half * PS_HALF_PORTS;

	for (size_t part = 0; part < PS_PARTS; part++) {
		size_t first = part * PS_PART;

		if (!image->changed[part])
			continue;
		memcpy(&entries[first], &image->entries[first], PS_PART * sizeof(*entries));
		for (size_t word = first / 64; word < (first + PS_PART) / 64; word++)
			mark_word(directory, word);
	}
}
