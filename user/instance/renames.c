// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Names on their way. See renames.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "base/memory.h"
#include "base/scope.h"
#include "host/ask.h"
#include "instance/renames.h"
#include "pins/bpffs.h"
#include "pins/pins.h"

static struct ps_renames list(const struct ps_plan *plan, __u64 generation)
{
	struct ps_renames renames = {
		.item = ps_memory_new(plan->changed.count, sizeof(*renames.item)),
	};

	for (size_t i = 0; i < plan->changed.count; i++) {
		const struct ps_binding *after = &plan->changed.item[i];
		struct ps_rename *rename = &renames.item[renames.count];

		if (!strncmp(after->name, plan->before.item[i].name, PS_NAME_SIZE))
			continue;
		rename->endpoint = after->endpoint;
		rename->generation = generation;
		memcpy(rename->name, after->name, sizeof(rename->name));
		renames.count++;
	}
	return renames;
}

/* A map that holds them, in which nothing changes any more. */
static int make_map(const struct ps_renames *renames, int *ret_fd, struct ps_error *error)
{
	__u32 count = (__u32)renames->count;
	PS_FREED __u32 *keys = ps_memory_new(count, sizeof(*keys));
	PS_CLOSED_FD int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, PS_RENAMES_PIN, sizeof(*keys),
					     sizeof(*renames->item), count, NULL);

	for (__u32 i = 0; i < count; i++)
		keys[i] = i;
	if (fd < 0 || bpf_map_update_batch(fd, keys, renames->item, &count, NULL))
		return ps_error_errno(error, errno, "cannot keep the new names of bindings (%u)",
				      count);
	*ret_fd = fd;
	fd = -1; /* now the caller's */
	return 0;
}

int ps_renames_pin(const struct ps_instance *instance, const struct ps_plan *plan, __u64 generation,
		   struct ps_error *error)
{
	struct ps_renames renames = list(plan, generation);
	PS_FREED struct ps_rename *item = renames.item;
	char path[PS_PATH_SIZE];
	PS_CLOSED_FD int fd = -1;

	if (!renames.count)
		return 0;
	ps_instance_pin_path(instance, PS_RENAMES_PIN, path);
	if (make_map(&renames, &fd, error))
		return -1;
	if (ps_bpffs_pin(fd, instance->path, path))
		return ps_error_errno(error, errno, "cannot pin %s", path);
	return 0;
}

static int read_map(int fd, struct ps_renames *renames)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info), position, count;
	PS_FREED __u32 *keys = NULL;
	int err;

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return -errno;
	if (info.value_size != sizeof(*renames->item))
		return -EINVAL;
	count = info.max_entries;
	keys = ps_memory_new(count, sizeof(*keys));
	renames->item = ps_memory_new(count, sizeof(*renames->item));
	err = bpf_map_lookup_batch(fd, NULL, &position, keys, renames->item, &count, NULL);
	renames->count = count;
	return err == -ENOENT ? 0 : err; /* that was the last of them */
}

int ps_renames_read(const struct ps_instance *instance, __u64 generation, struct ps_renames *ret,
		    struct ps_error *error)
{
	struct ps_renames renames = {};
	char path[PS_PATH_SIZE];
	PS_CLOSED_FD int fd = -1;
	int err = 0;

	*ret = renames;
	fd = ps_instance_pin_open(instance, PS_RENAMES_PIN, path);
	if (fd < 0)
		err = errno == ENOENT ? 0 : -errno;
	else
		err = read_map(fd, &renames);
	if (err || !renames.count || renames.item->generation != generation)
		ps_renames_done(&renames);
	*ret = renames;
	return err ? ps_bpffs_error(error, -err, "read", path) : 0;
}

void ps_renames_done(struct ps_renames *renames)
{
	free(renames->item);
	*renames = (struct ps_renames){};
}

int ps_renames_unpin(const struct ps_instance *instance, struct ps_error *error)
{
	char path[PS_PATH_SIZE];
	int err;

	ps_instance_pin_path(instance, PS_RENAMES_PIN, path);
	if (!unlink(path) || errno == ENOENT)
		return 0;
	err = errno; /* EROFS also when there is nothing to remove */
	return ps_is_no(ps_ask_path(path)) ? 0 : ps_bpffs_error(error, err, "remove", path);
}
