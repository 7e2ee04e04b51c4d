// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Redirect targets. See target.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <bpf/bpf.h>
#include "base/memory.h"
#include "base/notice.h"
#include "binding/binding.h"
#include "host/ask.h"
#include "host/framing.h"
#include "host/neighbour.h"
#include "table/target.h"

#define NEIGHBOUR_WAIT_MS 1500 /* for first answers, of all neighbours together */
#define NEIGHBOUR_POLL_MS 20

/* The link addresses of @target, whose interface is there. 0, or -errno when that is not known. */
static int resolve_addresses(struct ps_target *target)
{
	int err = target->has_no_link ? -ENODATA : ps_device_mac(target->ifindex, target->src_mac);

	if (err == -ENODEV || err == -ENODATA) {
		target->state = PS_TARGET_NO_DEVICE;
		return 0;
	}
	if (!err && target->hop == PS_HOP_VIA)
		err = ps_neighbour_resolve(target->ifindex, target->via_family, target->via, 0,
					   target->dst_mac);
	if (err == -ENODEV)
		target->state = PS_TARGET_NO_DEVICE;
	else if (err == -ENOENT)
		target->state = PS_TARGET_NO_NEIGHBOUR;
	else
		return err;
	return 0;
}

/* What @target, whose interface is there, is sent by. As above. */
static int resolve_device(struct ps_target *target)
{
	struct ps_framing framing;
	int err = ps_framing_read(target->ifindex, &framing);

	if (err == -ENODEV)
		target->state = PS_TARGET_NO_DEVICE;
	if (err)
		return err == -ENODEV ? 0 : err;
	target->has_no_link = ps_framing_has_no_link(framing.type);
	return target->hop == PS_HOP_VIA || target->hop == PS_HOP_MAC ? resolve_addresses(target)
								      : 0;
}

/* 0, or -errno when that is not known; then the target stays as it was. */
static int resolve(struct ps_target *target)
{
	struct ps_target now = *target;
	struct ps_answer answer;
	int err = 0;

	now.state = PS_TARGET_OK;
	if (now.hop == PS_HOP_SOCKET) { /* its name is looked up by socket/registry.h */
		*target = now;
		return 0;
	}
	answer = ps_ask_index(now.device, &now.ifindex);
	if (ps_is_unknown(answer))
		return -answer.err;
	if (ps_is_no(answer)) {
		now.ifindex = 0;
		now.state = PS_TARGET_NO_DEVICE;
	} else {
		err = resolve_device(&now);
	}
	if (!err)
		*target = now;
	return err;
}

/* What @err keeps from being looked up, which has worked until now. */
static void say_kept(const struct ps_target *target, int kept, int err)
{
	char more[32] = "";

	if (kept > 1)
		snprintf(more, sizeof(more), " (and %d more)", kept - 1);
	ps_notice("note: redirects to '%.15s'%s keep the interface and addresses that they had, "
		  "which could not be looked up again: %s",
		  target->device, more, strerror(err));
}

static int refuse(const struct ps_target *target, int err, struct ps_error *error)
{
	return ps_error_errno(error, err,
			      "cannot look up '%.15s' or its neighbour, to redirect there; nothing "
			      "was changed",
			      target->device);
}

/*
 * Resolves those of @waits again. How many still have no neighbour, or -1. One that has been
 * resolved before keeps its answer.
 */
static int resolve_waiting(struct ps_target half[PS_TARGETS_MAX], bool waits[PS_TARGETS_MAX],
			   struct ps_error *error)
{
	int waiting = 0;

	for (int i = 1; i < PS_TARGETS_MAX; i++) {
		int err = waits[i] ? resolve(&half[i]) : 0;

		if (err && half[i].state == PS_TARGET_FREE)
			return refuse(&half[i], -err, error);
		waits[i] = waits[i] && half[i].state == PS_TARGET_NO_NEIGHBOUR;
		waiting += waits[i];
	}
	return waiting;
}

/* Resolves those that have been before, and marks the others. How many stay as they were. */
static int resolve_again(struct ps_target half[PS_TARGETS_MAX], bool ret_fresh[PS_TARGETS_MAX])
{
	const struct ps_target *first = NULL;
	int kept = 0, cause = 0;

	for (int i = 1; i < PS_TARGETS_MAX; i++) {
		int err = 0;

		ret_fresh[i] = half[i].bindings && half[i].state == PS_TARGET_FREE;
		if (half[i].bindings && !ret_fresh[i])
			err = resolve(&half[i]);
		if (err && !kept++) {
			first = &half[i];
			cause = -err;
		}
	}
	if (kept)
		say_kept(first, kept, cause);
	return kept;
}

int ps_targets_resolve(struct ps_target half[PS_TARGETS_MAX], int *ret_kept, struct ps_error *error)
{
	PS_FREED bool *waits = ps_memory_new(PS_TARGETS_MAX, sizeof(*waits));
	const struct timespec pause = { .tv_nsec = NEIGHBOUR_POLL_MS * 1000000 };
	int kept = resolve_again(half, waits);
	int waiting = resolve_waiting(half, waits, error);

	for (int ms = 0; waiting > 0 && ms < NEIGHBOUR_WAIT_MS; ms += NEIGHBOUR_POLL_MS) {
		nanosleep(&pause, NULL);
		waiting = resolve_waiting(half, waits, error);
	}
	if (waiting < 0)
		return -1;
	*ret_kept = kept;
	return 0;
}

/* An element that is there is not written again: packets would miss it for a moment. */
static int add_device(int fd, struct ps_target *target, struct ps_error *error)
{
	__u32 ifindex = target->ifindex, known;
	struct ps_answer answer = ps_map_ask(fd, &ifindex, &known);

	if (ps_is_yes(answer))
		return 0;
	if (ps_is_no(answer))
		answer = ps_answer_of(bpf_map_update_elem(fd, &ifindex, &ifindex, BPF_ANY) ? errno
											   : 0);
	if (ps_is_yes(answer))
		return 0;
	if (answer.err == E2BIG)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "redirects to more than %d different interfaces",
				    PS_DEVICES_MAX);
	if (!ps_is_no(answer) && answer.err != EINVAL)
		return ps_error_errno(error, answer.err, "cannot let XDP send to '%.15s'",
				      target->device);
	target->state = PS_TARGET_NO_DEVICE; /* no interface has this index any more */
	return 0;
}

int ps_targets_add_devices(const struct ps_instance *instance,
			   struct ps_target half[PS_TARGETS_MAX], struct ps_error *error)
{
	for (int i = 1; i < PS_TARGETS_MAX; i++) {
		if (half[i].state == PS_TARGET_FREE || half[i].state == PS_TARGET_NO_DEVICE ||
		    half[i].hop == PS_HOP_SOCKET)
			continue;
		if (add_device(instance->map_fd[PS_MAP_DEVICES], &half[i], error))
			return -1;
	}
	return 0;
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
