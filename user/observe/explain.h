/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What becomes of a frame: the programs decide, and the table is asked for a second
 * opinion. Where they differ, one of them is wrong.
 */
#ifndef PORTSTEER_OBSERVE_EXPLAIN_H
#define PORTSTEER_OBSERVE_EXPLAIN_H

#include "frame/frame.h"
#include "observe/expect.h"
#include "observe/rehearsal.h"

/* The arrays to read of an instance, as struct ps_instance_options has them. */
#define PS_EXPLAIN_READS                                                            \
	(1U << PS_MAP_DIRECTORY | 1U << PS_MAP_PROBE_LISTS | 1U << PS_MAP_TARGETS | \
	 1U << PS_MAP_HOOKS)

struct ps_explained {
	struct ps_judged judged;
	struct ps_expected expected;
	struct ps_opinion opinion; /* of the programs; it is what holds */
	bool is_cut; /* headers are not in what is readable: judged as if it ended there */
	bool is_rehearsed; /* else the kernel runs no program on such a frame */
	bool differs;
	enum ps_hook hook; /* at which */
	int number; /* that the program returned, when it was rehearsed */
	__u8 link[12]; /* link addresses of the frame afterwards, destination first */
};

/*
 * 1: the table was changed meanwhile: open it again. Else 0, also when opinions differ, or -1 with
 * an error.
 */
int ps_explain(struct ps_rehearsal *rehearsal, const struct ps_frame *frame,
	       struct ps_explained *ret, struct ps_error *error);

/* Whether what was read of @instance is what packets see now. */
bool ps_explain_is_current(const struct ps_instance *instance);

#endif
