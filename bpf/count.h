/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Counting: reasons of each hook, packets of each binding, flows. Counters are
 * rows of one CPU each, written only by that CPU with bottom halves off, so
 * plain additions lose nothing. Flows are shared by CPUs and added atomically.
 */
#ifndef PORTSTEER_COUNT_H
#define PORTSTEER_COUNT_H

#include "lookup.h"

/* Set by the loader before a program is loaded. */
const volatile __u32 max_bindings = PS_BINDINGS_DEFAULT;
const volatile __u32 hook_index;
const volatile __u32 has_no_link; /* struct ps_hook_info has it */

static __always_inline void ps_count_reason(enum ps_reason reason)
{
	__u32 index =
		(bpf_get_smp_processor_id() * PS_HOOKS_MAX + hook_index) * PS_REASONS_MAX + reason;
	__u64 *count = bpf_map_lookup_elem(&reasons, &index);

	if (count)
		*count += 1;
}

static __always_inline void ps_count(const struct ps_hit *hit, enum ps_direction direction,
				     __u32 packets, __u32 bytes)
{
	__u32 index =
		ps_count_index(bpf_get_smp_processor_id(), direction, max_bindings, hit->slot);
	struct ps_count *count = bpf_map_lookup_elem(&counters, &index);

	if (!count)
		return;
	count->packets += packets;
	count->bytes += bytes;
}

/*
 * Accounts the packet's flow. Only what can open a flow makes an entry, so
 * that stray TCP segments do not push real flows out of the map.
 */
static __always_inline void ps_count_flow(const struct ps_packet *packet, const struct ps_hit *hit,
					  __u32 packets, __u32 bytes)
{
	struct ps_flow_key key = { .slot = hit->slot };
	struct ps_flow fresh = { .packets = packets, .bytes = bytes };
	struct ps_flow *flow;
	__u64 now = bpf_ktime_get_ns();

	__builtin_memcpy(key.saddr, packet->src.addr_be, sizeof(key.saddr));
	__builtin_memcpy(key.daddr, packet->dst.addr_be, sizeof(key.daddr));
	key.sport = packet->src.port;
	key.dport = packet->dst.port;
	key.family = packet->family;
	key.proto = packet->proto;

	fresh.first_ns = now;
	fresh.last_ns = now;
	flow = bpf_map_lookup_elem(&flows, &key);
	if (!flow && packet->opens_flow) {
		if (!bpf_map_update_elem(&flows, &key, &fresh, BPF_NOEXIST))
			return;
		flow = bpf_map_lookup_elem(&flows, &key); /* another CPU was first */
	}
	if (!flow)
		return;
	__sync_fetch_and_add(&flow->packets, packets);
	__sync_fetch_and_add(&flow->bytes, bytes);
	*(volatile __u64 *)&flow->last_ns = now;
}

#endif
