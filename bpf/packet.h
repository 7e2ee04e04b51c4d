/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Bytes of a frame to the endpoints that it names, or the reason why it names
 * none. The only file with packet pointers, beside cursor.h and transport.h below it:
 * each step takes the cursor, peeks at a header, reads, and moves on. Knows no map
 * and no verdict; the fuzzers build it natively.
 *
 * It is compiled twice: for what can be read in place, and, when a header is not
 * there, for a copy of each header.
 */
#ifndef PORTSTEER_PACKET_H
#define PORTSTEER_PACKET_H

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include "transport.h"

#define PS_VLAN_TAGS 2
#define PS_EXT_HEADERS 8
#define PS_EXT_BYTES_MASK 0xfff /* the longest has 8 + 255 * 8 */

#define PS_IPV4_PLAIN 0x45 /* version, and a header without options */
#define PS_IPV4_OFFSET 0x1fff
#define PS_IPV4_MORE 0x2000
#define PS_IPV6_OFFSET 0xfff8
#define PS_IPV6_FRAGMENT 0xfff9 /* offset and M; neither: atomic, RFC 6946 */

/*
 * Whom the frame is for on the link does not matter: Linux hands IP packets of
 * multicast and broadcast frames to sockets as well.
 */
static __always_inline enum ps_reason ps_parse_link(struct ps_cursor *cursor, __be16 *ret_proto)
{
	struct ps_link room, *link = ps_peek(cursor, &room, sizeof(*link));
	__be16 proto;

	if (!link)
		return ps_missing(cursor, sizeof(*link));
	proto = link->proto;
	ps_advance(cursor, sizeof(*link));

	for (int i = 0; i <= PS_VLAN_TAGS; i++) {
		struct ps_vlan tag, *vlan;

		if (proto != bpf_htons(ETH_P_8021Q) && proto != bpf_htons(ETH_P_8021AD))
			break;
		if (++cursor->vlan_tags > PS_VLAN_TAGS)
			return PS_REASON_VLAN_LIMIT;
		vlan = ps_peek(cursor, &tag, sizeof(*vlan));
		if (!vlan)
			return ps_missing(cursor, sizeof(*vlan));
		proto = vlan->proto;
		ps_advance(cursor, sizeof(*vlan));
	}
	*ret_proto = proto;
	return PS_REASON_NONE;
}

static __always_inline enum ps_reason ps_parse_ipv4(struct ps_cursor *cursor,
						    struct ps_packet *packet)
{
	struct iphdr room, *ip = ps_peek(cursor, &room, sizeof(*ip));
	__u32 total, header;
	__u16 fragment;

	if (!ip)
		return ps_missing(cursor, sizeof(*ip));
	header = ip->ihl * 4;
	total = bpf_ntohs(ip->tot_len);
	if (!total) { /* BIG TCP inside the host, or a lie */
		if (cursor->is_part)
			return PS_REASON_NOT_HERE;
		if (cursor->left <= 0xffff)
			return PS_REASON_MALFORMED;
		total = cursor->left;
		cursor->jumbo = 1;
	}
	if (ip->version != 4 || header < sizeof(*ip) || header > total)
		return PS_REASON_MALFORMED;
	if (header > cursor->left && !cursor->is_part)
		return PS_REASON_MALFORMED;
	if (total > cursor->left)
		return ps_missing(cursor, total);

	packet->family = PS_IPV4;
	packet->src.addr_be[0] = ps_ipv4_word(ip->saddr);
	packet->dst.addr_be[0] = ps_ipv4_word(ip->daddr);
	fragment = bpf_ntohs(ip->frag_off);
	cursor->fragment = fragment & PS_IPV4_MORE;
	cursor->ip_proto = ip->protocol;
	cursor->left = total;
	ps_advance(cursor, header);
	if (fragment & PS_IPV4_OFFSET)
		return PS_REASON_FRAGMENT;
	return ps_judge_ipv4(ip->daddr);
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
 * A chain that ends within a header. In a first fragment it may go on in the next
 * one: Linux takes such packets when more than one header is cut off.
 */
static __always_inline enum ps_reason ps_cut_chain(const struct ps_cursor *cursor)
{
	return cursor->fragment ? PS_REASON_UNREADABLE : PS_REASON_MALFORMED;
}

/*
 * One extension header of any kind. Written without branches on the kind,
 * because the verifier follows each branch through all headers that follow:
 * 8 headers of 3 kinds cost it 460 000 instructions, this costs 10 000.
 */
static __always_inline enum ps_reason ps_parse_ext_header(struct ps_cursor *cursor)
{
	struct ps_ext_header room, *header;
	__u32 is_fragment = ps_mask_if_equal(cursor->ip_proto, IPPROTO_FRAGMENT);
	__u32 is_ah = ps_mask_if_equal(cursor->ip_proto, IPPROTO_AH);
	__u32 size;

	if (cursor->left < sizeof(*header))
		return ps_cut_chain(cursor);
	header = ps_peek(cursor, &room, sizeof(*header));
	if (!header)
		return ps_missing(cursor, sizeof(*header));
	size = ((header->len * 8 & ~is_ah) | (header->len * 4 & is_ah)) & ~is_fragment;
	size += sizeof(*header);
	__asm__("" : "+r"(size)); /* Linux 6.1 needs the bound said once more */
	size &= PS_EXT_BYTES_MASK;
	if (size > cursor->left)
		return ps_cut_chain(cursor);
	cursor->fragment |= bpf_ntohs(header->offset) & PS_IPV6_FRAGMENT & is_fragment;
	cursor->ip_proto = header->next;
	ps_advance(cursor, size);
	return cursor->fragment & PS_IPV6_OFFSET ? PS_REASON_FRAGMENT : PS_REASON_NONE;
}

/* What payload length 0 means: a jumbogram, RFC 2675, or BIG TCP inside the host. */
static __always_inline int ps_is_jumbo(__u8 next, __u32 left)
{
	return next == IPPROTO_HOPOPTS || left > 0xffff;
}

static __always_inline enum ps_reason ps_parse_ipv6(struct ps_cursor *cursor,
						    struct ps_packet *packet)
{
	struct ipv6hdr room, *ip = ps_peek(cursor, &room, sizeof(*ip));
	enum ps_reason reason;
	__u32 payload;

	if (!ip)
		return ps_missing(cursor, sizeof(*ip));
	payload = bpf_ntohs(ip->payload_len);
	ps_advance(cursor, sizeof(*ip));
	if (!payload && cursor->is_part)
		return PS_REASON_NOT_HERE;
	if (!payload && ps_is_jumbo(ip->nexthdr, cursor->left)) {
		payload = cursor->left;
		cursor->jumbo = 1;
	}
	if (ip->version != 6)
		return PS_REASON_MALFORMED;
	if (payload > cursor->left)
		return ps_missing(cursor, payload);

	packet->family = PS_IPV6;
	__builtin_memcpy(packet->src.addr_be, &ip->saddr, sizeof(ip->saddr));
	__builtin_memcpy(packet->dst.addr_be, &ip->daddr, sizeof(ip->daddr));
	cursor->ip_proto = ip->nexthdr;
	cursor->left = payload;
	reason = ps_judge_ipv6(packet->dst.addr_be);
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

/* Parses a packet of the protocol @proto_be, an EtherType, that begins at @cursor. */
static __always_inline enum ps_reason ps_parse_network(struct ps_cursor *cursor, __be16 proto_be,
						       struct ps_packet *packet)
{
	enum ps_reason reason;

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

/*
 * What nearly every frame is: IPv4 without options, untagged, in one piece, to an
 * address that is steered. Moves on behind that, to the transport; or 0: perhaps it is
 * not plain, and the cursor stands where it was.
 */
static __always_inline int ps_parse_plain_ipv4(struct ps_cursor *cursor, struct ps_packet *packet)
{
	struct ps_link *link = cursor->pos;
	struct iphdr *ip = (void *)(link + 1);
	__u32 total;

	if ((void *)(ip + 1) > cursor->end || link->proto != bpf_htons(ETH_P_IP))
		return 0;
	if (*(__u8 *)ip != PS_IPV4_PLAIN || ip->frag_off & bpf_htons(PS_IPV4_MORE | PS_IPV4_OFFSET))
		return 0;
	total = bpf_ntohs(ip->tot_len);
	if (total < sizeof(*ip) || total > cursor->left - sizeof(*link) || ps_judge_ipv4(ip->daddr))
		return 0;
	packet->family = PS_IPV4;
	packet->src.addr_be[0] = ps_ipv4_word(ip->saddr);
	packet->dst.addr_be[0] = ps_ipv4_word(ip->daddr);
	cursor->ip_proto = ip->protocol;
	cursor->left = total - sizeof(*ip);
	cursor->pos = ip + 1;
	return 1;
}

/* The same for IPv6 without extension headers, with TCP or UDP. */
static __always_inline int ps_parse_plain_ipv6(struct ps_cursor *cursor, struct ps_packet *packet)
{
	struct ps_link *link = cursor->pos;
	struct ipv6hdr *ip = (void *)(link + 1);
	__u32 payload;

	if ((void *)(ip + 1) > cursor->end || link->proto != bpf_htons(ETH_P_IPV6))
		return 0;
	if (ip->version != 6 || (ip->nexthdr != IPPROTO_TCP && ip->nexthdr != IPPROTO_UDP))
		return 0;
	payload = bpf_ntohs(ip->payload_len);
	if (!payload || payload > cursor->left - sizeof(*link) - sizeof(*ip))
		return 0;
	__builtin_memcpy(packet->src.addr_be, &ip->saddr, sizeof(ip->saddr));
	__builtin_memcpy(packet->dst.addr_be, &ip->daddr, sizeof(ip->daddr));
	if (ps_judge_ipv6(packet->dst.addr_be))
		return 0;
	packet->family = PS_IPV6;
	cursor->ip_proto = ip->nexthdr;
	cursor->left = payload;
	cursor->pos = ip + 1;
	return 1;
}

/* Any frame. It judges those that are not plain, and the others are judged as it does. */
static __always_inline enum ps_reason ps_parse_any(struct ps_cursor *cursor,
						   struct ps_packet *packet)
{
	enum ps_reason reason;
	__be16 proto_be = 0;

	reason = ps_parse_link(cursor, &proto_be);
	if (reason)
		return reason;
	return ps_parse_network(cursor, proto_be, packet);
}

/*
 * Parses a frame that begins at @cursor into @packet, which must be zeroed.
 * @cursor->left is the length of the whole frame, bytes beyond @cursor->end
 * included; or less, with is_part. Returns PS_REASON_NONE when @packet names two
 * endpoints, and PS_REASON_NOT_HERE when a header has to be copied, or the whole
 * length decides: a new try, by ps_parse_any(), with that and is_copied.
 */
static __always_inline enum ps_reason ps_parse(struct ps_cursor *cursor, struct ps_packet *packet)
{
	if (ps_parse_plain_ipv4(cursor, packet))
		return ps_parse_whole(cursor, packet);
	if (ps_parse_plain_ipv6(cursor, packet))
		return ps_parse_whole(cursor, packet);
	return ps_parse_any(cursor, packet);
}

/* As ps_parse(), a packet without a link header, which begins with IP of a version that it says. */
static __always_inline enum ps_reason ps_parse_unlinked(struct ps_cursor *cursor,
							struct ps_packet *packet)
{
	__u8 room, *version = ps_peek(cursor, &room, sizeof(room));

	if (!version)
		return ps_missing(cursor, sizeof(room));
	return ps_parse_network(cursor, bpf_htons(*version >> 4 == 6 ? ETH_P_IPV6 : ETH_P_IP),
				packet);
}

#endif
