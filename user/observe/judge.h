/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The parser of the programs, compiled for this machine: what a frame is for, or why
 * no program looks a binding up for it. Pure.
 */
#ifndef PORTSTEER_OBSERVE_JUDGE_H
#define PORTSTEER_OBSERVE_JUDGE_H

#include <stddef.h>
#include <portsteer/abi.h>
#include "frame/frame.h"

/* A reason that none of the hooks has: headers are behind what can be read. */
#define PS_JUDGED_NOT_HERE PS_REASON_COUNT_OF

struct ps_judged {
	enum ps_reason reason; /* PS_REASON_NONE: it has all that follows */
	enum ps_family family; /* PS_ANY: not known; maybe also with a reason */
	enum ps_proto proto;
	__u8 source[16], destination[16]; /* as in struct ps_endpoint */
	__u16 source_port, destination_port;
};

/* A link header is no part of PS_FRAME_READABLE_MAX. */
void ps_judge(const struct ps_frame *frame, struct ps_judged *ret);

#endif
