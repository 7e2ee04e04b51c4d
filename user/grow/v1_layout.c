// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The maps of ABI 1. See v1_layout.h.
 */
#include <string.h>
#include "grow/v1_layout.h"

const struct ps_v1_kind ps_v1_kinds[PS_V1_KINDS] = {
	{ "bindings", BPF_MAP_TYPE_HASH, 24, 48, BPF_F_NO_PREALLOC, PS_MAP_BINDINGS },
	{ "directory", BPF_MAP_TYPE_ARRAY, 4, 6340608, BPF_F_MMAPABLE, PS_V1_NOT_TODAY },
	{ "front", BPF_MAP_TYPE_ARRAY, 4, 64, BPF_F_MMAPABLE, PS_V1_NOT_TODAY },
	{ "probe_lists", BPF_MAP_TYPE_ARRAY, 4, 128, BPF_F_MMAPABLE, PS_V1_NOT_TODAY },
	{ "targets", BPF_MAP_TYPE_ARRAY, 4, 64, BPF_F_MMAPABLE, PS_MAP_TARGETS },
	{ "devices", BPF_MAP_TYPE_DEVMAP_HASH, 4, 4, 0, PS_MAP_DEVICES },
	{ "state", BPF_MAP_TYPE_ARRAY, 4, 16, BPF_F_MMAPABLE, PS_MAP_STATE },
	{ "counters", BPF_MAP_TYPE_ARRAY, 4, 16, BPF_F_MMAPABLE, PS_V1_NOT_TODAY },
	{ "reasons", BPF_MAP_TYPE_ARRAY, 4, 8, BPF_F_MMAPABLE, PS_V1_NOT_TODAY },
	{ "flows", BPF_MAP_TYPE_LRU_HASH, 44, 32, 0, PS_MAP_FLOWS },
	{ "specs", BPF_MAP_TYPE_HASH, 8, 4, BPF_F_NO_PREALLOC, PS_V1_NOT_TODAY },
	{ "slots", BPF_MAP_TYPE_ARRAY, 4, 8, BPF_F_MMAPABLE, PS_V1_NOT_TODAY },
	{ "meta", BPF_MAP_TYPE_ARRAY, 4, sizeof(struct ps_v1_meta), BPF_F_MMAPABLE,
	  PS_V1_NOT_TODAY },
	{ "hooks", BPF_MAP_TYPE_ARRAY, 4, 56, BPF_F_MMAPABLE, PS_MAP_HOOKS },
	{ "changes", BPF_MAP_TYPE_ARRAY, 4, 72, BPF_F_MMAPABLE, PS_MAP_CHANGES },
	{ "grace", BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, 0, PS_MAP_GRACE },
	{ "grace_inner", BPF_MAP_TYPE_ARRAY, 4, 4, 0, PS_MAP_GRACE_INNER },
	{ "socket_names", BPF_MAP_TYPE_ARRAY, 4, 64, BPF_F_MMAPABLE, PS_MAP_SOCKET_NAMES },
	{ "socket_infos", BPF_MAP_TYPE_ARRAY, 4, 64, BPF_F_MMAPABLE, PS_MAP_SOCKET_INFOS },
	{ "sockets", BPF_MAP_TYPE_SOCKMAP, 4, 8, 0, PS_MAP_SOCKETS },
};

const struct ps_v1_kind *ps_v1_kind(const char *name)
{
	for (size_t i = 0; i < PS_V1_KINDS; i++)
		if (!strcmp(ps_v1_kinds[i].name, name))
			return &ps_v1_kinds[i];
	return NULL;
}
