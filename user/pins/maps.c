// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The table of maps. See maps.h.
 */
#include <errno.h>
#include <bpf/bpf.h>
#include "pins/maps.h"

const char *ps_map_name(enum ps_map map)
{
#define NAME_OF(NAME, pin, ...) [PS_MAP_##NAME] = #pin,
	static const char *const names[] = { PS_MAPS(NAME_OF, NAME_OF) };

	return names[map];
}

struct ps_map_kind ps_map_kind(enum ps_map map)
{
#define ARRAY(NAME, pin, value, entries) \
	[PS_MAP_##NAME] = { BPF_MAP_TYPE_ARRAY, sizeof(__u32), sizeof(value), true },
#define OTHER(NAME, pin, kind, key, value, entries) \
	[PS_MAP_##NAME] = { BPF_MAP_TYPE_##kind, sizeof(key), sizeof(value), false },
	static const struct ps_map_kind kinds[] = { PS_MAPS(ARRAY, OTHER) };

	return kinds[map];
}

struct ps_table_size ps_table_size_of(const struct ps_meta *meta)
{
	return (struct ps_table_size){
		.capacity = meta->capacity,
		.cpu_rows = meta->cpu_rows,
		.sent_rows = meta->sent_rows,
		.carried_slots = meta->carried_slots,
		.argument_slots = meta->argument_slots,
		.flow_room = meta->flow_room,
	};
}

__u32 ps_map_entries(enum ps_map map, const struct ps_table_size *size)
{
#define ENTRIES_OF_ARRAY(NAME, pin, value, entries) [PS_MAP_##NAME] = entries,
#define ENTRIES_OF_OTHER(NAME, pin, kind, key, value, entries) [PS_MAP_##NAME] = entries,
	const __u32 entries[] = { PS_MAPS(ENTRIES_OF_ARRAY, ENTRIES_OF_OTHER) };

	return entries[map];
}

struct ps_answer ps_map_ask(int fd, const void *key, void *ret_value)
{
	return ps_answer_of(bpf_map_lookup_elem(fd, key, ret_value) ? errno : 0);
}
