/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Counting: reasons of each hook, packets of each binding, flows. Counters are
 * rows of one CPU each, written only by that CPU with bottom halves off, so
 * plain additions lose nothing. Flows are shared by CPUs and added atomically.
 */
#ifndef PORTSTEER_COUNT_H
#define PORTSTEER_COUNT_H

#include "lookup.h"
#include "rows.h"

/* Set by the loader before a program is loaded. */
const volatile __u32 count_blocks = 1; /* elements of a row of `counters` */
const volatile __u32 hook_index;
const volatile __u32 has_no_link; /* struct ps_hook_info has it */

static const struct ps_counts no_counts;

/* The index in `hooks` of what runs as @hook on the interface of that number. */
static __always_inline __u32 ps_hook_index(__u32 ifindex, enum ps_hook hook)
{
	const struct ps_hook_rows *found = &directory.rows[ifindex % PS_INTERFACES];

	return found->ifindex == ifindex ? found->hook_index[hook] : hook_index;
}

static __always_inline void ps_count_reason(__u32 index, enum ps_reason reason)
{
	ps_reasons_add(bpf_get_smp_processor_id(), index, reason, 1);
}

/* The same of a packet that was counted for a binding. */
static __always_inline void ps_count_reason_of(const struct ps_hit *hit, __u32 index,
					       enum ps_reason reason)
{
	ps_reasons_add(hit->cpu, index, reason, 1);
}

/* On a CPU that has no row. Few machines have any, so this is no part of each packet's way. */
__attribute__((noinline)) int ps_count_late(__u32 slot, __u32 direction, __u32 packets, __u64 bytes)
{
	struct ps_late_key key = { .block = slot / PS_BLOCK, .direction = direction };
	struct ps_counts *counts = bpf_map_lookup_elem(&late, &key);
	struct ps_count *count;

	if (!counts) {
		bpf_map_update_elem(&late, &key, &no_counts, BPF_NOEXIST);
		counts = bpf_map_lookup_elem(&late, &key);
	}
	if (!counts)
		return 0;
	count = &counts->count[slot % PS_BLOCK];
	__sync_fetch_and_add(&count->packets, packets);
	__sync_fetch_and_add(&count->bytes, bytes);
	return 0;
}

/* Counts for the binding of @hit, in @map: `counters` or `sent`. */
static __always_inline void ps_count(void *map, struct ps_hit *hit, enum ps_direction direction,
				     __u32 packets, __u32 bytes)
{
	__u32 cpu = bpf_get_smp_processor_id();
	__u32 index = ps_count_index(cpu, count_blocks, hit->slot);
	struct ps_counts *counts = cpu < cpu_rows ? bpf_map_lookup_elem(map, &index) : 0;
	struct ps_count *count;

	hit->cpu = cpu;
	if (!counts) {
		ps_count_late(hit->slot, direction, packets, bytes);
		return;
	}
	count = &counts->count[hit->slot % PS_BLOCK];
	count->packets += packets;
	count->bytes += bytes;
}

/*
 * Accounts the packet's flow. Only what can open a flow makes an entry, so
 * that stray TCP segments do not push real flows out of the map; but while that is made
 * anew, see struct ps_flow_state.
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

	fresh.first_ns = packet->opens_flow ? now : 0;
	fresh.last_ns = now;
	flow = bpf_map_lookup_elem(&flows, &key);
	if (!flow && (packet->opens_flow || *(const volatile __u32 *)&flow_state.is_moving)) {
		if (!bpf_map_update_elem(&flows, &key, &fresh, BPF_NOEXIST)) {
			__sync_fetch_and_add(&flow_state.made, 1);
			return;
		}
		flow = bpf_map_lookup_elem(&flows, &key); /* another CPU was first */
	}
	if (!flow)
		return;
	if (packet->opens_flow && !flow->first_ns)
		flow->first_ns = now;
	__sync_fetch_and_add(&flow->packets, packets);
	__sync_fetch_and_add(&flow->bytes, bytes);
	*(volatile __u64 *)&flow->last_ns = now;
}

#endif
