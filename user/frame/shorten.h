/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A long frame with less payload: its lengths say so, and all else stays, so that what
 * is decided by headers is decided the same. Pure.
 */
#ifndef PORTSTEER_FRAME_SHORTEN_H
#define PORTSTEER_FRAME_SHORTEN_H

#include <stddef.h>
#include <linux/types.h>

/*
 * Makes the first @limit bytes of an Ethernet frame of @size bytes, which is longer, a frame of
 * that length. Whoever needs to be sure compares what both are taken for.
 */
void ps_frame_shorten(__u8 *bytes, size_t size, size_t limit);

#endif
