// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs to attach. See loaded.h.
 */
#include <errno.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "base/scope.h"
#include "hook/rows.h"
#include "hook/loaded.h"
#include "hook/ours.h"
#include "instance/enlarge.h"
#include "instance/object.h"

/* What this process loaded last, of each hook and without and with a link header. */
static struct {
	bool is_set;
	int fd;
} loaded[PS_HOOK_TC_EGRESS + 1][2];

/* It uses what packets of this instance are to use, so nothing was made anew since. */
static bool uses_maps(const struct ps_instance *instance, enum ps_hook hook, int prog_fd)
{
	const enum ps_map maps[] = {
		PS_MAP_BINDINGS,
		PS_MAP_FRONT,
		PS_MAP_DIRECTORY,
		PS_MAP_REASONS,
		hook == PS_HOOK_TC_EGRESS ? PS_MAP_SENT : PS_MAP_COUNTERS,
	};

	for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++) {
		struct bpf_map_info info = {};
		__u32 size = sizeof(info);

		if (bpf_obj_get_info_by_fd(instance->map_fd[maps[i]], &info, &size) ||
		    !ps_is_yes(ps_ours_has(prog_fd, info.id)))
			return false;
	}
	return true;
}

static int find_own(const struct ps_instance *instance, const struct ps_hook_info *info)
{
	int fd = loaded[info->hook][!!info->has_no_link].fd;

	if (!loaded[info->hook][!!info->has_no_link].is_set || !uses_maps(instance, info->hook, fd))
		return -1;
	return dup(fd);
}

static bool is_alike(const struct ps_hook_info *a, const struct ps_hook_info *b)
{
	return a->hook == b->hook && a->has_no_link == b->has_no_link && !a->is_shared &&
	       !a->has_own_program && a->prog_id && a->build == ps_object_build(b->hook);
}

/* That of another hook. Not allowed to ask, or gone meanwhile: then another is loaded. */
static int find_other(const struct ps_instance *instance, int slot)
{
	const struct ps_hook_info *wanted = &instance->hooks[slot];

	for (int i = 0; i < PS_HOOKS_MAX; i++) {
		PS_CLOSED_FD int fd = -1;

		if (i == slot || !is_alike(&instance->hooks[i], wanted) ||
		    !ps_hook_rows_have(instance, i))
			continue;
		fd = bpf_prog_get_fd_by_id(instance->hooks[i].prog_id);
		if (fd < 0 && errno == EPERM)
			return -1;
		if (fd >= 0 && uses_maps(instance, wanted->hook, fd))
			return dup(fd);
	}
	return -1;
}

static void keep(const struct ps_hook_info *info, int fd)
{
	int kept = dup(fd);

	if (kept < 0)
		return;
	if (loaded[info->hook][!!info->has_no_link].is_set)
		close(loaded[info->hook][!!info->has_no_link].fd);
	loaded[info->hook][!!info->has_no_link].fd = kept;
	loaded[info->hook][!!info->has_no_link].is_set = true;
}

int ps_loaded_get(struct ps_instance *instance, int slot, int *ret_fd, struct ps_error *error)
{
	const struct ps_hook_info *info = &instance->hooks[slot];
	bool is_for_many = ps_hook_rows_have(instance, slot);
	int fd = -1;

	if (info->hook == PS_HOOK_TC_EGRESS && ps_instance_enlarge(instance, PS_MAP_SENT, error))
		return -1;
	if (is_for_many)
		fd = find_own(instance, info);
	if (is_for_many && fd < 0)
		fd = find_other(instance, slot);
	if (fd < 0 && ps_object_load_hook(instance, info->hook, (__u32)slot, &fd, error))
		return -1;
	if (is_for_many)
		keep(info, fd);
	*ret_fd = fd;
	return 0;
}
