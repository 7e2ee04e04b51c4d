/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the parts of the benchmark share: options, results, and the question
 * whether to go on.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#define BENCH_MILLION 1000000 /* bindings of what is large here */

#define BENCH_ROUNDS_MAX 101
#define BENCH_COPIES 5 /* of a program, loaded anew: where one lies moves it by a tenth */

struct bench_options {
	int rounds; /* of each packet case */
	int changes; /* single binds and unbinds, each */
	int copies; /* of each program that take turns */
	int run_ms; /* CPU time of one run of one packet case */
	__u32 largest; /* table */
	const char *only; /* cases with this in their name, the floors, and not the tool; or NULL */
	__u32 beside; /* id of an XDP program of others to run as well; 0: none */
	bool has_nft; /* publish beside `nft -f` as well */
	const char *objects; /* directory of front.o, floor.o, hash.o */
	const char *tool; /* portsteer */
	const char *json; /* file to write */
};

enum bench_bound {
	BENCH_NO_TARGET,
	BENCH_AT_MOST,
	BENCH_AT_LEAST,
};

/*
 * What a row is to reach: with a table that is a directory and a hash, as it was
 * first, and with seats in front of the hash, as it is. A target of 0: none.
 */
struct bench_aim {
	enum bench_bound bound;
	double hash, front;
};

/* One row of the report. What is compared is @ratio, or @median without @against. */
struct bench_result {
	char name[64];
	__u32 bindings;
	double median, low, high;
	const char *unit;
	const char *against; /* whose multiple @ratio is, or NULL */
	double ratio;
	struct bench_aim aim;
	double drops; /* multiple of a program that only drops, in the same rounds; 0: not known */
	double most_drops; /* what it is to reach; 0: no target */
};

/* A signal asked for the end: stop measuring, clean up. */
bool bench_is_interrupted(void);

/* Prints what went wrong. Always returns -1. */
int bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

double bench_median(double *values, int count); /* sorts them */

/* Adds a row; the copy is the report's. */
void bench_report(const struct bench_result *result);
/* Prints all rows, and writes them as JSON. */
void bench_report_show(void);
int bench_report_write(const char *path);

/* cases.c: packets through programs. tool.c: the tool's own time and memory. */
int bench_packets(const struct bench_options *options);
int bench_tool(const struct bench_options *options);

#endif
