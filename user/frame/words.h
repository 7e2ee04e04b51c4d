/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A packet in words: "tcp 198.51.100.7:40000 192.0.2.10:443 dev eth0 flags S". Pure.
 */
#ifndef PORTSTEER_FRAME_WORDS_H
#define PORTSTEER_FRAME_WORDS_H

#include "base/error.h"
#include "frame/build.h"

struct ps_frame_words {
	struct ps_frame_plan plan;
	const char *device; /* where it arrives, NULL: not said; one of the words */
	int device_word; /* which */
};

/* Faults are reported at their word. */
int ps_frame_parse(int count, char *const words[], struct ps_frame_words *ret,
		   struct ps_error *error);

#endif
