/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A frame from what somebody says of it: whole, as a machine would send it, with
 * all checksums, so that no program finds anything wrong with it. Pure.
 */
#ifndef PORTSTEER_FRAME_BUILD_H
#define PORTSTEER_FRAME_BUILD_H

#include <stddef.h>
#include <portsteer/abi.h>

#define PS_FRAME_VLANS 4 /* tags that one may have */
#define PS_FRAME_MAX 9216 /* bytes of one */
#define PS_FRAME_LINK 14 /* bytes of its link header */

struct ps_frame_plan {
	enum ps_family family;
	enum ps_proto proto;
	__u8 source[16], destination[16]; /* as in struct ps_endpoint */
	__u16 source_port, destination_port;
	__u16 vlan[PS_FRAME_VLANS]; /* outermost first */
	int vlans;
	__u8 tcp_flags;
	__u32 length; /* of the frame; 0: as short as it can be */
};

/* The length of the shortest frame of that kind. */
size_t ps_frame_least(const struct ps_frame_plan *plan);

/* Writes the frame, whose length is returned; plan->length is 0, or neither too short nor too long.
 */
size_t ps_frame_build(const struct ps_frame_plan *plan, __u8 bytes[PS_FRAME_MAX]);

#endif
