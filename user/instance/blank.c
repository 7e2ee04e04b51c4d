// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An empty table in memory alone. See ps_instance_blank().
 */
#include <stdio.h>
#include <string.h>
#include "base/memory.h"
#include "instance/blank.h"
#include "instance/open.h"

/* What only packets would write depends on CPUs, of which it has none. */
static void make_arrays(struct ps_instance *instance, const struct ps_meta *meta)
{
	struct ps_table_size size = ps_table_size_of(meta);

	for (enum ps_map map = 0; map < PS_MAP_COUNT_OF; map++) {
		__u32 entries = ps_map_entries(map, &size);

		if (ps_map_kind(map).is_array && entries) /* ps_instance_close() frees it */
			instance->memory[map] = ps_memory_new(entries, ps_map_kind(map).value_size);
	}
	ps_instance_name_arrays(instance);
	*instance->meta = *meta;
}

void ps_instance_blank(const char *name, __u32 max_bindings, struct ps_instance *ret)
{
	const struct ps_meta meta = {
		.abi_version = PS_ABI_VERSION,
		.max_bindings = max_bindings,
		.capacity = max_bindings,
	};
	struct ps_instance instance = {
		.is_blank = true, .lock_fd = -1, .store_fd = -1, .owners_fd = -1
	};

	memset(instance.map_fd, -1, sizeof(instance.map_fd));
	snprintf(instance.name, sizeof(instance.name), "%s", name);
	make_arrays(&instance, &meta);
	instance.limit = meta.max_bindings;
	*ret = instance;
}
