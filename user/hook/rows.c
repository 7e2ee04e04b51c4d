// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Where programs on an interface count. See rows.h.
 */
#include "hook/rows.h"

/* Frames that it sees may come by other interfaces' numbers, or it has none. */
static bool is_alone(const struct ps_hook_info *info)
{
	return info->hook == PS_HOOK_FREE || info->hook == PS_HOOK_SK_LOOKUP ||
	       info->has_own_program || info->is_shared;
}

static struct ps_hook_rows *place_of(const struct ps_instance *instance, __u32 ifindex)
{
	return &instance->directory->rows[ifindex % PS_INTERFACES];
}

/* In one store, as programs read it. */
static void store(struct ps_hook_rows *place, struct ps_hook_rows value)
{
	union {
		struct ps_hook_rows value;
		__u64 word;
	} stored = { .value = value };

	__atomic_store_n((__u64 *)place, stored.word, __ATOMIC_RELEASE);
}

/* What @interface is to say, by the hooks that are on it; no number when there are none. */
static struct ps_hook_rows find_hooks(const struct ps_instance *instance, __u32 ifindex)
{
	struct ps_hook_rows found = {};

	for (int slot = 0; ifindex && slot < PS_HOOKS_MAX; slot++) {
		const struct ps_hook_info *info = &instance->hooks[slot];

		if (is_alone(info) || info->ifindex != ifindex)
			continue;
		found.ifindex = ifindex;
		found.hook_index[info->hook] = (__u8)slot;
	}
	return found;
}

void ps_hook_rows_write(const struct ps_instance *instance)
{
	for (__u32 i = 0; i < PS_INTERFACES; i++) {
		struct ps_hook_rows *place = &instance->directory->rows[i];

		if (place->ifindex)
			store(place, find_hooks(instance, place->ifindex));
	}
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++) {
		const struct ps_hook_info *info = &instance->hooks[slot];
		struct ps_hook_rows *place = place_of(instance, info->ifindex);

		if (!is_alone(info) && !place->ifindex)
			store(place, find_hooks(instance, info->ifindex));
	}
}

bool ps_hook_rows_have(const struct ps_instance *instance, int slot)
{
	const struct ps_hook_info *info = &instance->hooks[slot];
	const struct ps_hook_rows *place = place_of(instance, info->ifindex);

	return !is_alone(info) && place->ifindex == info->ifindex &&
	       place->hook_index[info->hook] == slot;
}
