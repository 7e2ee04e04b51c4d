/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Frames whose transport cannot be found. The stack may find it, and then it may
 * be for a binding that takes traffic away: see doc/adr/0026. Other frames do not
 * come here.
 */
#ifndef PORTSTEER_UNFOUND_H
#define PORTSTEER_UNFOUND_H

#include "lookup.h"

/* Some binding of @family takes traffic away; of either, when it is not known. */
static __always_inline int ps_takes_away(enum ps_family family)
{
	__u32 half = *(const volatile __u64 *)&state.generation & 1;
	__u32 index = half * PS_TARGETS_MAX;
	const struct ps_target *target = bpf_map_lookup_elem(&targets, &index);

	if (!target)
		return 0;
	return (family != PS_IPV6 && target->takers.bindings[PS_IPV4 - PS_IPV4]) ||
	       (family != PS_IPV4 && target->takers.bindings[PS_IPV6 - PS_IPV4]);
}

/* The reason to drop a packet that the parser left for @reason; PS_REASON_NONE: it passes. */
static __always_inline enum ps_reason ps_judge_unfound(enum ps_reason reason, enum ps_family family)
{
	switch (reason) {
	case PS_REASON_VLAN_LIMIT:
		reason = PS_REASON_VLAN_LIMIT_DROP;
		break;
	case PS_REASON_EXT_LIMIT:
		reason = PS_REASON_EXT_LIMIT_DROP;
		break;
	case PS_REASON_UNREADABLE:
		reason = PS_REASON_UNREADABLE_DROP;
		break;
	default:
		return PS_REASON_NONE;
	}
	return ps_takes_away(family) ? reason : PS_REASON_NONE;
}

#endif
