/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is measured with packets, in the order of the report: a row for each
 * case and size.
 */
#ifndef BENCH_CASES_H
#define BENCH_CASES_H

#include "bench.h"
#include "traffic.h"
#include <portsteer/abi.h>

#define BENCH_SIZES_MAX 5

enum bench_subject {
	BENCH_NOTHING, /* a program that only drops */
	BENCH_FLOOR,
	BENCH_HASH,
	BENCH_FILTER_ALL,
	BENCH_FILTER_TCP,
	BENCH_BESIDE, /* a program that is loaded already, by its id */
	BENCH_TABLE,
	BENCH_DEFAULT, /* a table of the size that instances have without more words */
};

struct bench_case {
	const char *name;
	__u32 sizes[BENCH_SIZES_MAX]; /* bindings, 0 behind the last; the first 0: has none */
	enum bench_subject subject;
	enum bench_shape bound; /* what the table holds */
	enum bench_shape sent;
	const char *against; /* name of a case with as many bindings, or with none */
	struct bench_aim aim;
	enum ps_family family;
	enum ps_action action;
	enum ps_hook hook;
	bool has_company; /* while another CPU sends through the same program */
	double most_drops; /* the target as a multiple of "drop only"; 0: none */
};

extern const struct bench_case bench_cases[];
extern const int bench_case_count;

#endif
