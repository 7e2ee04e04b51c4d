// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Counting problems, by the targets that bindings share. See problems.h.
 */
#include <string.h>
#include "socket/registry.h"
#include "table/problems.h"

static bool has_open_socket(const struct ps_registry *registry, const char name[PS_NAME_SIZE])
{
	for (size_t i = 0; i < registry->count; i++)
		if (registry->item[i].is_open &&
		    !strncmp(registry->item[i].name, name, PS_NAME_SIZE))
			return true;
	return false;
}

static bool is_well(const struct ps_target *target, const struct ps_registry *registry)
{
	return target->hop == PS_HOP_SOCKET ? has_open_socket(registry, target->socket)
					    : target->state == PS_TARGET_OK;
}

__u32 ps_problems_count(const struct ps_instance *instance)
{
	const struct ps_target *half = ps_instance_targets(instance, ps_instance_half(instance));
	struct ps_registry registry;
	__u32 count = 0;

	ps_registry_read(instance, &registry);
	for (int i = 1; i < PS_TARGETS_MAX; i++)
		if (half[i].bindings && !is_well(&half[i], &registry))
			count += half[i].bindings;
	ps_registry_done(&registry);
	return count;
}
