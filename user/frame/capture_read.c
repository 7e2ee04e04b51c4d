// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What a capture begins with, and files of the older kind, pcap. See capture_read.h;
 * pcapng is capture_pcapng.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "frame/internal.h"

#define HEAD 8 /* bytes that tell what it is */
#define PCAP_HEAD 24
#define PCAP_RECORD 16
#define BLOCK_TYPE_SECTION 0x0a0d0d0a

int ps_capture_read(struct ps_capture *capture, void *ret, size_t size, struct ps_error *error)
{
	size_t got = size ? fread(ret, 1, size, capture->file) : 0;

	capture->offset += got;
	if (got == size)
		return 0;
	if (ferror(capture->file))
		return ps_error_errno(error, errno ?: EIO, "cannot read %s", capture->name);
	return got ? ps_capture_damaged(capture, "the file ends within it", error) : 1;
}

int ps_capture_skip(struct ps_capture *capture, __u64 size, struct ps_error *error)
{
	__u8 scratch[4096];

	while (size) {
		size_t part = size < sizeof(scratch) ? (size_t)size : sizeof(scratch);
		int result = ps_capture_read(capture, scratch, part, error);

		if (result)
			return result < 0 ? -1
					  : ps_capture_damaged(capture, "the file ends within it",
							       error);
		size -= part;
	}
	return 0;
}

int ps_capture_damaged(const struct ps_capture *capture, const char *what, struct ps_error *error)
{
	return ps_error_set(error, PS_EXIT_USAGE, "%s is damaged at byte %llu: %s", capture->name,
			    capture->at, what);
}

__u16 ps_capture_16(const struct ps_capture *capture, const __u8 *at)
{
	__u16 value;

	memcpy(&value, at, sizeof(value));
	return capture->is_swapped ? __builtin_bswap16(value) : value;
}

__u32 ps_capture_32(const struct ps_capture *capture, const __u8 *at)
{
	__u32 value;

	memcpy(&value, at, sizeof(value));
	return capture->is_swapped ? __builtin_bswap32(value) : value;
}

__u64 ps_capture_64(const struct ps_capture *capture, const __u8 *at)
{
	__u64 value;

	memcpy(&value, at, sizeof(value));
	return capture->is_swapped ? __builtin_bswap64(value) : value;
}

static bool is_same(const struct ps_capture_interface *a, const struct ps_capture_interface *b)
{
	return a->link_type == b->link_type && a->snaplen == b->snaplen &&
	       a->resolution == b->resolution && a->offset == b->offset &&
	       !strcmp(a->name, b->name);
}

size_t ps_capture_add_interface(struct ps_capture *capture,
				const struct ps_capture_interface *interface)
{
	for (size_t i = 0; i < capture->interfaces; i++)
		if (is_same(&capture->interface[i], interface))
			return i;
	capture->interface = ps_memory_grow(capture->interface, capture->interfaces,
					    &capture->interface_room, sizeof(*interface));
	capture->interface[capture->interfaces] = *interface;
	return capture->interfaces++;
}

const struct ps_capture_interface *ps_capture_interface(const struct ps_capture *capture,
							size_t index)
{
	return &capture->interface[index];
}

void ps_capture_fill(struct ps_capture *capture, size_t index, const __u8 *bytes, size_t size,
		     size_t length, struct ps_captured *ret)
{
	*ret = (struct ps_captured){
		.number = ++capture->frames,
		.interface = &capture->interface[index],
		.index = index,
		.frame = { bytes, size, length > size ? length : size },
	};
}

static int read_pcap_head(struct ps_capture *capture, const __u8 head[HEAD], struct ps_error *error)
{
	struct ps_capture_interface interface = { .resolution = 6 };
	__u8 rest[PCAP_HEAD - HEAD];
	int result;

	if (ps_capture_16(capture, head + 4) != 2)
		return ps_capture_damaged(capture, "a version of pcap that is not known", error);
	result = ps_capture_read(capture, rest, sizeof(rest), error);
	if (result)
		return result < 0 ? -1
				  : ps_capture_damaged(capture, "the file ends within its header",
						       error);
	interface.snaplen = ps_capture_32(capture, rest + 8);
	interface.link_type = ps_capture_32(capture, rest + 12) & 0xffff; /* and FCS above */
	ps_capture_add_interface(capture, &interface);
	return 0;
}

/* What it is instead of a capture, by its first bytes. */
static int refuse(const struct ps_capture *capture, const __u8 head[HEAD], struct ps_error *error)
{
	static const struct {
		__u8 bytes[4];
		int count;
		const char *what;
	} known[] = {
		{ { 0x1f, 0x8b }, 2, "is compressed; try: gzip -dc FILE | ... -r -" },
		{ { 0x28, 0xb5, 0x2f, 0xfd }, 4, "is compressed; try: zstd -dc FILE | ... -r -" },
		{ { 0x04, 0x22, 0x4d, 0x18 }, 4, "is compressed; try: lz4 -dc FILE | ... -r -" },
		{ { 0xfd, '7', 'z', 'X' }, 4, "is compressed; try: xz -dc FILE | ... -r -" },
		{ { 0xa1, 0xb2, 0xcd, 0x34 },
		  4,
		  "is a modified pcap, which is not read; editcap can convert it" },
		{ { 0x34, 0xcd, 0xb2, 0xa1 },
		  4,
		  "is a modified pcap, which is not read; editcap can convert it" },
		{ "snoo", 4, "is a capture of snoop, which is not read; editcap can convert it" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!memcmp(head, known[i].bytes, (size_t)known[i].count))
			return ps_error_set(error, PS_EXIT_USAGE, "%s %s", capture->name,
					    known[i].what);
	return ps_error_set(error, PS_EXIT_USAGE, "%s is neither pcap nor pcapng", capture->name);
}

static int read_head(struct ps_capture *capture, struct ps_error *error)
{
	__u8 head[HEAD] = {};
	struct ps_error ignored;
	__u32 magic;

	if (ps_capture_read(capture, head, sizeof(head), &ignored)) {
		if (ferror(capture->file))
			return ps_error_errno(error, errno ?: EIO, "cannot read %s", capture->name);
		return feof(capture->file) && !capture->offset
			       ? ps_error_set(error, PS_EXIT_USAGE, "%s is empty", capture->name)
			       : refuse(capture, head, error);
	}
	magic = ps_capture_32(capture, head);
	if (magic == BLOCK_TYPE_SECTION)
		return ps_pcapng_open(capture, head, error);
	capture->is_swapped = magic == 0xd4c3b2a1 || magic == 0x4d3cb2a1;
	magic = ps_capture_32(capture, head);
	if (magic != 0xa1b2c3d4 && magic != 0xa1b23c4d)
		return refuse(capture, head, error);
	capture->has_nanoseconds = magic == 0xa1b23c4d;
	return read_pcap_head(capture, head, error);
}

struct ps_capture *ps_capture_open(FILE *file, const char *name, struct ps_error *error)
{
	struct ps_capture *capture = ps_memory_new(1, sizeof(*capture));

	*capture = (struct ps_capture){ .file = file, .name = name };
	capture->kept = ps_memory_new(1, PS_BLOCK_KEPT + 2);
	if (!read_head(capture, error))
		return capture;
	ps_capture_close(capture);
	return NULL;
}

void ps_capture_close(struct ps_capture *capture)
{
	if (!capture)
		return;
	free(capture->kept);
	free(capture->interface);
	free(capture->section);
	free(capture);
}

static int next_of_pcap(struct ps_capture *capture, struct ps_captured *ret, struct ps_error *error)
{
	__u32 unit = capture->has_nanoseconds ? 1 : 1000, per_second = 1000000000 / unit;
	__u8 head[PCAP_RECORD], *bytes = capture->kept + 2;
	__u32 size, fraction;
	int result;

	capture->at = capture->offset;
	result = ps_capture_read(capture, head, sizeof(head), error);
	if (result)
		return result < 0 ? -1 : 0;
	size = ps_capture_32(capture, head + 8);
	if (size > PS_FRAME_READABLE_MAX)
		return ps_capture_damaged(capture, "a frame of more than 262144 bytes", error);
	result = ps_capture_read(capture, bytes, size, error);
	if (result)
		return result < 0 ? -1
				  : ps_capture_damaged(capture, "the file ends within it", error);
	ps_capture_fill(capture, 0, bytes, size, ps_capture_32(capture, head + 12), ret);
	fraction = ps_capture_32(capture, head + 4);
	ret->has_time = true;
	ret->seconds = (__s64)ps_capture_32(capture, head) + fraction / per_second;
	ret->nanoseconds = fraction % per_second * unit;
	return 1;
}

int ps_capture_next(struct ps_capture *capture, struct ps_captured *ret, struct ps_error *error)
{
	return capture->is_pcapng ? ps_pcapng_next(capture, ret, error)
				  : next_of_pcap(capture, ret, error);
}
