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

int ps_layout_check_sizes(const struct ps_instance *instance, struct ps_error *error)
{
	const struct ps_meta *meta = instance->meta;

	for (enum ps_map map = 0; map < PS_MAP_COUNT_OF; map++) {
		struct bpf_map_info info;

		if (read_info(instance, map, &info, error))
			return -1;
		if (info.max_entries != ps_map_entries(map, meta->capacity, meta->cpus))
			return refuse(instance, map, error);
	}
	return 0;
}
