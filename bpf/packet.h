/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Bytes of a frame to the endpoints that it names, or the reason why it names
 * none. The only file with packet pointers: each step takes the cursor, checks
 * the bound, reads, and moves on. Knows no map and no verdict; the fuzzers
 * build it natively.
 */
#ifndef PORTSTEER_PACKET_H
#define PORTSTEER_PACKET_H

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/types.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <portsteer/abi.h>

#define PS_VLAN_TAGS 2
#define PS_EXT_HEADERS 8
#define PS_EXT_BYTES_MASK 0xfff /* the longest has 8 + 255 * 8 */
#define PS_FIRST_FRAGMENT_MIN 8 /* bytes of transport header, RFC 1858 */
#define PS_TCP_MIN 20
#define PS_UDP_MIN 8
#define PS_SCTP_MIN 12

#define PS_IPV4_OFFSET 0x1fff
#define PS_IPV4_MORE 0x2000
#define PS_IPV6_OFFSET 0xfff8
#define PS_IPV6_FRAGMENT 0xfff9 /* offset and M; neither: atomic, RFC 6946 */

/* One end of a packet. The address is laid out as in struct ps_endpoint. */
struct ps_party {
	__be64 addr_be[2];
	__u16 port;
};

struct ps_packet {
	struct ps_party src;
	struct ps_party dst;
	enum ps_family family;
	enum ps_proto proto;
	__u8 opens_flow; /* TCP: a SYN; else always */
};

struct ps_cursor {
	void *pos; /* next header */
	void *end; /* of the bytes that can be read */
	__u32 left; /* bytes from pos that the frame, later the IP length, grants */
	__u8 vlan_tags; /* seen so far, those taken off by the device included */
	__u8 ip_proto; /* IPPROTO_* of the next header */
	__u16 fragment; /* not 0: the first of several */
	__u8 jumbo; /* length is the frame's, RFC 2675 or BIG TCP */
};

struct ps_vlan {
	__be16 tci;
	__be16 proto;
};

struct ps_ext_header {
	__u8 next;
	__u8 len; /* beyond the first 8 bytes: in 8 bytes, for AH in 4 */
	__be16 offset; /* of a fragment, whose len means nothing */
	__be32 rest;
};

struct ps_ports {
	__be16 src;
	__be16 dst;
};

static __always_inline enum ps_reason ps_parse_link(struct ps_cursor *cursor, __be16 *ret_proto)
{
	struct ethhdr *eth = cursor->pos;
	__be16 proto;

	if ((void *)(eth + 1) > cursor->end)
		return PS_REASON_TRUNCATED;
	if (eth->h_dest[0] & 1)
		return PS_REASON_MULTICAST;
	proto = eth->h_proto;
	cursor->pos = eth + 1;
	cursor->left -= sizeof(*eth);

	for (int i = 0; i <= PS_VLAN_TAGS; i++) {
		struct ps_vlan *vlan = cursor->pos;

		if (proto != bpf_htons(ETH_P_8021Q) && proto != bpf_htons(ETH_P_8021AD))
			break;
		if (++cursor->vlan_tags > PS_VLAN_TAGS)
			return PS_REASON_VLAN_LIMIT;
		if ((void *)(vlan + 1) > cursor->end)
			return PS_REASON_TRUNCATED;
		proto = vlan->proto;
		cursor->pos = vlan + 1;
		cursor->left -= sizeof(*vlan);
	}
	*ret_proto = proto;
	return PS_REASON_NONE;
}

/* Addresses that a router never forwards, RFC 1122 3.2.1.3 and RFC 6890. */
static __always_inline enum ps_reason ps_judge_ipv4(__be32 src_be, __be32 dst_be)
{
	__u32 src = bpf_ntohl(src_be), dst = bpf_ntohl(dst_be);

	if (dst >> 28 == 0xe || dst == 0xffffffff)
		return PS_REASON_MULTICAST;
	if (src_be == dst_be || src >> 29 == 7 || src >> 24 == 127 || src >> 24 == 0)
		return PS_REASON_MARTIAN;
	if (dst >> 24 == 127 || dst >> 24 == 0)
		return PS_REASON_MARTIAN;
	return PS_REASON_NONE;
}

static __always_inline int ps_ipv6_is_local(const __be64 addr_be[2])
{
	return !addr_be[0] && (!addr_be[1] || addr_be[1] == bpf_cpu_to_be64(1));
}

static __always_inline enum ps_reason ps_judge_ipv6(const __be64 src_be[2], const __be64 dst_be[2])
{
	if ((bpf_be64_to_cpu(dst_be[0]) >> 56) == 0xff)
		return PS_REASON_MULTICAST;
	if (src_be[0] == dst_be[0] && src_be[1] == dst_be[1])
		return PS_REASON_MARTIAN;
	if ((bpf_be64_to_cpu(src_be[0]) >> 56) == 0xff)
		return PS_REASON_MARTIAN;
	if (ps_ipv6_is_local(src_be) || ps_ipv6_is_local(dst_be))
		return PS_REASON_MARTIAN;
	return PS_REASON_NONE;
}

static __always_inline __be64 ps_ipv4_word(__be32 addr_be)
{
	return bpf_htons(1) == 1 ? (__be64)addr_be << 32 : addr_be;
}

static __always_inline enum ps_reason ps_parse_ipv4(struct ps_cursor *cursor,
						    struct ps_packet *packet)
{
	struct iphdr *ip = cursor->pos;
	__u32 total, header;
	__u16 fragment;

	if ((void *)(ip + 1) > cursor->end)
		return PS_REASON_TRUNCATED;
	header = ip->ihl * 4;
	total = bpf_ntohs(ip->tot_len);
	if (!total) { /* BIG TCP inside the host, or a lie */
		if (cursor->left <= 0xffff)
			return PS_REASON_MALFORMED;
		total = cursor->left;
		cursor->jumbo = 1;
	}
	if (ip->version != 4 || header < sizeof(*ip) || header > total || header > cursor->left)
		return PS_REASON_MALFORMED;
	if (total > cursor->left)
		return PS_REASON_TRUNCATED;

	packet->family = PS_IPV4;
	packet->src.addr_be[0] = ps_ipv4_word(ip->saddr);
	packet->dst.addr_be[0] = ps_ipv4_word(ip->daddr);
	fragment = bpf_ntohs(ip->frag_off);
	cursor->fragment = fragment & PS_IPV4_MORE;
	cursor->ip_proto = ip->protocol;
	cursor->left = total - header;
	cursor->pos += header;
	if (fragment & PS_IPV4_OFFSET)
		return PS_REASON_FRAGMENT;
	return ps_judge_ipv4(ip->saddr, ip->daddr);
}

#define PS_EXT_PROTOS                                                                   \
	(1ULL << IPPROTO_HOPOPTS | 1ULL << IPPROTO_ROUTING | 1ULL << IPPROTO_FRAGMENT | \
	 1ULL << IPPROTO_DSTOPTS | 1ULL << IPPROTO_AH)

static __always_inline int ps_ext_is_known(__u8 proto)
{
	return proto < 64 && (PS_EXT_PROTOS >> proto & 1);
}

/* All bits set when equal, else 0: a comparison that stays free of branches. */
static __always_inline __u32 ps_mask_if_equal(__u32 a, __u32 b)
{
	__u32 mask = -(((a ^ b) - 1) >> 31);

	__asm__("" : "+r"(mask)); /* else the compiler sees through it */
	return mask;
}

/*
 * One extension header of any kind. Written without branches on the kind,
 * because the verifier follows each branch through all headers that follow:
 * 8 headers of 3 kinds cost it 460 000 instructions, this costs 10 000.
 */
static __always_inline enum ps_reason ps_parse_ext_header(struct ps_cursor *cursor)
{
	struct ps_ext_header *header = cursor->pos;
	__u32 is_fragment = ps_mask_if_equal(cursor->ip_proto, IPPROTO_FRAGMENT);
	__u32 is_ah = ps_mask_if_equal(cursor->ip_proto, IPPROTO_AH);
	__u32 size;

	if (cursor->left < sizeof(*header))
		return PS_REASON_MALFORMED;
	if ((void *)(header + 1) > cursor->end)
		return PS_REASON_TRUNCATED;
	size = ((header->len * 8 & ~is_ah) | (header->len * 4 & is_ah)) & ~is_fragment;
	size += sizeof(*header);
	__asm__("" : "+r"(size)); /* Linux 6.1 needs the bound said once more */
	size &= PS_EXT_BYTES_MASK;
	if (size > cursor->left)
		return PS_REASON_MALFORMED;
	cursor->fragment |= bpf_ntohs(header->offset) & PS_IPV6_FRAGMENT & is_fragment;
	cursor->ip_proto = header->next;
	cursor->left -= size;
	cursor->pos += size;
	return cursor->fragment & PS_IPV6_OFFSET ? PS_REASON_FRAGMENT : PS_REASON_NONE;
}

static __always_inline enum ps_reason ps_parse_ipv6(struct ps_cursor *cursor,
						    struct ps_packet *packet)
{
	struct ipv6hdr *ip = cursor->pos;
	enum ps_reason reason;
	__u32 payload;

	if ((void *)(ip + 1) > cursor->end)
		return PS_REASON_TRUNCATED;
	payload = bpf_ntohs(ip->payload_len);
	cursor->left -= sizeof(*ip);
	if (!payload && ip->nexthdr == IPPROTO_HOPOPTS) { /* jumbogram, RFC 2675 */
		payload = cursor->left;
		cursor->jumbo = 1;
	}
	if (ip->version != 6)
		return PS_REASON_MALFORMED;
	if (payload > cursor->left)
		return PS_REASON_TRUNCATED;

	packet->family = PS_IPV6;
	__builtin_memcpy(packet->src.addr_be, &ip->saddr, sizeof(ip->saddr));
	__builtin_memcpy(packet->dst.addr_be, &ip->daddr, sizeof(ip->daddr));
	cursor->ip_proto = ip->nexthdr;
	cursor->left = payload;
	cursor->pos = ip + 1;
	reason = ps_judge_ipv6(packet->src.addr_be, packet->dst.addr_be);
	if (reason)
		return reason;

	for (int i = 0; i <= PS_EXT_HEADERS; i++) {
		if (!ps_ext_is_known(cursor->ip_proto))
			return PS_REASON_NONE;
		if (i == PS_EXT_HEADERS)
			return PS_REASON_EXT_LIMIT;
		reason = ps_parse_ext_header(cursor);
		if (reason)
			return reason;
	}
	return PS_REASON_NONE;
}

static __always_inline enum ps_reason ps_parse_tcp(struct ps_cursor *cursor,
						   struct ps_packet *packet)
{
	struct tcphdr *tcp = cursor->pos;

	if (cursor->left < PS_TCP_MIN)
		return PS_REASON_MALFORMED;
	if ((void *)(tcp + 1) > cursor->end)
		return PS_REASON_TRUNCATED;
	if (tcp->doff * 4 < PS_TCP_MIN)
		return PS_REASON_MALFORMED;
	if (!cursor->fragment && (__u32)tcp->doff * 4 > cursor->left)
		return PS_REASON_MALFORMED;
	packet->proto = PS_TCP;
	packet->opens_flow = tcp->syn && !tcp->fin && !tcp->rst;
	return PS_REASON_NONE;
}

static __always_inline enum ps_reason ps_parse_udp(struct ps_cursor *cursor,
						   struct ps_packet *packet)
{
	struct udphdr *udp = cursor->pos;
	__u32 length;

	if (cursor->left < PS_UDP_MIN)
		return PS_REASON_MALFORMED;
	if ((void *)(udp + 1) > cursor->end)
		return PS_REASON_TRUNCATED;
	length = bpf_ntohs(udp->len);
	if (!cursor->fragment && length > cursor->left)
		return PS_REASON_MALFORMED;
	if (length < PS_UDP_MIN && !(cursor->jumbo && !length))
		return PS_REASON_MALFORMED;
	packet->proto = PS_UDP;
	packet->opens_flow = 1;
	return PS_REASON_NONE;
}

static __always_inline enum ps_reason ps_parse_sctp(struct ps_cursor *cursor,
						    struct ps_packet *packet)
{
	if (cursor->left < PS_SCTP_MIN)
		return PS_REASON_MALFORMED;
	packet->proto = PS_SCTP;
	packet->opens_flow = 1;
	return PS_REASON_NONE;
}

/* A first fragment may end within the transport header, but not within its ports. */
static __always_inline enum ps_reason ps_parse_short_transport(struct ps_cursor *cursor,
							       struct ps_packet *packet)
{
	if (cursor->left < PS_FIRST_FRAGMENT_MIN)
		return PS_REASON_FRAGMENT;
	packet->proto = cursor->ip_proto == IPPROTO_TCP ? PS_TCP : PS_SCTP;
	packet->opens_flow = packet->proto == PS_SCTP; /* a SYN may be out of sight */
	return PS_REASON_NONE;
}

static __always_inline enum ps_reason ps_parse_transport(struct ps_cursor *cursor,
							 struct ps_packet *packet)
{
	struct ps_ports *ports = cursor->pos;
	__u8 proto = cursor->ip_proto;
	enum ps_reason reason;

	if (proto != IPPROTO_TCP && proto != IPPROTO_UDP && proto != IPPROTO_SCTP)
		return PS_REASON_PROTOCOL;
	if (cursor->fragment && cursor->left < PS_TCP_MIN && proto != IPPROTO_UDP)
		reason = ps_parse_short_transport(cursor, packet);
	else if (proto == IPPROTO_TCP)
		reason = ps_parse_tcp(cursor, packet);
	else if (proto == IPPROTO_UDP)
		reason = ps_parse_udp(cursor, packet);
	else
		reason = ps_parse_sctp(cursor, packet);
	if (reason)
		return cursor->fragment && reason == PS_REASON_MALFORMED ? PS_REASON_FRAGMENT
									 : reason;
	if ((void *)(ports + 1) > cursor->end)
		return PS_REASON_TRUNCATED;
	packet->src.port = bpf_ntohs(ports->src);
	packet->dst.port = bpf_ntohs(ports->dst);
	return PS_REASON_NONE;
}

/*
 * Parses a frame that begins at @cursor into @packet, which must be zeroed.
 * @cursor->left is the length of the whole frame, bytes beyond @cursor->end
 * included. Returns PS_REASON_NONE when @packet names two endpoints.
 */
static __always_inline enum ps_reason ps_parse(struct ps_cursor *cursor, struct ps_packet *packet)
{
	enum ps_reason reason;
	__be16 proto_be = 0;

	reason = ps_parse_link(cursor, &proto_be);
	if (reason)
		return reason;
	if (proto_be == bpf_htons(ETH_P_IP))
		reason = ps_parse_ipv4(cursor, packet);
	else if (proto_be == bpf_htons(ETH_P_IPV6))
		reason = ps_parse_ipv6(cursor, packet);
	else
		return PS_REASON_NOT_IP;
	if (reason)
		return reason;
	return ps_parse_transport(cursor, packet);
}

/* Writes the link addresses of @target over those at @data; 0 or -1. */
static __always_inline int ps_relink(void *data, void *end, const struct ps_target *target)
{
	if (data + 2 * ETH_ALEN > end)
		return -1;
	__builtin_memcpy(data, target->dst_mac, ETH_ALEN);
	__builtin_memcpy(data + ETH_ALEN, target->src_mac, ETH_ALEN);
	return 0;
}

#endif
