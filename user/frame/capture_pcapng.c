// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Blocks of pcapng. Those that hold no frames are skipped; a section begins anew, in
 * a byte order of its own. See capture_read.h.
 */
#include <string.h>
#include "base/memory.h"
#include "frame/internal.h"

#define SECTION 0x0a0d0d0a /* types of blocks */
#define INTERFACE 1
#define PACKET 2 /* obsolete */
#define SIMPLE_PACKET 3
#define ENHANCED_PACKET 6
#define ORDER 0x1a2b3c4d
#define BLOCK_MIN 12
#define SECTION_MIN 28
#define INTERFACES_MAX 1024 /* of a section, and different ones: each is compared with all */
#define OPTION_NAME 2
#define OPTION_RESOLUTION 9
#define OPTION_OFFSET 14

/* A block without its lengths. */
struct block {
	__u32 type;
	const __u8 *body;
	size_t kept; /* bytes of it that were read */
	__u32 size; /* of it */
};

static int say_end(struct ps_capture *capture, int result, struct ps_error *error)
{
	return result > 0 ? ps_capture_damaged(capture, "the file ends within it", error) : result;
}

/* What is behind the body: the length once more. */
static int read_trailer(struct ps_capture *capture, __u32 total, struct ps_error *error)
{
	__u8 trailer[4];
	int result = ps_capture_read(capture, trailer, sizeof(trailer), error);

	if (result)
		return say_end(capture, result, error);
	if (ps_capture_32(capture, trailer) != total)
		return ps_capture_damaged(capture, "its two lengths differ", error);
	return 0;
}

static int check_length(struct ps_capture *capture, __u32 type, __u32 total, struct ps_error *error)
{
	if (total < (type == SECTION ? SECTION_MIN : BLOCK_MIN))
		return ps_capture_damaged(capture, "a length that is too short for a block", error);
	if (total % 4)
		return ps_capture_damaged(capture, "a length that is not a multiple of 4", error);
	return 0;
}

/* The body, of which so much as anybody looks at is kept, and its end. */
static int read_body(struct ps_capture *capture, __u32 total, size_t done, struct block *block,
		     struct ps_error *error)
{
	__u8 *body = capture->kept + 2;
	int result;

	block->size = total - BLOCK_MIN;
	block->kept = block->size < PS_BLOCK_KEPT ? block->size : PS_BLOCK_KEPT;
	block->body = body;
	result = ps_capture_read(capture, body + done, block->kept - done, error);
	if (result)
		return say_end(capture, result, error);
	if (ps_capture_skip(capture, block->size - block->kept, error))
		return -1;
	return read_trailer(capture, total, error);
}

/* A section whose type and length were read; the order of its bytes is not known before. */
static int begin_section(struct ps_capture *capture, const __u8 *length, struct ps_error *error)
{
	__u8 *body = capture->kept + 2;
	struct block block = { .type = SECTION };
	int result = ps_capture_read(capture, body, 4, error);
	__u32 total;

	if (result)
		return say_end(capture, result, error);
	capture->is_swapped = false;
	capture->is_swapped = ps_capture_32(capture, body) != ORDER;
	if (ps_capture_32(capture, body) != ORDER)
		return ps_capture_damaged(capture, "a section without its byte order", error);
	total = ps_capture_32(capture, length);
	if (check_length(capture, SECTION, total, error) ||
	    read_body(capture, total, 4, &block, error))
		return -1;
	if (ps_capture_16(capture, body + 4) != 1)
		return ps_capture_damaged(capture, "a version of pcapng that is not known", error);
	capture->section_count = 0;
	return 0;
}

int ps_pcapng_open(struct ps_capture *capture, const __u8 head[8], struct ps_error *error)
{
	capture->is_pcapng = true;
	return begin_section(capture, head + 4, error);
}

static void take_option(const struct ps_capture *capture, __u16 code, const __u8 *value,
			size_t size, struct ps_capture_interface *interface)
{
	if (code == OPTION_NAME) {
		size_t length = size < PS_CAPTURE_NAME ? size : PS_CAPTURE_NAME - 1;

		memset(interface->name, 0, sizeof(interface->name));
		memcpy(interface->name, value, length);
	} else if (code == OPTION_RESOLUTION && size == 1) {
		interface->resolution = value[0];
	} else if (code == OPTION_OFFSET && size == 8) {
		interface->offset = (__s64)ps_capture_64(capture, value);
	}
}

static void take_options(const struct ps_capture *capture, const struct block *block, size_t at,
			 struct ps_capture_interface *interface)
{
	while (block->kept - at >= 4) {
		__u16 code = ps_capture_16(capture, block->body + at);
		size_t size = ps_capture_16(capture, block->body + at + 2);

		if (!code || size > block->kept - at - 4)
			return;
		take_option(capture, code, block->body + at + 4, size, interface);
		at += 4 + (size + 3) / 4 * 4;
		if (at > block->kept)
			return;
	}
}

static int add_interface(struct ps_capture *capture, const struct block *block,
			 struct ps_error *error)
{
	struct ps_capture_interface interface = { .resolution = 6 };

	if (block->size < 8)
		return ps_capture_damaged(capture, "a block that is too short for its kind", error);
	if (capture->section_count == INTERFACES_MAX || capture->interfaces == INTERFACES_MAX)
		return ps_capture_damaged(capture, "an interface beyond the 1024 that are read",
					  error);
	interface.link_type = ps_capture_16(capture, block->body);
	interface.snaplen = ps_capture_32(capture, block->body + 4);
	take_options(capture, block, 8, &interface);
	capture->section = ps_memory_grow(capture->section, capture->section_count,
					  &capture->section_room, sizeof(*capture->section));
	capture->section[capture->section_count++] = ps_capture_add_interface(capture, &interface);
	return 0;
}

/* Where a frame is in its block. */
struct packet {
	__u32 interface;
	size_t at; /* its bytes */
	__u32 size, length;
	bool has_time;
	__u64 ticks;
};

static int take_packet(struct ps_capture *capture, const struct block *block,
		       const struct packet *packet, struct ps_captured *ret, struct ps_error *error)
{
	size_t index;

	if (packet->interface >= capture->section_count)
		return ps_capture_damaged(capture, "a frame of an interface that was not described",
					  error);
	if (packet->size > PS_FRAME_READABLE_MAX)
		return ps_capture_damaged(capture, "a frame of more than 262144 bytes", error);
	if (packet->size > block->size - packet->at)
		return ps_capture_damaged(capture, "a frame that is longer than its block", error);
	index = capture->section[packet->interface];
	ps_capture_fill(capture, index, block->body + packet->at, packet->size, packet->length,
			ret);
	if (packet->has_time)
		ps_capture_set_time(&capture->interface[index], packet->ticks, ret);
	return 1;
}

static int next_enhanced(struct ps_capture *capture, const struct block *block,
			 struct ps_captured *ret, struct ps_error *error)
{
	const __u8 *body = block->body;
	struct packet packet = { .at = 20, .has_time = true };

	if (block->size < packet.at)
		return ps_capture_damaged(capture, "a block that is too short for its kind", error);
	packet.interface =
		block->type == PACKET ? ps_capture_16(capture, body) : ps_capture_32(capture, body);
	packet.ticks =
		(__u64)ps_capture_32(capture, body + 4) << 32 | ps_capture_32(capture, body + 8);
	packet.size = ps_capture_32(capture, body + 12);
	packet.length = ps_capture_32(capture, body + 16);
	return take_packet(capture, block, &packet, ret, error);
}

/* It says how long the frame was, and fills its block, as far as the interface captures. */
static int next_simple(struct ps_capture *capture, const struct block *block,
		       struct ps_captured *ret, struct ps_error *error)
{
	struct packet packet = { .at = 4 };
	__u32 snaplen = 0;

	if (block->size < packet.at)
		return ps_capture_damaged(capture, "a block that is too short for its kind", error);
	if (capture->section_count)
		snaplen = capture->interface[capture->section[0]].snaplen;
	packet.length = ps_capture_32(capture, block->body);
	packet.size = packet.length;
	if (snaplen && packet.size > snaplen)
		packet.size = snaplen;
	return take_packet(capture, block, &packet, ret, error);
}

static int take_block(struct ps_capture *capture, const struct block *block,
		      struct ps_captured *ret, struct ps_error *error)
{
	switch (block->type) {
	case INTERFACE:
		return add_interface(capture, block, error);
	case PACKET:
	case ENHANCED_PACKET:
		return next_enhanced(capture, block, ret, error);
	case SIMPLE_PACKET:
		return next_simple(capture, block, ret, error);
	default:
		return 0;
	}
}

/* 2: the file ends; else as take_block(). */
static int read_block(struct ps_capture *capture, struct ps_captured *ret, struct ps_error *error)
{
	struct block block = {};
	__u8 head[8];
	__u32 total;
	int result;

	capture->at = capture->offset;
	result = ps_capture_read(capture, head, sizeof(head), error);
	if (result)
		return result < 0 ? -1 : 2;
	block.type = ps_capture_32(capture, head);
	if (block.type == SECTION)
		return begin_section(capture, head + 4, error);
	total = ps_capture_32(capture, head + 4);
	if (check_length(capture, block.type, total, error) ||
	    read_body(capture, total, 0, &block, error))
		return -1;
	return take_block(capture, &block, ret, error);
}

int ps_pcapng_next(struct ps_capture *capture, struct ps_captured *ret, struct ps_error *error)
{
	int result;

	do {
		result = read_block(capture, ret, error);
	} while (!result);
	return result == 2 ? 0 : result;
}
