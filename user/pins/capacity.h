/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How many bindings, and flows, the maps of an instance have room for: steps, from a
 * small first one up to what its operator allows. Pure.
 */
#ifndef PORTSTEER_PINS_CAPACITY_H
#define PORTSTEER_PINS_CAPACITY_H

#include <linux/types.h>

/*
 * The smallest step with room for @wanted bindings, at most @max: 4096, and four times as
 * many with each further step. Where tests set PORTSTEER_STEP, its multiples.
 */
__u32 ps_capacity_for(__u32 wanted, __u32 max);

/*
 * The first step of flows, and the one after @room, which is @room itself at the last: 65536,
 * and four times as many with each further step, up to 16 times. Where tests set
 * PORTSTEER_FLOWS, that is the first.
 */
__u32 ps_flow_room_first(void);
__u32 ps_flow_room_after(__u32 room);

#endif
