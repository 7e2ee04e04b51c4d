/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where a parser is in a frame, and how it looks at the next header: in its place,
 * or, when it is not there, at a copy. Who includes it defines ps_load().
 */
#ifndef PORTSTEER_CURSOR_H
#define PORTSTEER_CURSOR_H

#include "side.h"

/* A reason of the parser only: ask again, for copies. */
#define PS_REASON_NOT_HERE PS_REASON_COUNT_OF

struct ps_cursor {
	void *pos; /* next header */
	void *end; /* of the bytes that can be read there */
	void *frame; /* for ps_load() */
	__u32 at; /* of the next header in the frame */
	__u32 left; /* bytes from there that the frame, later the IP length, grants */
	__u8 is_copied; /* headers are read by ps_load(); a constant for the compiler */
	__u8 is_part; /* the frame may go on behind what is left; a constant as well */
	__u8 vlan_tags; /* seen so far, those taken off by the device included */
	__u8 ip_proto; /* IPPROTO_* of the next header */
	__u16 fragment; /* not 0: the first of several */
	__u8 jumbo; /* length is the frame's, RFC 2675 or BIG TCP */
};

/* Copies @size bytes that are @at bytes into @frame; 0, or not when they cannot be read. */
static long ps_load(void *frame, __u32 at, void *to, __u32 size);

/* The next @size bytes, in their place or in @room; NULL when they cannot be read. */
static __always_inline void *ps_peek(struct ps_cursor *cursor, void *room, __u32 size)
{
	if (cursor->is_copied)
		return ps_load(cursor->frame, cursor->at, room, size) ? 0 : room;
	return cursor->pos + size > cursor->end ? 0 : cursor->pos;
}

static __always_inline void ps_advance(struct ps_cursor *cursor, __u32 size)
{
	cursor->pos += size;
	cursor->at += size;
	cursor->left -= size;
}

/* Why @size bytes are not left, or ps_peek() did not find them. */
static __always_inline enum ps_reason ps_missing(const struct ps_cursor *cursor, __u32 size)
{
	if (cursor->is_part)
		return PS_REASON_NOT_HERE;
	if (cursor->left < size)
		return PS_REASON_TRUNCATED;
	return cursor->is_copied ? PS_REASON_UNREADABLE : PS_REASON_NOT_HERE;
}

#endif
