// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A walk through the headers of a frame. See view.h.
 */
#include <string.h>
#include "frame/view.h"

#define LINK 14
#define TAG 4
#define TAGS_MAX 64
#define EXTENSIONS_MAX 64
#define HOP_BY_HOP 0
#define ROUTING 43
#define FRAGMENT 44
#define AH 51
#define DESTINATION 60

/* What is left of it, and of what its IP header grants. */
struct walk {
	const __u8 *bytes;
	size_t at, end;
	__u8 next; /* protocol of the next header */
	bool is_later; /* a fragment, but not the first */
};

static __u16 get16(const __u8 *at)
{
	return (__u16)(at[0] << 8 | at[1]);
}

static bool has(const struct walk *walk, size_t size)
{
	return walk->end - walk->at >= size;
}

/* Moves behind all tags; the EtherType that is there, 0: none. */
static __u16 walk_link(struct walk *walk, struct ps_view *view)
{
	__u16 type;

	if (!has(walk, LINK))
		return 0;
	type = get16(walk->bytes + 12);
	walk->at = LINK;
	for (int i = 0; i < TAGS_MAX && (type == 0x8100 || type == 0x88a8); i++) {
		const __u8 *tag = walk->bytes + walk->at;

		if (!has(walk, TAG))
			return 0;
		if (view->vlans < PS_VIEW_VLANS)
			view->vlan[view->vlans++] = get16(tag) & 0xfff;
		type = get16(tag + 2);
		walk->at += TAG;
	}
	return type;
}

/* The IP packet has @size bytes from here on, when there are as many. */
static void limit(struct walk *walk, size_t size)
{
	if (walk->end - walk->at > size)
		walk->end = walk->at + size;
}

/* 1: there is a header, and behind it what walk->next says. */
static int walk_ipv4(struct walk *walk, struct ps_view *view)
{
	const __u8 *ip = walk->bytes + walk->at;
	size_t header;

	if (!has(walk, 20) || ip[0] >> 4 != 4)
		return 0;
	view->family = PS_IPV4;
	view->network = walk->at;
	memcpy(view->source, ip + 12, 4);
	memcpy(view->destination, ip + 16, 4);
	header = (ip[0] & 15) * 4U;
	if (get16(ip + 2)) /* else it is as long as the frame */
		limit(walk, get16(ip + 2));
	walk->is_later = get16(ip + 6) & 0x1fff;
	walk->next = ip[9];
	if (header < 20 || !has(walk, header))
		return 0;
	walk->at += header;
	return 1;
}

static bool is_extension(__u8 next)
{
	return next == HOP_BY_HOP || next == ROUTING || next == FRAGMENT || next == AH ||
	       next == DESTINATION;
}

static int walk_extensions(struct walk *walk)
{
	for (int i = 0; i < EXTENSIONS_MAX && is_extension(walk->next); i++) {
		const __u8 *header = walk->bytes + walk->at;
		size_t size = 8;

		if (!has(walk, 8))
			return 0;
		if (walk->next == AH)
			size += header[1] * 4U;
		else if (walk->next != FRAGMENT)
			size += header[1] * 8U;
		else
			walk->is_later |= (get16(header + 2) & 0xfff8) != 0;
		walk->next = header[0];
		if (!has(walk, size) || walk->is_later)
			return walk->is_later;
		walk->at += size;
	}
	return 1;
}

static int walk_ipv6(struct walk *walk, struct ps_view *view)
{
	const __u8 *ip = walk->bytes + walk->at;

	if (!has(walk, 40) || ip[0] >> 4 != 6)
		return 0;
	view->family = PS_IPV6;
	view->network = walk->at;
	memcpy(view->source, ip + 8, 16);
	memcpy(view->destination, ip + 24, 16);
	walk->next = ip[6];
	walk->at += 40;
	if (get16(ip + 4)) /* else it is as long as the frame */
		limit(walk, get16(ip + 4));
	return walk_extensions(walk);
}

static void see_transport(const struct walk *walk, struct ps_view *view)
{
	const __u8 *ports = walk->bytes + walk->at;

	view->proto = walk->next == 6	  ? PS_TCP
		      : walk->next == 17  ? PS_UDP
		      : walk->next == 132 ? PS_SCTP
					  : PS_NO_PROTO;
	if (view->proto == PS_NO_PROTO || walk->is_later || !has(walk, 4))
		return;
	view->transport = walk->at;
	view->has_ports = true;
	view->source_port = get16(ports);
	view->destination_port = get16(ports + 2);
}

void ps_view_frame(const __u8 *bytes, size_t size, struct ps_view *ret)
{
	struct walk walk = { .bytes = bytes, .end = size };
	struct ps_view view = {};
	__u16 type = walk_link(&walk, &view);
	int is_found = type == 0x0800	? walk_ipv4(&walk, &view)
		       : type == 0x86dd ? walk_ipv6(&walk, &view)
					: 0;

	if (is_found)
		see_transport(&walk, &view);
	*ret = view;
}
