// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What a table costs at least when it is one BPF hash: IPv4 without options,
 * an exact key of eight bytes, one lookup, a per-CPU counter.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <bpf/bpf_helpers.h>
#include "hash.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct bench_key);
	__type(value, __u32);
} places SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bench_count);
} counts SEC(".maps");

SEC("xdp.frags")
int bench_hash(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct iphdr *ip = data + sizeof(struct ethhdr);
	struct tcphdr *tcp = (void *)(ip + 1);
	struct bench_key key = {};
	struct bench_count *count;
	__u32 *slot;

	if ((void *)(tcp + 1) > end)
		return XDP_PASS;
	key.addr_be = ip->daddr;
	key.port_be = tcp->dest;
	key.proto = ip->protocol;
	slot = bpf_map_lookup_elem(&places, &key);
	if (!slot)
		return XDP_PASS;
	count = bpf_map_lookup_elem(&counts, slot);
	if (!count)
		return XDP_PASS;
	count->packets++;
	count->bytes += (__u64)(end - data);
	return XDP_DROP;
}

char _license[] SEC("license") = "Dual BSD/GPL";
