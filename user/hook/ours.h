/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which programs of the kernel are of an instance: those that use the map
 * `state` that is pinned in it, whatever their names, and no others.
 */
#ifndef PORTSTEER_HOOK_OURS_H
#define PORTSTEER_HOOK_OURS_H

#include <linux/types.h>
#include "base/answer.h"

struct bpf_prog_info;
struct ps_instance;

/* The id of the map by which programs are known. */
struct ps_answer ps_ours_map(const struct ps_instance *instance, __u32 *ret_map_id);

/* Whether the program uses that map. */
struct ps_answer ps_ours_has(int prog_fd, __u32 map_id);

/* The same by its id; a program that is gone is a no. @ret is filled with a yes. */
struct ps_answer ps_ours_has_id(__u32 prog_id, __u32 map_id, struct bpf_prog_info *ret);

#endif
