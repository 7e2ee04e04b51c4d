/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The stream of frames that fuzzers without a guide run: all seeds, then variants
 * of one frame after the other.
 */
#ifndef PORTSTEER_FUZZ_VARY_H
#define PORTSTEER_FUZZ_VARY_H

#include "dice.h"
#include "sample.h"

/* Frame @number; @base is kept by the caller from one to the next. */
void vary_next(struct dice *dice, __u64 number, struct sample *base, struct sample *ret);

#endif
