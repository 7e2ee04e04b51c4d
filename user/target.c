// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Redirect targets. See target.h.
 */
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <bpf/bpf.h>
#include "binding.h"
#include "memory.h"
#include "neighbour.h"
#include "target.h"

#define NEIGHBOUR_WAIT_MS 1500 /* for first answers, of all neighbours together */
#define NEIGHBOUR_POLL_MS 20

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
	memcpy(half[free_index].socket, wanted->socket,
	       sizeof(wanted->socket)); /* device and via */
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
	if (target->hop == PS_HOP_SOCKET) { /* its name is looked up by registry.h */
		target->state = PS_TARGET_OK;
		return;
	}
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
		 ps_neighbour_resolve(target->ifindex, target->via_family, target->via, 0,
				      target->dst_mac))
		target->state = PS_TARGET_NO_NEIGHBOUR;
}

/* Resolves those of @waits again. How many still have no neighbour. */
static int resolve_waiting(struct ps_target half[PS_TARGETS_MAX], bool waits[PS_TARGETS_MAX])
{
	int waiting = 0;

	for (int i = 1; i < PS_TARGETS_MAX; i++) {
		if (!waits[i])
			continue;
		resolve(&half[i]);
		waits[i] = half[i].state == PS_TARGET_NO_NEIGHBOUR;
		waiting += waits[i];
	}
	return waiting;
}

void ps_targets_resolve(struct ps_target half[PS_TARGETS_MAX])
{
	PS_FREED bool *waits = ps_memory_new(PS_TARGETS_MAX, sizeof(*waits));
	const struct timespec pause = { .tv_nsec = NEIGHBOUR_POLL_MS * 1000000 };

	for (int i = 1; i < PS_TARGETS_MAX; i++) {
		waits[i] = half[i].bindings && half[i].state == PS_TARGET_FREE;
		if (half[i].bindings && !waits[i])
			resolve(&half[i]);
	}
	for (int ms = 0; resolve_waiting(half, waits) && ms < NEIGHBOUR_WAIT_MS;
	     ms += NEIGHBOUR_POLL_MS)
		nanosleep(&pause, NULL);
}

void ps_targets_add_devices(const struct ps_instance *instance,
			    struct ps_target half[PS_TARGETS_MAX])
{
	int fd = instance->map_fd[PS_MAP_DEVICES];

	for (int i = 1; i < PS_TARGETS_MAX; i++) {
		__u32 ifindex = half[i].ifindex, known;

		if (half[i].state == PS_TARGET_FREE || half[i].state == PS_TARGET_NO_DEVICE ||
		    half[i].hop == PS_HOP_SOCKET)
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
