// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Maps that come when they are needed. See enlarge.h. A kill between the pin and
 * `meta` is repaired by who opens the instance next (pins/check.h).
 */
#include <errno.h>
#include "base/scope.h"
#include "instance/enlarge.h"
#include "instance/object.h"
#include "instance/open.h"
#include "pins/bpffs.h"
#include "pins/check.h"
#include "pins/pins.h"

/* Pinned in the place of the old one. */
static int replace(const struct ps_instance *instance, enum ps_map map,
		   const struct ps_table_size *size, struct ps_error *error)
{
	char path[PS_PATH_SIZE];
	PS_CLOSED_FD int fd = -1;

	ps_instance_pin_path(instance, ps_map_name(map), path);
	if (ps_object_make_map(map, size, &fd, error))
		return -1;
	if (ps_bpffs_pin(fd, instance->path, path))
		return ps_error_errno(error, errno, "cannot pin %s", path);
	return 0;
}

int ps_instance_enlarge(struct ps_instance *instance, enum ps_map map, struct ps_error *error)
{
	struct ps_meta wanted = *instance->meta;
	struct ps_table_size size;
	__u32 *room = ps_layout_room(&wanted, map);

	if (*room)
		return 0;
	*room = ps_layout_full_room(&wanted, map);
	size = ps_table_size_of(&wanted);
	if (replace(instance, map, &size, error) || ps_instance_open_again(instance, map, error))
		return -1;
	*ps_layout_room(instance->meta, map) = *room;
	return 0;
}
