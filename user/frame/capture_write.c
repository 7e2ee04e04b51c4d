// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Blocks of pcapng, in the byte order of this machine. See capture_write.h.
 */
#include <string.h>
#include "frame/capture_write.h"

#define SECTION 0x0a0d0d0a
#define INTERFACE 1
#define ENHANCED_PACKET 6
#define ORDER 0x1a2b3c4d
#define BLOCK_MIN 12
#define OPTION_COMMENT 1
#define OPTION_PROGRAM 4
#define OPTION_NAME 2
#define OPTION_RESOLUTION 9
#define OPTION_VERDICT 7
#define NANO 9 /* the resolution of all times */

static void put(FILE *file, const void *value, size_t size)
{
	fwrite(value, 1, size, file);
}

static void put16(FILE *file, __u16 value)
{
	put(file, &value, sizeof(value));
}

static void put32(FILE *file, __u32 value)
{
	put(file, &value, sizeof(value));
}

static size_t padded(size_t size)
{
	return (size + 3) / 4 * 4;
}

static void put_padded(FILE *file, const void *value, size_t size)
{
	static const __u8 zeros[4];

	put(file, value, size);
	put(file, zeros, padded(size) - size);
}

/* Bytes that an option takes; an empty one is left out. */
static size_t option_size(size_t size)
{
	return size ? 4 + padded(size) : 0;
}

static void put_option(FILE *file, __u16 code, const void *value, size_t size)
{
	if (!size)
		return;
	put16(file, code);
	put16(file, (__u16)size);
	put_padded(file, value, size);
}

static void put_end(FILE *file, __u32 total)
{
	put32(file, 0); /* of the options */
	put32(file, total);
}

static void begin(FILE *file, __u32 type, __u32 total)
{
	put32(file, type);
	put32(file, total);
}

void ps_capture_write_head(FILE *file, const char *program)
{
	static const __u64 unknown_length = ~0ULL;
	size_t length = strlen(program);
	__u32 total = (__u32)(BLOCK_MIN + 16 + option_size(length) + 4);

	begin(file, SECTION, total);
	put32(file, ORDER);
	put16(file, 1);
	put16(file, 0);
	put(file, &unknown_length, sizeof(unknown_length));
	put_option(file, OPTION_PROGRAM, program, length);
	put_end(file, total);
}

void ps_capture_write_interface(FILE *file, const struct ps_capture_interface *interface)
{
	static const __u8 resolution = NANO;
	size_t length = strlen(interface->name);
	__u32 total = (__u32)(BLOCK_MIN + 8 + option_size(length) + option_size(1) + 4);

	begin(file, INTERFACE, total);
	put16(file, (__u16)interface->link_type);
	put16(file, 0);
	put32(file, interface->snaplen);
	put_option(file, OPTION_NAME, interface->name, length);
	put_option(file, OPTION_RESOLUTION, &resolution, sizeof(resolution));
	put_end(file, total);
}

void ps_capture_write_frame(FILE *file, const struct ps_captured *captured,
			    const struct ps_capture_note *note)
{
	__u64 ticks = (__u64)captured->seconds * 1000000000 + captured->nanoseconds;
	const struct ps_frame *frame = &captured->frame;
	size_t comment = strlen(note->comment);
	__u8 verdict[9] = { note->judge == PS_JUDGE_XDP ? 2 : 1 };
	size_t size = note->judge == PS_JUDGE_NONE ? 0 : sizeof(verdict);
	__u32 total = (__u32)(BLOCK_MIN + 20 + padded(frame->readable) + option_size(comment) +
			      option_size(size) + 4);

	memcpy(verdict + 1, &note->verdict, sizeof(note->verdict));
	begin(file, ENHANCED_PACKET, total);
	put32(file, (__u32)captured->index);
	put32(file, (__u32)(ticks >> 32));
	put32(file, (__u32)ticks);
	put32(file, (__u32)frame->readable);
	put32(file, (__u32)frame->length);
	put_padded(file, frame->bytes, frame->readable);
	put_option(file, OPTION_COMMENT, note->comment, comment);
	put_option(file, OPTION_VERDICT, verdict, size);
	put_end(file, total);
}
