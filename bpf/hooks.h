/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The map of attached programs. Packets do not look at it.
 */
#ifndef PORTSTEER_HOOKS_H
#define PORTSTEER_HOOKS_H

#include "reasons.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PS_HOOKS_MAX);
	__type(key, __u32);
	__type(value, struct ps_hook_info);
} hooks SEC(".maps");

#endif
