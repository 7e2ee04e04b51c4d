// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The floor: the same parser as the hooks, one reason counted, no table. The
 * endpoints that it finds are used as the hooks use them, as far as the
 * compiler knows; else it would leave out most of the parser.
 */
#include <linux/pkt_cls.h>
#include "../../bpf/count.h"
#include "../../bpf/packet.h"

/* Headers of the frames here are in their place. */
static __always_inline long ps_load(void *frame, __u32 at, void *to, __u32 size)
{
	(void)frame, (void)at, (void)to, (void)size;
	return -1;
}

/* Keeps @packet in memory, at no cost of its own. */
static __always_inline void use(const struct ps_packet *packet)
{
	__asm__ volatile("" : : "r"(packet) : "memory");
}

SEC("xdp.frags")
int bench_floor(struct xdp_md *ctx)
{
	struct ps_cursor cursor = {
		.pos = (void *)(long)ctx->data,
		.end = (void *)(long)ctx->data_end,
		.left = (__u32)((__u64)ctx->data_end - ctx->data),
		.is_part = 1,
	};
	struct ps_packet packet = {};
	enum ps_reason reason;

	reason = ps_parse(&cursor, &packet);
	use(&packet);
	ps_count_reason(hook_index, reason);
	return XDP_PASS;
}

SEC("tc")
int bench_floor_tc(struct __sk_buff *skb)
{
	struct ps_cursor cursor = {
		.pos = (void *)(long)skb->data,
		.end = (void *)(long)skb->data_end,
		.left = skb->len,
		.vlan_tags = !!skb->vlan_present,
	};
	struct ps_packet packet = {};
	enum ps_reason reason;

	reason = ps_parse(&cursor, &packet);
	use(&packet);
	ps_count_reason(hook_index, reason);
	return TC_ACT_UNSPEC;
}

char _license[] SEC("license") = "Dual BSD/GPL";
