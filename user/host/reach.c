// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Packets on their way up through interfaces. See reach.h.
 */
#include <string.h>
#include "host/reach.h"

/* Its link is where its packets come in. Not so of a veth or a tunnel. */
static bool is_stacked(const struct ps_device *device)
{
	static const char *const kinds[] = { "vlan", "macvlan", "macvtap", "ipvlan", "ipvtap" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(device->kind, kinds[i]))
			return device->netns_id < 0;
	return false;
}

static bool is_reached(const struct ps_devices *devices, const struct ps_device *upper)
{
	__u32 lower = is_stacked(upper) ? upper->link : 0;

	for (size_t i = 0; i < devices->count; i++) {
		const struct ps_device *item = &devices->item[i];

		if (item->is_reached && (item->ifindex == lower || item->master == upper->ifindex))
			return true;
	}
	return false;
}

void ps_reach_spread(struct ps_devices *devices)
{
	bool is_changed = true;

	while (is_changed) {
		is_changed = false;
		for (size_t i = 0; i < devices->count; i++) {
			struct ps_device *item = &devices->item[i];

			if (item->is_reached || !is_reached(devices, item))
				continue;
			item->is_reached = true;
			is_changed = true;
		}
	}
}
