// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An open hash of redirect targets by what was said of them, not by what
 * that was resolved to. See target_find.h.
 */
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "binding/binding.h"
#include "table/target_find.h"

static __u64 mix(__u64 hash, const void *bytes, size_t size)
{
	const char *from = bytes;

	for (size_t i = 0; i < size; i += sizeof(hash)) {
		__u64 word = 0;

		memcpy(&word, from + i, size - i < sizeof(word) ? size - i : sizeof(word));
		hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 32;
	}
	return hash;
}

/* Of what ps_target_is_equal() compares. */
static __u64 hash_of(const struct ps_target *target)
{
	__u64 hash = target->hop;
	char device[PS_DEV_SIZE] = "";

	if (target->hop == PS_HOP_SOCKET)
		return mix(hash, target->socket, sizeof(target->socket));
	memcpy(device, target->device, strnlen(target->device, sizeof(device)));
	hash = mix(hash, device, sizeof(device));
	if (target->hop == PS_HOP_MAC)
		return mix(hash, target->dst_mac, sizeof(target->dst_mac));
	if (target->hop != PS_HOP_VIA)
		return hash;
	return mix(hash ^ target->via_family, target->via, sizeof(target->via));
}

/* Where @wanted is, or the empty place where it belongs. */
static __u16 *find_place(const struct ps_target_finder *finder, const struct ps_target *wanted)
{
	size_t at = hash_of(wanted) & (PS_TARGET_PLACES - 1);

	while (finder->place[at] && !ps_target_is_equal(&finder->half[finder->place[at]], wanted))
		at = (at + 1) & (PS_TARGET_PLACES - 1);
	return &finder->place[at];
}

void ps_target_finder_init(struct ps_target_finder *finder, struct ps_target *half)
{
	_Static_assert(!(PS_TARGET_PLACES & (PS_TARGET_PLACES - 1)), "a power of two");
	*finder = (struct ps_target_finder){
		.half = half,
		.place = ps_memory_new(PS_TARGET_PLACES, sizeof(*finder->place)),
		.next_free = 1,
	};
	for (__u16 i = 1; i < PS_TARGETS_MAX; i++)
		if (half[i].bindings)
			*find_place(finder, &half[i]) = i;
}

void ps_target_finder_done(struct ps_target_finder *finder)
{
	free(finder->place);
}

static __u16 find_free(struct ps_target_finder *finder)
{
	while (finder->next_free < PS_TARGETS_MAX && finder->half[finder->next_free].bindings)
		finder->next_free++;
	return finder->next_free < PS_TARGETS_MAX ? (__u16)finder->next_free : 0;
}

__u16 ps_target_take(struct ps_target_finder *finder, const struct ps_target *wanted)
{
	__u16 *place = find_place(finder, wanted);
	struct ps_target *target;

	if (*place) {
		finder->half[*place].bindings++;
		return *place;
	}
	*place = find_free(finder);
	if (!*place)
		return 0;
	target = &finder->half[*place];
	*target = (struct ps_target){
		.bindings = 1,
		.hop = wanted->hop,
		.via_family = wanted->via_family,
	};
	memcpy(target->socket, wanted->socket, sizeof(target->socket)); /* device and via */
	memcpy(target->dst_mac, wanted->dst_mac, sizeof(target->dst_mac));
	return *place;
}

void ps_target_release(struct ps_target *half, __u16 index)
{
	if (index && half[index].bindings && !--half[index].bindings)
		half[index] = (struct ps_target){};
}
