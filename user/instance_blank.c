// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An empty table in memory alone. See ps_instance_blank().
 */
#include <stdio.h>
#include <string.h>
#include "instance.h"
#include "memory.h"

static void *add(struct ps_instance *instance, enum ps_map map, size_t count, size_t size)
{
	return instance->memory[map] =
		       ps_memory_new(count, size); /* ps_instance_close() frees it */
}

void ps_instance_blank(const char *name, __u32 max_bindings, struct ps_instance *ret)
{
	struct ps_instance instance = {
		.is_blank = true, .lock_fd = -1, .store_fd = -1, .owners_fd = -1
	};

	memset(instance.map_fd, -1, sizeof(instance.map_fd));
	snprintf(instance.name, sizeof(instance.name), "%s", name);
	instance.meta = add(&instance, PS_MAP_META, 1, sizeof(*instance.meta));
	instance.meta->abi_version = PS_ABI_VERSION;
	instance.meta->max_bindings = max_bindings;
	instance.state = add(&instance, PS_MAP_STATE, 1, sizeof(*instance.state));
	instance.directory = add(&instance, PS_MAP_DIRECTORY, 1, sizeof(*instance.directory));
	instance.probe_lists =
		add(&instance, PS_MAP_PROBE_LISTS, PS_LISTS_MAX, sizeof(*instance.probe_lists));
	instance.targets =
		add(&instance, PS_MAP_TARGETS, 2 * PS_TARGETS_MAX, sizeof(*instance.targets));
	instance.hooks = add(&instance, PS_MAP_HOOKS, PS_HOOKS_MAX, sizeof(*instance.hooks));
	instance.socket_names = add(&instance, PS_MAP_SOCKET_NAMES, PS_SOCKET_NAMES_MAX,
				    sizeof(*instance.socket_names));
	instance.socket_infos =
		add(&instance, PS_MAP_SOCKET_INFOS, PS_SOCKET_NAMES_MAX * PS_SOCKETS_PER_NAME,
		    sizeof(*instance.socket_infos));
	instance.slots =
		add(&instance, PS_MAP_SLOTS, (max_bindings + 63) / 64, sizeof(*instance.slots));
	*ret = instance;
}
