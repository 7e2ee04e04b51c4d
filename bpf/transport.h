/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Ports and first bytes of TCP, UDP and SCTP, at a cursor that an IP header has
 * brought there: of whole packets, and of first fragments.
 */
#ifndef PORTSTEER_TRANSPORT_H
#define PORTSTEER_TRANSPORT_H

#include <linux/in.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include "cursor.h"
#include "header.h"

#define PS_FIRST_FRAGMENT_MIN 8 /* bytes of transport header, RFC 1858 */
#define PS_TCP_MIN 20
#define PS_UDP_MIN 8
#define PS_SCTP_MIN 12

static __always_inline void ps_take_ports(const struct ps_ports *ports, struct ps_packet *packet)
{
	packet->src.port = bpf_ntohs(ports->src);
	packet->dst.port = bpf_ntohs(ports->dst);
}

static __always_inline enum ps_reason ps_parse_tcp(struct ps_cursor *cursor,
						   struct ps_packet *packet)
{
	struct tcphdr room, *tcp;

	if (cursor->left < PS_TCP_MIN)
		return PS_REASON_MALFORMED;
	tcp = ps_peek(cursor, &room, sizeof(*tcp));
	if (!tcp)
		return ps_missing(cursor, sizeof(*tcp));
	if (tcp->doff * 4 < PS_TCP_MIN)
		return PS_REASON_MALFORMED;
	if (!cursor->fragment && (__u32)tcp->doff * 4 > cursor->left)
		return PS_REASON_MALFORMED;
	packet->proto = PS_TCP;
	packet->opens_flow = tcp->syn && !tcp->fin && !tcp->rst;
	ps_take_ports((void *)tcp, packet);
	return PS_REASON_NONE;
}

/* Length 0 is that of the packet: Linux allows it in every IPv6 packet. */
static __always_inline int ps_udp_may_be_unsized(const struct ps_cursor *cursor,
						 const struct ps_packet *packet)
{
	return packet->family == PS_IPV6 || cursor->jumbo;
}

static __always_inline enum ps_reason ps_parse_udp(struct ps_cursor *cursor,
						   struct ps_packet *packet)
{
	struct udphdr room, *udp;
	__u32 length;

	if (cursor->left < PS_UDP_MIN)
		return PS_REASON_MALFORMED;
	udp = ps_peek(cursor, &room, sizeof(*udp));
	if (!udp)
		return ps_missing(cursor, sizeof(*udp));
	length = bpf_ntohs(udp->len);
	if (!cursor->fragment && length > cursor->left)
		return PS_REASON_MALFORMED;
	if (length < PS_UDP_MIN && (length || !ps_udp_may_be_unsized(cursor, packet)))
		return PS_REASON_MALFORMED;
	packet->proto = PS_UDP;
	packet->opens_flow = 1;
	ps_take_ports((void *)udp, packet);
	return PS_REASON_NONE;
}

/* Of a header that the packet may cut off behind its ports, nothing else is looked at. */
static __always_inline enum ps_reason ps_parse_ports(struct ps_cursor *cursor,
						     struct ps_packet *packet, enum ps_proto proto)
{
	struct ps_ports room, *ports = ps_peek(cursor, &room, sizeof(*ports));

	if (!ports)
		return ps_missing(cursor, sizeof(*ports));
	packet->proto = proto;
	packet->opens_flow = proto == PS_SCTP; /* a SYN may be out of sight */
	ps_take_ports(ports, packet);
	return PS_REASON_NONE;
}

static __always_inline enum ps_reason ps_parse_sctp(struct ps_cursor *cursor,
						    struct ps_packet *packet)
{
	if (cursor->left < PS_SCTP_MIN)
		return PS_REASON_MALFORMED;
	return ps_parse_ports(cursor, packet, PS_SCTP);
}

/* A first fragment may end within the transport header, but not within its ports. */
static __always_inline enum ps_reason ps_parse_first_fragment(struct ps_cursor *cursor,
							      struct ps_packet *packet)
{
	__u8 proto = cursor->ip_proto;
	enum ps_reason reason;

	if (proto == IPPROTO_UDP)
		reason = ps_parse_udp(cursor, packet);
	else if (proto == IPPROTO_TCP && cursor->left >= PS_TCP_MIN)
		reason = ps_parse_tcp(cursor, packet);
	else if (proto != IPPROTO_TCP && proto != IPPROTO_SCTP)
		return PS_REASON_PROTOCOL;
	else if (cursor->left < PS_FIRST_FRAGMENT_MIN)
		return PS_REASON_FRAGMENT;
	else
		return ps_parse_ports(cursor, packet, proto == IPPROTO_TCP ? PS_TCP : PS_SCTP);
	return reason == PS_REASON_MALFORMED ? PS_REASON_FRAGMENT : reason;
}

/* Of a packet in one piece. */
static __always_inline enum ps_reason ps_parse_whole(struct ps_cursor *cursor,
						     struct ps_packet *packet)
{
	if (cursor->ip_proto == IPPROTO_TCP)
		return ps_parse_tcp(cursor, packet);
	if (cursor->ip_proto == IPPROTO_UDP)
		return ps_parse_udp(cursor, packet);
	if (cursor->ip_proto == IPPROTO_SCTP)
		return ps_parse_sctp(cursor, packet);
	return PS_REASON_PROTOCOL;
}

static __always_inline enum ps_reason ps_parse_transport(struct ps_cursor *cursor,
							 struct ps_packet *packet)
{
	return cursor->fragment ? ps_parse_first_fragment(cursor, packet)
				: ps_parse_whole(cursor, packet);
}

#endif
