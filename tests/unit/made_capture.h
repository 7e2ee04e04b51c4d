/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A capture that is being made, of either byte order, block by block. For frame/capture.c.
 */
#ifndef PORTSTEER_TESTS_MADE_CAPTURE_H
#define PORTSTEER_TESTS_MADE_CAPTURE_H

#include <string.h>
#include <linux/types.h>

#define FRAME "0123456789abcdef" /* 16 bytes */

static struct {
	__u8 bytes[400000];
	size_t size;
	bool is_swapped;
} made;

static void put(const void *bytes, size_t size)
{
	memcpy(made.bytes + made.size, bytes, size);
	made.size += size;
}

static void put16(__u16 value)
{
	value = made.is_swapped ? __builtin_bswap16(value) : value;
	put(&value, sizeof(value));
}

static void put32(__u32 value)
{
	value = made.is_swapped ? __builtin_bswap32(value) : value;
	put(&value, sizeof(value));
}

static void begin(bool is_swapped)
{
	made.size = 0;
	made.is_swapped = is_swapped;
}

/* The length of a block that begins at @start is known now. */
static void end_block(size_t start)
{
	__u32 total;

	while (made.size % 4)
		made.bytes[made.size++] = 0;
	total = (__u32)(made.size - start + 4);
	put32(total);
	total = made.is_swapped ? __builtin_bswap32(total) : total;
	memcpy(made.bytes + start + 4, &total, sizeof(total));
}

static void put_section(void)
{
	size_t start = made.size;

	put32(0x0a0d0d0a);
	put32(0);
	put32(0x1a2b3c4d);
	put16(1);
	put16(0);
	put32(~0U);
	put32(~0U);
	end_block(start);
}

static void put_interface(__u16 link_type, const char *name, int resolution, __u32 snaplen)
{
	size_t start = made.size;

	put32(1);
	put32(0);
	put16(link_type);
	put16(0);
	put32(snaplen);
	put16(2);
	put16((__u16)strlen(name));
	put(name, strlen(name));
	while (made.size % 4)
		made.bytes[made.size++] = 0;
	if (resolution >= 0) {
		put16(9);
		put16(1);
		put((__u8[4]){ (__u8)resolution }, 4);
	}
	put32(0);
	end_block(start);
}

static void put_enhanced(__u32 interface, __u64 ticks, __u32 size, __u32 length)
{
	size_t start = made.size;

	put32(6);
	put32(0);
	put32(interface);
	put32((__u32)(ticks >> 32));
	put32((__u32)ticks);
	put32(size);
	put32(length);
	put(FRAME, 16);
	end_block(start);
}

static void put_pcap(__u32 magic, __u32 link_type)
{
	put32(magic);
	put16(2);
	put16(4);
	put32(0);
	put32(0);
	put32(65535);
	put32(link_type);
}

static void put_record(__u32 seconds, __u32 parts, __u32 size, __u32 length)
{
	put32(seconds);
	put32(parts);
	put32(size);
	put32(length);
	put(FRAME, 16);
}

#endif
