/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Captured frames of other kinds as the Ethernet frames that they could have been. Pure.
 */
#ifndef PORTSTEER_FRAME_CAPTURE_LINK_H
#define PORTSTEER_FRAME_CAPTURE_LINK_H

#include "frame/capture_read.h"

/* Whether frames of that LINKTYPE_* are understood. */
bool ps_link_is_known(__u32 link_type);

/* "radiotap"; "" for those that are not known by name. */
const char *ps_link_name(__u32 link_type);

/*
 * What is in the frame, as Ethernet. Of Ethernet it is the frame itself; else it is good until the
 * next call. Its link type must be known.
 */
struct ps_frame ps_link_ethernet(const struct ps_captured *captured);

#endif
