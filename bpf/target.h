/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where a redirect goes, and why it cannot. What a missing target means for
 * the packet is the binding's choice (on-missing).
 */
#ifndef PORTSTEER_TARGET_H
#define PORTSTEER_TARGET_H

#include "lookup.h"

static __always_inline const struct ps_target *ps_target_of(const struct ps_hit *hit)
{
	__u32 index = hit->half * PS_TARGETS_MAX + ps_hit_target(hit);

	return bpf_map_lookup_elem(&targets, &index);
}

/* PS_REASON_NONE, or why nothing can be sent to @target. */
static __always_inline enum ps_reason ps_target_state(const struct ps_target *target)
{
	switch (target->state) {
	case PS_TARGET_OK:
		return PS_REASON_NONE;
	case PS_TARGET_NO_DEVICE:
		return PS_REASON_NO_DEVICE;
	case PS_TARGET_NO_NEIGHBOUR:
		return PS_REASON_NO_NEIGHBOUR;
	case PS_TARGET_FREE:
		break;
	}
	return PS_REASON_BROKEN;
}

/* The reason to count when @missing is passed because the binding says so. */
static __always_inline enum ps_reason ps_passed_instead(enum ps_reason missing)
{
	switch (missing) {
	case PS_REASON_NO_DEVICE:
		return PS_REASON_NO_DEVICE_PASS;
	case PS_REASON_NO_NEIGHBOUR:
		return PS_REASON_NO_NEIGHBOUR_PASS;
	case PS_REASON_UNSUPPORTED:
		return PS_REASON_UNSUPPORTED_PASS;
	case PS_REASON_NO_SOCKET:
		return PS_REASON_NO_SOCKET_PASS;
	default:
		return missing;
	}
}

static __always_inline int ps_target_is_rewritten(const struct ps_target *target)
{
	return target->hop == PS_HOP_MAC || target->hop == PS_HOP_VIA;
}

#endif
