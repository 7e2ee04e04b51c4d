/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Running a sample through one program of a stage, for stage.c.
 */
#ifndef PORTSTEER_FUZZ_CHECK_H
#define PORTSTEER_FUZZ_CHECK_H

#include "stage.h"

/* 0 or -errno; what was counted is for the caller to see. */
int check_run(const struct stage *stage, const struct stage_program *program,
	      const struct sample *sample, struct steer_answer *ret);

/* Where @program counts on this CPU, by reason. */
__u64 *check_reasons(const struct stage *stage, const struct stage_program *program);

#endif
