// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Is a map ours? See layout.h. bpf/maps.h and bpf/table.bpf.c declare kinds, keys
 * and values to the kernel as they are here.
 */
#include <errno.h>
#include <bpf/bpf.h>
#include "advice.h"
#include "layout.h"

struct layout {
	enum bpf_map_type type;
	__u32 key_size;
	__u32 value_size;
	__u32 entries; /* 0: depends on the instance */
};

#define ARRAY(value, entries)                                             \
	{                                                                 \
		BPF_MAP_TYPE_ARRAY, sizeof(__u32), sizeof(value), entries \
	}

static const struct layout layouts[PS_MAP_COUNT_OF] = {
	[PS_MAP_BINDINGS] = { BPF_MAP_TYPE_HASH, sizeof(struct ps_endpoint),
			      sizeof(struct ps_record), 0 },
	[PS_MAP_DIRECTORY] = ARRAY(struct ps_directory, 1),
	[PS_MAP_FRONT] = ARRAY(struct ps_line, 0),
	[PS_MAP_PROBE_LISTS] = ARRAY(struct ps_probes, PS_LISTS_MAX),
	[PS_MAP_TARGETS] = ARRAY(struct ps_target, 2 * PS_TARGETS_MAX),
	[PS_MAP_DEVICES] = { BPF_MAP_TYPE_DEVMAP_HASH, sizeof(__u32), sizeof(__u32),
			     PS_DEVICES_MAX },
	[PS_MAP_STATE] = ARRAY(struct ps_state, 1),
	[PS_MAP_COUNTERS] = ARRAY(struct ps_count, 0),
	[PS_MAP_REASONS] = ARRAY(__u64, 0),
	[PS_MAP_FLOWS] = { BPF_MAP_TYPE_LRU_HASH, sizeof(struct ps_flow_key),
			   sizeof(struct ps_flow), PS_FLOWS_MAX },
	[PS_MAP_SPECS] = { BPF_MAP_TYPE_HASH, sizeof(struct ps_spec), sizeof(__u32), 0 },
	[PS_MAP_SLOTS] = ARRAY(__u64, 0),
	[PS_MAP_META] = ARRAY(struct ps_meta, 1),
	[PS_MAP_HOOKS] = ARRAY(struct ps_hook_info, PS_HOOKS_MAX),
	[PS_MAP_CHANGES] = ARRAY(struct ps_change, PS_CHANGES_MAX),
	[PS_MAP_GRACE] = { BPF_MAP_TYPE_ARRAY_OF_MAPS, sizeof(__u32), sizeof(__u32), 1 },
	[PS_MAP_GRACE_INNER] = ARRAY(__u32, 1),
	[PS_MAP_SOCKET_NAMES] = ARRAY(struct ps_socket_name, PS_SOCKET_NAMES_MAX),
	[PS_MAP_SOCKET_INFOS] =
		ARRAY(struct ps_socket_info, PS_SOCKET_NAMES_MAX *PS_SOCKETS_PER_NAME),
	[PS_MAP_SOCKETS] = { BPF_MAP_TYPE_SOCKMAP, sizeof(__u32), sizeof(__u64),
			     PS_SOCKET_NAMES_MAX *PS_SOCKETS_PER_NAME },
};

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
	const struct layout *layout = &layouts[map];
	struct bpf_map_info info;

	if (read_info(instance, map, &info, error))
		return -1;
	if (info.type == layout->type && info.key_size == layout->key_size &&
	    info.value_size == layout->value_size)
		return 0;
	return refuse(instance, map, error);
}

__u32 ps_layout_entries(enum ps_map map, __u32 max_bindings, __u32 cpus)
{
	switch (map) {
	case PS_MAP_BINDINGS:
		return max_bindings;
	case PS_MAP_FRONT:
		return ps_front_lines(max_bindings);
	case PS_MAP_COUNTERS:
		return max_bindings * cpus * PS_DIRECTIONS;
	case PS_MAP_REASONS:
		return cpus * PS_HOOKS_MAX * PS_REASONS_MAX;
	case PS_MAP_SPECS:
		return max_bindings < PS_SPECS_MAX ? max_bindings : PS_SPECS_MAX;
	case PS_MAP_SLOTS:
		return (max_bindings + 63) / 64;
	default:
		return layouts[map].entries;
	}
}

int ps_layout_check_sizes(const struct ps_instance *instance, struct ps_error *error)
{
	const struct ps_meta *meta = instance->meta;

	for (enum ps_map map = 0; map < PS_MAP_COUNT_OF; map++) {
		struct bpf_map_info info;

		if (read_info(instance, map, &info, error))
			return -1;
		if (info.max_entries != ps_layout_entries(map, meta->max_bindings, meta->cpus))
			return refuse(instance, map, error);
	}
	return 0;
}
