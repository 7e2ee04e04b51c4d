/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a hook must do with a sample: from what a parser says of it, and from
 * tests/harness/model.h. Knows nothing of the kernel.
 */
#ifndef PORTSTEER_FUZZ_WANTED_H
#define PORTSTEER_FUZZ_WANTED_H

#include "sample.h"
#include "steer.h"

/* What a hook sees of a sample. */
struct view {
	const struct sample *sample;
	struct parsed parsed;
	size_t first; /* bytes in its first buffer, for XDP */
};

/* What it must do. */
struct wanted {
	enum ps_reason reason;
	enum steer_outcome outcome;
	const struct ps_binding *winner; /* NULL: none */
	__u64 packets, bytes; /* that the winner counts */
};

void wanted_of(const struct ps_bindings *table, enum ps_hook hook, const struct view *view,
	       struct wanted *ret);

/* What the device says of an skb: taken from the frame, so that it can be repeated. */
void wanted_skb(const struct sample *sample, struct __sk_buff *ret);

#endif
