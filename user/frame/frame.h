/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An Ethernet frame, or the beginning of one.
 */
#ifndef PORTSTEER_FRAME_FRAME_H
#define PORTSTEER_FRAME_FRAME_H

#include <stddef.h>
#include <linux/types.h>

#define PS_FRAME_READABLE_MAX 262144 /* bytes that anybody looks at, or captures */

struct ps_frame {
	const __u8 *bytes;
	size_t readable; /* of them */
	size_t length; /* of the frame */
};

#endif
