// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs and the instance that they are of. See ours.h.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "base/scope.h"
#include "hook/ours.h"
#include "pins/instance.h"

#define MAPS_MAX 64 /* that a program can use */

struct ps_answer ps_ours_map(const struct ps_instance *instance, __u32 *ret_map_id)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(instance->map_fd[PS_MAP_STATE], &info, &size))
		return ps_answer_unknown(errno);
	*ret_map_id = info.id;
	return ps_answer_yes();
}

static struct ps_answer has_map(int prog_fd, __u32 map_id, struct bpf_prog_info *ret)
{
	__u32 ids[MAPS_MAX], size = sizeof(*ret);
	struct bpf_prog_info info = { .nr_map_ids = MAPS_MAX, .map_ids = (__u64)(uintptr_t)ids };

	if (bpf_obj_get_info_by_fd(prog_fd, &info, &size))
		return ps_answer_unknown(errno);
	for (__u32 i = 0; i < info.nr_map_ids && i < MAPS_MAX; i++) {
		if (ids[i] != map_id)
			continue;
		*ret = info;
		ret->map_ids = 0; /* no array any more */
		return ps_answer_yes();
	}
	return ps_answer_no();
}

struct ps_answer ps_ours_has(int prog_fd, __u32 map_id)
{
	struct bpf_prog_info ignored;

	return has_map(prog_fd, map_id, &ignored);
}

struct ps_answer ps_ours_has_id(__u32 prog_id, __u32 map_id, struct bpf_prog_info *ret)
{
	PS_CLOSED_FD int fd = bpf_prog_get_fd_by_id(prog_id);

	return fd < 0 ? ps_answer_of(errno) : has_map(fd, map_id, ret);
}
