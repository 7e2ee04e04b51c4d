/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Captured frames out of a file, one after the other, in memory that does not grow with
 * it: pcap and pcapng of either byte order, with any mixture of blocks and interfaces. Pure.
 */
#ifndef PORTSTEER_FRAME_CAPTURE_READ_H
#define PORTSTEER_FRAME_CAPTURE_READ_H

#include <stdbool.h>
#include <stdio.h>
#include "base/error.h"
#include "frame/frame.h"

#define PS_CAPTURE_NAME 64 /* of an interface, with its NUL; what is longer is cut off */

/* Where frames were captured. */
struct ps_capture_interface {
	__u32 link_type; /* LINKTYPE_* */
	__u32 snaplen;
	char name[PS_CAPTURE_NAME]; /* "": the file has none */
	__u8 resolution; /* if_tsresol */
	__s64 offset; /* if_tsoffset */
};

struct ps_captured {
	__u64 number; /* in the file, from 1 */
	const struct ps_capture_interface *interface;
	size_t index; /* of that, among the different ones of the file */
	bool has_time;
	__s64 seconds; /* since 1970, UTC */
	__u32 nanoseconds;
	struct ps_frame
		frame; /* as it was captured, of any link type; good until the next is read */
};

struct ps_capture;

/*
 * What @file, which stays the caller's, begins with. NULL: an error that says @name; then it is no
 * capture, or of a kind that is not read. Release with ps_capture_close().
 */
struct ps_capture *ps_capture_open(FILE *file, const char *name, struct ps_error *error);
void ps_capture_close(struct ps_capture *capture);

/* The next frame. 1: there is one; 0: that was all; -1: an error, which says where. */
int ps_capture_next(struct ps_capture *capture, struct ps_captured *ret, struct ps_error *error);

/* One of its interfaces, as far as it was read. */
const struct ps_capture_interface *ps_capture_interface(const struct ps_capture *capture,
							size_t index);

#endif
