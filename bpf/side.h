/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a packet names: two endpoints, one on each side.
 */
#ifndef PORTSTEER_SIDE_H
#define PORTSTEER_SIDE_H

#include <linux/types.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <portsteer/address.h>

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

static __always_inline enum ps_reason ps_judge_ipv4(__be32 dst_be)
{
	return ps_unsteered_ipv4(bpf_ntohl(dst_be), 32);
}

static __always_inline enum ps_reason ps_judge_ipv6(const __be64 dst_be[2])
{
	return ps_unsteered_ipv6(bpf_be64_to_cpu(dst_be[0]), bpf_be64_to_cpu(dst_be[1]), 128);
}

#endif
