/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What it costs to run another program, or to load a table without one.
 */
#ifndef BENCH_CHILD_H
#define BENCH_CHILD_H

#include <linux/types.h>

struct bench_cost {
	double wall, user, system; /* seconds; processes that it waited for included */
};

/* Runs @argv, found in PATH, to its end; -1 unless it exits with 0. Signals are not passed on. */
int bench_spawn(const char *const argv[], struct bench_cost *ret);

/* Puts @bindings elements into a hash like `bindings` by raw batch updates. */
int bench_fill_hash(__u32 bindings, struct bench_cost *ret);

#endif
