// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Redirect targets. See target.h.
 */
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <bpf/bpf.h>
#include "binding.h"
#include "neighbour.h"
#include "target.h"

#define NEIGHBOUR_WAIT_MS 1500 /* for a first answer */

__u16 ps_target_take(struct ps_target half[PS_TARGETS_MAX], const struct ps_target *wanted)
{
	__u16 free_index = 0;

	for (__u16 i = 1; i < PS_TARGETS_MAX; i++) {
		if (half[i].bindings && ps_target_is_equal(&half[i], wanted)) {
			half[i].bindings++;
			return i;
		}
		if (!half[i].bindings && !free_index)
			free_index = i;
	}
	if (!free_index)
		return 0;
	half[free_index] = (struct ps_target){
		.bindings = 1,
		.hop = wanted->hop,
		.via_family = wanted->via_family,
	};
	memcpy(half[free_index].device, wanted->device, PS_DEV_SIZE);
	memcpy(half[free_index].via, wanted->via, sizeof(wanted->via));
	memcpy(half[free_index].dst_mac, wanted->dst_mac, sizeof(wanted->dst_mac));
	return free_index;
}

void ps_target_release(struct ps_target half[PS_TARGETS_MAX], __u16 index)
{
	if (index && half[index].bindings && !--half[index].bindings)
		half[index] = (struct ps_target){};
}

static void resolve(struct ps_target *target)
{
	bool is_new = target->state == PS_TARGET_FREE;

	target->ifindex = if_nametoindex(target->device);
	target->state = PS_TARGET_NO_DEVICE;
	if (!target->ifindex)
		return;
	target->state = PS_TARGET_OK;
	if (target->hop != PS_HOP_VIA && target->hop != PS_HOP_MAC)
		return;
	if (ps_device_mac(target->ifindex, target->src_mac))
		target->state = PS_TARGET_NO_DEVICE;
	else if (target->hop == PS_HOP_VIA &&
		 ps_neighbour_resolve(target->ifindex, target->via_family, target->via,
				      is_new ? NEIGHBOUR_WAIT_MS : 0, target->dst_mac))
		target->state = PS_TARGET_NO_NEIGHBOUR;
}

void ps_targets_resolve(struct ps_target half[PS_TARGETS_MAX])
{
	for (int i = 1; i < PS_TARGETS_MAX; i++)
		if (half[i].bindings)
			resolve(&half[i]);
}

void ps_targets_add_devices(const struct ps_instance *instance,
			    struct ps_target half[PS_TARGETS_MAX])
{
	int fd = instance->map_fd[PS_MAP_DEVICES];

	for (int i = 1; i < PS_TARGETS_MAX; i++) {
		__u32 ifindex = half[i].ifindex, known;

		if (half[i].state == PS_TARGET_FREE || half[i].state == PS_TARGET_NO_DEVICE)
			continue;
		if (bpf_map_lookup_elem(fd, &ifindex, &known) &&
		    bpf_map_update_elem(fd, &ifindex, &ifindex, BPF_ANY))
			half[i].state = PS_TARGET_NO_DEVICE;
	}
}

static bool is_needed(const struct ps_target half[PS_TARGETS_MAX], __u32 ifindex)
{
	for (int i = 1; i < PS_TARGETS_MAX; i++)
		if (half[i].bindings && half[i].ifindex == ifindex)
			return true;
	return false;
}

void ps_targets_remove_devices(const struct ps_instance *instance,
			       const struct ps_target half[PS_TARGETS_MAX])
{
	int fd = instance->map_fd[PS_MAP_DEVICES];
	__u32 ifindex, next;
	__u32 *from = NULL;

	while (!bpf_map_get_next_key(fd, from, &next)) {
		if (!is_needed(half, next) && !bpf_map_delete_elem(fd, &next)) {
			from = NULL; /* the walk lost its place */
			continue;
		}
		ifindex = next;
		from = &ifindex;
	}
}

const char *ps_target_problem(const struct ps_target *target, char *text, size_t size)
{
	char address[PS_ADDRESS_TEXT];

	switch (target->state) {
	case PS_TARGET_NO_DEVICE:
		snprintf(text, size, "interface '%.15s' does not exist or cannot be sent to",
			 target->device);
		return text;
	case PS_TARGET_NO_NEIGHBOUR:
		ps_address_format(target->via_family, target->via, address);
		snprintf(text, size,
			 "no answer from neighbour %s on '%.15s'; when it is up: portsteer refresh",
			 address, target->device);
		return text;
	case PS_TARGET_FREE:
	case PS_TARGET_OK:
		break;
	}
	return NULL;
}
