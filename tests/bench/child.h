/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Running another program and what it cost.
 */
#ifndef BENCH_CHILD_H
#define BENCH_CHILD_H

struct bench_cost {
	double wall, user, system; /* seconds; processes that it waited for included */
};

/* Runs @argv, found in PATH, to its end; -1 unless it exits with 0. Signals are not passed on. */
int bench_spawn(const char *const argv[], struct bench_cost *ret);

#endif
