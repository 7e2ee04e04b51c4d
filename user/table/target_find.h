/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Redirect targets by what they say, in one half of `targets`: a change that
 * takes many looks each of them up once. Pure.
 */
#ifndef PORTSTEER_TABLE_TARGET_FIND_H
#define PORTSTEER_TABLE_TARGET_FIND_H

#include <portsteer/abi.h>

#define PS_TARGET_PLACES (2 * PS_TARGETS_MAX) /* a power of two */

struct ps_target_finder {
	struct ps_target *half; /* PS_TARGETS_MAX of them */
	__u16 *place; /* indexes in it by hash, 0: empty; PS_TARGET_PLACES of them */
	__u32 next_free; /* below it all are taken */
};

/*
 * Knows the targets of @half that are in use; none may be released while it is used. Release with
 * ps_target_finder_done().
 */
void ps_target_finder_init(struct ps_target_finder *finder, struct ps_target *half);
void ps_target_finder_done(struct ps_target_finder *finder);

/* Takes one more use of @wanted. Its index, or 0 when all are taken. */
__u16 ps_target_take(struct ps_target_finder *finder, const struct ps_target *wanted);

/* Gives one use back. */
void ps_target_release(struct ps_target *half, __u16 index);

#endif
