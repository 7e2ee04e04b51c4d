/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The maps of ABI 1, for v1.c and v1_leave.c. Frozen.
 */
#ifndef PORTSTEER_GROW_V1_LAYOUT_H
#define PORTSTEER_GROW_V1_LAYOUT_H

#include "grow/v1.h"

#define PS_V1_NOT_TODAY PS_MAP_COUNT_OF

/* The only element of `meta`. */
struct ps_v1_meta {
	__u32 abi_version;
	__u32 max_bindings;
	__u32 cpus;
	__u32 zero;
	__u64 netns_cookie;
	char tool_version[32];
};

struct ps_v1_kind {
	const char *name;
	enum bpf_map_type type;
	__u32 key_size, value_size, flags;
	enum ps_map today; /* which has the same layout, or PS_V1_NOT_TODAY */
};

#define PS_V1_KINDS 20

extern const struct ps_v1_kind ps_v1_kinds[PS_V1_KINDS];

/* The one of that name, or NULL. */
const struct ps_v1_kind *ps_v1_kind(const char *name);

#endif
