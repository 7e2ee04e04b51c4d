/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a packet names: two endpoints, one on each side. And which destinations no hook steers,
 * whatever is bound.
 */
#ifndef PORTSTEER_SIDE_H
#define PORTSTEER_SIDE_H

#include <linux/types.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <portsteer/abi.h>

/* Source or destination of a packet. The address is laid out as in struct ps_endpoint. */
struct ps_side {
	__be64 addr_be[2];
	__u16 port;
};

struct ps_packet {
	struct ps_side src;
	struct ps_side dst;
	enum ps_family family;
	enum ps_proto proto;
	__u8 opens_flow; /* TCP: a SYN; else always */
};

static __always_inline __be64 ps_ipv4_word(__be32 addr_be)
{
	return bpf_htons(1) == 1 ? (__be64)addr_be << 32 : addr_be;
}

/*
 * By the destination alone: the stack has its own mind about sources, and delivers
 * from many that are odd (doc/adr/0026).
 */
static __always_inline enum ps_reason ps_judge_ipv4(__be32 dst_be)
{
	__u32 dst = bpf_ntohl(dst_be);

	if (dst >> 28 == 0xe || dst == 0xffffffff)
		return PS_REASON_MULTICAST;
	return dst >> 24 == 127 ? PS_REASON_MARTIAN : PS_REASON_NONE;
}

static __always_inline enum ps_reason ps_judge_ipv6(const __be64 dst_be[2])
{
	if ((bpf_be64_to_cpu(dst_be[0]) >> 56) == 0xff)
		return PS_REASON_MULTICAST;
	if (!dst_be[0] && dst_be[1] == bpf_cpu_to_be64(1))
		return PS_REASON_MARTIAN;
	return PS_REASON_NONE;
}

#endif
