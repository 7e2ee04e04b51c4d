// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * bpf/packet.h as it is. A file of its own, because helpers of BPF programs are called
 * as functions of libbpf are. See judge.h.
 */
#include <stdint.h>
#include <string.h>
#include <bpf/packet.h>
#include "observe/judge.h"

/* Nothing is copied: all that there is can be read in its place. */
static long ps_load(void *frame, __u32 at, void *to, __u32 size)
{
	(void)frame;
	(void)at;
	(void)to;
	(void)size;
	return -1;
}

/*
 * Where the IP header is aligned to four bytes, as the kernel has it, and as the programs, which
 * read words, are compiled for.
 */
static const __u8 *align(const __u8 *bytes, size_t size)
{
	static __u8 room[PS_FRAME_READABLE_MAX + 16] __attribute__((aligned(4)));

	if ((uintptr_t)bytes % 4 == 2)
		return bytes;
	memcpy(room + 2, bytes, size);
	return room + 2;
}

void ps_judge(const struct ps_frame *frame, struct ps_judged *ret)
{
	const __u8 *aligned = align(frame->bytes, frame->readable);
	struct ps_packet packet = {};
	struct ps_cursor cursor = {
		.pos = (void *)aligned,
		.end = (void *)aligned + frame->readable,
		.left = (__u32)frame->length,
	};
	struct ps_judged judged = { .reason = ps_parse(&cursor, &packet) };

	judged.family = packet.family;
	judged.proto = packet.proto;
	judged.source_port = packet.src.port;
	judged.destination_port = packet.dst.port;
	memcpy(judged.source, packet.src.addr_be, sizeof(judged.source));
	memcpy(judged.destination, packet.dst.addr_be, sizeof(judged.destination));
	*ret = judged;
}
