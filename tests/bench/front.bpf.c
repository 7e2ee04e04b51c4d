// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Before the program under test: writes a pseudo-random endpoint into the
 * packet and tail-calls what is in `subject`, or a map beside it. Its cost is part of
 * every figure. And programs that do nothing.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "traffic.h"

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} subject SEC(".maps"), subject_tc SEC(".maps"), subject_single SEC(".maps");

struct bench_traffic traffic;

static __always_inline void write_ipv4(void *data, void *end, struct bench_place place)
{
	struct iphdr *ip = data + sizeof(struct ethhdr);
	struct tcphdr *tcp = (void *)(ip + 1);

	if ((void *)(tcp + 1) > end)
		return;
	ip->daddr = bpf_htonl(place.addr);
	tcp->dest = bpf_htons(place.port);
}

static __always_inline void write_ipv6(void *data, void *end, struct bench_place place)
{
	struct ipv6hdr *ip = data + sizeof(struct ethhdr);
	struct tcphdr *tcp = (void *)(ip + 1);

	if ((void *)(tcp + 1) > end)
		return;
	ip->daddr.s6_addr32[1] = ip->daddr.s6_addr32[3] = bpf_htonl(place.addr);
	tcp->dest = bpf_htons(place.port);
}

static __always_inline void write_endpoint(void *data, void *end)
{
	__u64 random = traffic.random;
	struct bench_place place;

	random ^= random << 13;
	random ^= random >> 7;
	random ^= random << 17;
	traffic.random = random;
	place = bench_place_of(traffic.shape, (__u32)((random >> 32) * traffic.count >> 32),
			       (__u32)random);
	if (traffic.is_ipv6)
		write_ipv6(data, end, place);
	else
		write_ipv4(data, end, place);
}

SEC("xdp.frags")
int bench_front(struct xdp_md *ctx)
{
	write_endpoint((void *)(long)ctx->data, (void *)(long)ctx->data_end);
	bpf_tail_call(ctx, &subject, 0);
	return XDP_ABORTED;
}

/* For programs that were loaded for frames in a single buffer: both must agree. */
SEC("xdp")
int bench_front_single(struct xdp_md *ctx)
{
	write_endpoint((void *)(long)ctx->data, (void *)(long)ctx->data_end);
	bpf_tail_call(ctx, &subject_single, 0);
	return XDP_ABORTED;
}

SEC("tc")
int bench_front_tc(struct __sk_buff *skb)
{
	write_endpoint((void *)(long)skb->data, (void *)(long)skb->data_end);
	bpf_tail_call(skb, &subject_tc, 0);
	return TC_ACT_STOLEN;
}

SEC("xdp.frags")
int bench_drop(__attribute__((unused)) struct xdp_md *ctx)
{
	return XDP_DROP;
}

SEC("tc")
int bench_drop_tc(__attribute__((unused)) struct __sk_buff *skb)
{
	return TC_ACT_SHOT;
}

char _license[] SEC("license") = "Dual BSD/GPL";
