// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * For packets across veth: sends what it is given, drops it, drops it after a look
 * at its destination port (XDP, and TC), or passes it.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define PORT_OFFSET 36 /* of TCP in plain IPv4 */

SEC("xdp.frags")
int bench_send(__attribute__((unused)) struct xdp_md *ctx)
{
	return XDP_TX;
}

SEC("xdp.frags")
int bench_bare_drop(__attribute__((unused)) struct xdp_md *ctx)
{
	return XDP_DROP;
}

SEC("xdp.frags")
int bench_look_drop(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	__u8 *port = (void *)(long)ctx->data + PORT_OFFSET;

	if ((void *)(port + 2) > end)
		return XDP_PASS;
	return port[1] == 23 ? XDP_DROP : XDP_PASS;
}

SEC("xdp.frags")
int bench_bare_pass(__attribute__((unused)) struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("tc")
int bench_tc_drop(struct __sk_buff *skb)
{
	__u16 port = 0;

	bpf_skb_load_bytes(skb, PORT_OFFSET, &port, sizeof(port));
	return port == bpf_htons(23) ? TC_ACT_SHOT : TC_ACT_OK;
}

char _license[] SEC("license") = "Dual BSD/GPL";
