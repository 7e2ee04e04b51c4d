// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Link headers exchanged: raw IP has none, Linux cooked ones end or begin with the
 * EtherType. See capture_link.h.
 */
#include <string.h>
#include "frame/capture_link.h"

#define ETHERNET 1
#define LINK 14 /* bytes of its header */
#define IS_IPV4 0x0800
#define IS_IPV6 0x86dd

enum kind { UNKNOWN, PLAIN, RAW, RAW_IPV4, RAW_IPV6, COOKED, COOKED_2 };

static const struct {
	__u32 link_type;
	enum kind kind;
	const char *name;
} types[] = {
	{ ETHERNET, PLAIN, "Ethernet" }, { 12, RAW, "raw IP" },
	{ 14, RAW, "raw IP" },		 { 101, RAW, "raw IP" },
	{ 228, RAW_IPV4, "raw IPv4" },	 { 229, RAW_IPV6, "raw IPv6" },
	{ 113, COOKED, "Linux cooked" }, { 276, COOKED_2, "Linux cooked v2" },
	{ 0, UNKNOWN, "BSD loopback" },	 { 9, UNKNOWN, "PPP" },
	{ 105, UNKNOWN, "802.11" },	 { 108, UNKNOWN, "OpenBSD loopback" },
	{ 127, UNKNOWN, "radiotap" },	 { 147, UNKNOWN, "of private use" },
	{ 189, UNKNOWN, "USB" },	 { 195, UNKNOWN, "802.15.4" },
	{ 220, UNKNOWN, "USB" },	 { 227, UNKNOWN, "SocketCAN" },
	{ 253, UNKNOWN, "netlink" },
};

#define TYPES (sizeof(types) / sizeof(*types))

static size_t find(__u32 link_type)
{
	size_t at = 0;

	while (at < TYPES && types[at].link_type != link_type)
		at++;
	return at;
}

bool ps_link_is_known(__u32 link_type)
{
	size_t at = find(link_type);

	return at < TYPES && types[at].kind != UNKNOWN;
}

const char *ps_link_name(__u32 link_type)
{
	size_t at = find(link_type);

	return at < TYPES ? types[at].name : "";
}

/* Bytes before the packet, and where among them its EtherType is. */
static size_t header_of(enum kind kind, size_t *ret_type)
{
	*ret_type = kind == COOKED ? 14 : 0;
	return kind == COOKED ? 16 : kind == COOKED_2 ? 20 : 0;
}

static __u16 type_of(enum kind kind, const struct ps_frame *frame, size_t type_at)
{
	if (kind == COOKED || kind == COOKED_2)
		return (__u16)(frame->bytes[type_at] << 8 | frame->bytes[type_at + 1]);
	if (kind == RAW_IPV6)
		return IS_IPV6;
	if (kind == RAW && frame->readable && frame->bytes[0] >> 4 == 6)
		return IS_IPV6;
	return IS_IPV4;
}

struct ps_frame ps_link_ethernet(const struct ps_captured *captured)
{
	/* The frame begins 2 bytes behind a word, so that its IP header is aligned. */
	static __u8 room[2 + LINK + PS_FRAME_READABLE_MAX] __attribute__((aligned(4)));
	const struct ps_frame *frame = &captured->frame;
	enum kind kind = types[find(captured->interface->link_type)].kind;
	size_t type_at, header = header_of(kind, &type_at);
	__u8 *bytes = room + 2;
	__u16 type;

	if (kind == PLAIN)
		return *frame;
	if (frame->readable < header) /* not even that */
		return (struct ps_frame){ bytes, 0, 0 };
	type = type_of(kind, frame, type_at);
	bytes[12] = (__u8)(type >> 8);
	bytes[13] = (__u8)type;
	memcpy(bytes + LINK, frame->bytes + header, frame->readable - header);
	return (struct ps_frame){ bytes, LINK + frame->readable - header,
				  LINK + frame->length - header };
}
