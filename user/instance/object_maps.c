// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Maps of objects. See object_maps.h.
 */
#include <string.h>
#include <bpf/libbpf.h>
#include "instance/object_maps.h"
#include "pins/pins.h"

/* Of its pin. Variables are maps named after their section: see bpf/maps.h. */
static const char *name_of(const struct bpf_map *map)
{
	const char *name = bpf_map__name(map), *section = strrchr(name, '.');

	if (!section)
		return name;
	return strcmp(section, ".bss") ? section + 1 : ps_map_name(PS_MAP_DIRECTORY);
}

void ps_object_set_sizes(struct bpf_object *object, const struct ps_table_size *size)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object)
	{
		for (enum ps_map i = 0; i < PS_MAP_COUNT_OF; i++)
			if (!strcmp(name_of(map), ps_map_name(i)))
				bpf_map__set_max_entries(map, ps_map_entries(i, size));
	}
}

/* What was counted is set in `carried` of the new ones, from those that it was counted in. */
static bool is_of_counts(enum ps_map map)
{
	return map == PS_MAP_COUNTERS || map == PS_MAP_SENT || map == PS_MAP_LATE ||
	       map == PS_MAP_CARRIED;
}

static bool is_kept(const struct ps_instance *former, enum ps_map map,
		    const struct ps_table_size *size)
{
	struct ps_table_size own = ps_table_size_of(former->meta);

	return map != PS_MAP_META && map != PS_MAP_BINDINGS && !is_of_counts(map) &&
	       former->map_fd[map] >= 0 && ps_map_entries(map, &own) == ps_map_entries(map, size);
}

int ps_object_keep_maps(struct bpf_object *object, const struct ps_table_size *size,
			const struct ps_instance *former)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object)
	{
		for (enum ps_map i = 0; i < PS_MAP_COUNT_OF; i++) {
			int err = 0;

			if (!strcmp(name_of(map), ps_map_name(i)) && is_kept(former, i, size))
				err = bpf_map__reuse_fd(map, former->map_fd[i]);
			if (err)
				return err;
		}
	}
	return 0;
}

int ps_object_pin_maps(struct bpf_object *object, const char *path, struct ps_error *error)
{
	char pin[PS_PATH_SIZE];
	struct bpf_map *map;

	bpf_object__for_each_map(map, object)
	{
		int err;

		ps_pins_path(path, name_of(map), pin);
		err = bpf_map__pin(map, pin);
		if (err)
			return ps_error_errno(error, -err, "cannot pin %s", pin);
	}
	return 0;
}

int ps_object_reuse_maps(struct bpf_object *object, const struct ps_instance *instance)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object)
	{
		for (int i = 0; i < PS_MAP_COUNT_OF; i++) {
			int err = 0;

			if (!strcmp(name_of(map), ps_map_name(i)))
				err = bpf_map__reuse_fd(map, instance->map_fd[i]);
			if (err)
				return err;
		}
	}
	return 0;
}
