/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is measured with packets, one row each, in the order of the report.
 */
#ifndef BENCH_CASES_H
#define BENCH_CASES_H

#include "bench.h"
#include "traffic.h"
#include <portsteer/abi.h>

enum bench_subject {
	BENCH_NOTHING, /* a program that only drops */
	BENCH_FLOOR,
	BENCH_HASH,
	BENCH_FILTER_ALL,
	BENCH_FILTER_TCP,
	BENCH_TABLE,
};

struct bench_case {
	const char *name;
	__u32 bindings;
	enum bench_subject subject;
	enum bench_shape bound; /* what the table holds */
	enum bench_shape sent;
	const char *against; /* name of a case with as many bindings, or with none */
	enum bench_bound limit;
	double target;
	enum ps_action action;
	enum ps_hook hook;
};

extern const struct bench_case bench_cases[];
extern const int bench_case_count;

#endif
