/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The layout of flows that bindings of the action `count` saw. A part of abi.h,
 * which includes it.
 */
#ifndef PORTSTEER_FLOW_LAYOUT_H
#define PORTSTEER_FLOW_LAYOUT_H

#include <portsteer/abi.h>

#define PS_FLOWS_FIRST 65536 /* that there is room for at first */
#define PS_FLOWS_MAX 1048576 /* and at most */

struct ps_flow_key {
	__u8 saddr[16];
	__u8 daddr[16];
	__u32 slot; /* of the binding that saw it */
	__u16 sport;
	__u16 dport;
	enum ps_family family;
	enum ps_proto proto;
	__u16 zero;
};

/* Element of `flows`, the least recently used of which give way to new ones. */
struct ps_flow {
	__u64 packets;
	__u64 bytes;
	__u64 first_ns; /* CLOCK_MONOTONIC; 0: see is_moving */
	__u64 last_ns;
};

/*
 * The only element of `flow_state`. What was made and not forgotten is in `flows`, or
 * was evicted.
 */
struct ps_flow_state {
	__u64 made; /* elements, by packets: added to atomically */
	__u64 forgotten; /* elements deleted, with their binding or when the map was made anew */
	__u64 evicted; /* so many were, when there was last as much room made as there is now */
	/*
	 * `flows` is being made anew: programs of the old map and the new one run side by side, and
	 * one may see the first packet of a flow and another the next. So any packet makes an
	 * element, whose first_ns is 0 when it is not one that opens a flow. When both maps are put
	 * together, those that nothing opened are deleted.
	 */
	__u32 is_moving;
	__u32 zero;
};

_Static_assert(sizeof(struct ps_flow_key) == 44, "no holes");
_Static_assert(sizeof(struct ps_flow_state) == 32, "no holes");

#endif
