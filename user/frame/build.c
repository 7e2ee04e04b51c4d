// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Headers, from the outermost in; checksums are made when all is there. See build.h.
 */
#include <string.h>
#include "frame/build.h"

#define TAG 4
#define IPV4 20
#define IPV6 40
#define TTL 64
#define MORE_IN_THE_TAG 0x8100 /* EtherTypes: 802.1Q, IPv4, IPv6 */
#define IS_IPV4 0x0800
#define IS_IPV6 0x86dd
#define WINDOW 64240

static const __u8 numbers[] = { [PS_TCP] = 6, [PS_UDP] = 17, [PS_SCTP] = 132 };

/* The header, and of SCTP an INIT chunk of the least size, which is what begins there. */
static size_t transport_size(enum ps_proto proto)
{
	static const __u8 sizes[] = { [PS_TCP] = 20, [PS_UDP] = 8, [PS_SCTP] = 12 + 20 };

	return sizes[proto];
}

static size_t link_size(const struct ps_frame_plan *plan)
{
	return PS_FRAME_LINK + (size_t)plan->vlans * TAG;
}

static size_t network_size(const struct ps_frame_plan *plan)
{
	return plan->family == PS_IPV4 ? IPV4 : IPV6;
}

size_t ps_frame_least(const struct ps_frame_plan *plan)
{
	return link_size(plan) + network_size(plan) + transport_size(plan->proto);
}

static void put16(__u8 *at, size_t value)
{
	at[0] = (__u8)(value >> 8);
	at[1] = (__u8)value;
}

static void put32(__u8 *at, __u32 value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

/* Of RFC 1071, not yet inverted, so that parts can be added. */
static __u32 sum(const __u8 *at, size_t size, __u32 start)
{
	for (size_t i = 0; i < size; i++)
		start += i & 1 ? at[i] : (__u32)at[i] << 8;
	return start;
}

static __u16 fold(__u32 total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return (__u16)~total;
}

static void put_link(const struct ps_frame_plan *plan, __u8 *at)
{
	static const __u8 to_from[12] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 };

	memcpy(at, to_from, sizeof(to_from));
	at += sizeof(to_from);
	for (int i = 0; i < plan->vlans; i++) {
		put16(at, MORE_IN_THE_TAG);
		put16(at + 2, plan->vlan[i]);
		at += TAG;
	}
	put16(at, plan->family == PS_IPV4 ? IS_IPV4 : IS_IPV6);
}

static void put_ipv4(const struct ps_frame_plan *plan, __u8 *at, size_t size)
{
	at[0] = 0x45;
	put16(at + 2, size);
	at[6] = 0x40; /* not to be fragmented */
	at[8] = TTL;
	at[9] = numbers[plan->proto];
	memcpy(at + 12, plan->source, 4);
	memcpy(at + 16, plan->destination, 4);
	put16(at + 10, fold(sum(at, IPV4, 0)));
}

static void put_ipv6(const struct ps_frame_plan *plan, __u8 *at, size_t size)
{
	at[0] = 0x60;
	put16(at + 4, size - IPV6);
	at[6] = numbers[plan->proto];
	at[7] = TTL;
	memcpy(at + 8, plan->source, 16);
	memcpy(at + 24, plan->destination, 16);
}

static __u32 pseudo_sum(const struct ps_frame_plan *plan, size_t size)
{
	size_t length = plan->family == PS_IPV4 ? 4 : 16;
	__u32 total = sum(plan->source, length, (__u32)size + numbers[plan->proto]);

	return sum(plan->destination, length, total);
}

static void put_tcp(const struct ps_frame_plan *plan, __u8 *at, size_t size)
{
	put32(at + 4, 1);
	at[12] = 5 << 4;
	at[13] = plan->tcp_flags;
	put16(at + 14, WINDOW);
	put16(at + 16, fold(sum(at, size, pseudo_sum(plan, size))));
}

static void put_udp(const struct ps_frame_plan *plan, __u8 *at, size_t size)
{
	__u16 checksum;

	put16(at + 4, size);
	checksum = fold(sum(at, size, pseudo_sum(plan, size)));
	put16(at + 6, checksum ?: 0xffff); /* 0 would mean that there is none */
}

static __u32 crc32c(const __u8 *at, size_t size)
{
	__u32 crc = ~0U;

	for (size_t i = 0; i < size; i++) {
		crc ^= at[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

/* The chunk takes all that there is. */
static void put_sctp(__u8 *at, size_t size)
{
	__u32 crc;

	at[12] = 1; /* INIT */
	put16(at + 14, size - 12);
	put32(at + 16, 1); /* tag */
	put32(at + 20, 65536); /* window */
	put16(at + 24, 1); /* streams out and in */
	put16(at + 26, 1);
	put32(at + 28, 1);
	crc = crc32c(at, size);
	for (int i = 0; i < 4; i++)
		at[8 + i] = (__u8)(crc >> 8 * i);
}

static void put_transport(const struct ps_frame_plan *plan, __u8 *at, size_t size)
{
	put16(at, plan->source_port);
	put16(at + 2, plan->destination_port);
	switch (plan->proto) {
	case PS_TCP:
		put_tcp(plan, at, size);
		break;
	case PS_UDP:
		put_udp(plan, at, size);
		break;
	default:
		put_sctp(at, size);
	}
}

size_t ps_frame_build(const struct ps_frame_plan *plan, __u8 bytes[PS_FRAME_MAX])
{
	size_t size = plan->length ?: ps_frame_least(plan), link = link_size(plan);
	size_t network = network_size(plan);

	memset(bytes, 0, size);
	put_link(plan, bytes);
	if (plan->family == PS_IPV4)
		put_ipv4(plan, bytes + link, size - link);
	else
		put_ipv6(plan, bytes + link, size - link);
	put_transport(plan, bytes + link + network, size - link - network);
	return size;
}
