// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Is a map ours? See check.h.
 */
#include <errno.h>
#include <bpf/bpf.h>
#include "base/advice.h"
#include "pins/check.h"

static int read_info(const struct ps_instance *instance, enum ps_map map, struct bpf_map_info *ret,
		     struct ps_error *error)
{
	__u32 size = sizeof(*ret);

	*ret = (struct bpf_map_info){};
	if (bpf_obj_get_info_by_fd(instance->map_fd[map], ret, &size))
		return ps_error_errno(error, errno, "cannot inspect map '%s'", ps_map_name(map));
	return 0;
}

static int refuse(const struct ps_instance *instance, enum ps_map map, struct ps_error *error)
{
	return ps_error_set(error, PS_EXIT_REFUSED,
			    "%s/%s is not the map that portsteer made there; %s", instance->path,
			    ps_map_name(map), ps_advice_inside("", "rm -r", instance->path, NULL));
}

int ps_layout_check_kind(const struct ps_instance *instance, enum ps_map map,
			 struct ps_error *error)
{
	const struct ps_map_kind kind = ps_map_kind(map);
	struct bpf_map_info info;

	if (read_info(instance, map, &info, error))
		return -1;
	if (info.type == kind.type && info.key_size == kind.key_size &&
	    info.value_size == kind.value_size)
		return 0;
	return refuse(instance, map, error);
}

__u32 *ps_layout_room(struct ps_meta *meta, enum ps_map map)
{
	switch (map) {
	case PS_MAP_SENT:
		return &meta->sent_rows;
	case PS_MAP_CARRIED:
		return &meta->carried_slots;
	case PS_MAP_ARGUMENTS:
		return &meta->argument_slots;
	default:
		return NULL;
	}
}

__u32 ps_layout_full_room(const struct ps_meta *meta, enum ps_map map)
{
	return map == PS_MAP_SENT ? meta->cpu_rows : meta->capacity;
}

static bool is_as_said(const struct ps_meta *meta, enum ps_map map, __u32 entries)
{
	struct ps_table_size size = ps_table_size_of(meta);

	return entries == ps_map_entries(map, &size);
}

/* The map itself tells, when it is larger than @meta says, or smaller. */
static bool follow(struct ps_meta *meta, enum ps_map map, __u32 entries)
{
	const __u32 rooms[] = { 0, ps_layout_full_room(meta, map) };
	struct ps_meta said = *meta;
	__u32 *room = ps_layout_room(&said, map);

	for (size_t i = 0; room && i < sizeof(rooms) / sizeof(*rooms); i++) {
		*room = rooms[i];
		if (!is_as_said(&said, map, entries))
			continue;
		*ps_layout_room(meta, map) = rooms[i];
		return true;
	}
	return false;
}

int ps_layout_check_sizes(struct ps_instance *instance, struct ps_error *error)
{
	for (enum ps_map map = 0; map < PS_MAP_COUNT_OF; map++) {
		struct bpf_map_info info;

		if (read_info(instance, map, &info, error))
			return -1;
		if (!is_as_said(instance->meta, map, info.max_entries) &&
		    !follow(instance->meta, map, info.max_entries))
			return refuse(instance, map, error);
	}
	return 0;
}
