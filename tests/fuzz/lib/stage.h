/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The real programs of both compilers on an instance of their own, and what
 * each must answer for a sample: verdict, reason, counters of the binding,
 * flow, bytes. What is expected comes from the native parser and from
 * tests/harness/model.h. Nothing of it stays pinned, however the process ends.
 */
#ifndef PORTSTEER_FUZZ_STAGE_H
#define PORTSTEER_FUZZ_STAGE_H

#include "sample.h"
#include "steer.h"

#define STAGE_PROGRAMS 6

struct stage_program {
	enum ps_hook hook;
	const char *compiler;
	int fd;
	__u32 hook_index; /* its row of `reasons` */
	__u64 counted[PS_REASONS_MAX]; /* what must be in it */
	__u64 refused; /* frames that the kernel cannot make of these bytes */
};

struct stage {
	struct steer steer;
	struct stage_program program[STAGE_PROGRAMS];
	int programs;
	struct ps_bindings table;
	struct ps_count counted[PS_TX + 1][STEER_BINDINGS]; /* by slot: what must be counted */
	__u32 cpu; /* that this process is bound to */
	bool has_linear; /* the kernel can be told to put fewer */
};

/* Binds this process to @cpu and enters a namespace. Ends the process when something fails. */
void stage_open(struct stage *stage, const char *name, __u32 cpu);

/* Runs @sample through all programs, and compares both parsers. 0, or -1 and what was wrong in
 * @problem. */
int stage_check(struct stage *stage, const struct sample *sample, char *problem, size_t size);

/* Every counter of the instance has what must be in it, nothing was lost. As above. */
int stage_audit(const struct stage *stage, char *problem, size_t size);

#endif
