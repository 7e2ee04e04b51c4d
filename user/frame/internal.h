/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What readers of captures are made of. For capture_*.c alone.
 */
#ifndef PORTSTEER_FRAME_INTERNAL_H
#define PORTSTEER_FRAME_INTERNAL_H

#include "frame/capture_read.h"

#define PS_BLOCK_KEPT (PS_FRAME_READABLE_MAX + 65536) /* bytes of a block that are looked at */

struct ps_capture {
	FILE *file;
	const char *name;
	__u64 offset; /* of what is read next */
	__u64 at; /* of the block or record that is being read */
	__u64 frames;
	bool is_pcapng;
	bool is_swapped; /* the file has the other byte order */
	bool has_nanoseconds; /* of pcap */
	struct ps_capture_interface *interface; /* the different ones of all sections */
	size_t interfaces, interface_room;
	size_t *section; /* indexes of those of this section */
	size_t section_count, section_room;
	/* Of a block or frame; frames begin 2 bytes behind a word, so that IP headers are aligned.
	 */
	__u8 *kept;
};

/* @size bytes; 1: the file ends before the first of them, -1: an error. */
int ps_capture_read(struct ps_capture *capture, void *ret, size_t size, struct ps_error *error);
int ps_capture_skip(struct ps_capture *capture, __u64 size, struct ps_error *error);

/* "NAME is damaged at byte N: @what". -1. */
int ps_capture_damaged(const struct ps_capture *capture, const char *what, struct ps_error *error);

/* Numbers in the byte order of the file. */
__u16 ps_capture_16(const struct ps_capture *capture, const __u8 *at);
__u32 ps_capture_32(const struct ps_capture *capture, const __u8 *at);
__u64 ps_capture_64(const struct ps_capture *capture, const __u8 *at);

/* Its index among the different ones. */
size_t ps_capture_add_interface(struct ps_capture *capture,
				const struct ps_capture_interface *interface);

/* Fills what a frame has in any file: @size bytes at @bytes, of @length. */
void ps_capture_fill(struct ps_capture *capture, size_t index, const __u8 *bytes, size_t size,
		     size_t length, struct ps_captured *ret);

/* A time of @ticks as the interface has them. */
void ps_capture_set_time(const struct ps_capture_interface *interface, __u64 ticks,
			 struct ps_captured *ret);

/* The rest of a header that begins with these bytes. */
int ps_pcapng_open(struct ps_capture *capture, const __u8 head[8], struct ps_error *error);

/* As ps_capture_next(). */
int ps_pcapng_next(struct ps_capture *capture, struct ps_captured *ret, struct ps_error *error);

#endif
