/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One CPU's way to send packets: a front program with a random sequence of its
 * own, which no other lane writes, and what it calls. And a thread that keeps
 * another CPU busy with the same.
 */
#ifndef BENCH_LANE_H
#define BENCH_LANE_H

#include <pthread.h>
#include "cases.h"

/* A front program, and the program array with what it calls. */
enum bench_way {
	BENCH_WAY_XDP,
	BENCH_WAY_TC,
	BENCH_WAY_SINGLE, /* XDP of programs for frames in a single buffer */
	BENCH_WAYS,
};

struct bench_lane {
	struct {
		int front_fd, subject_fd;
	} way[BENCH_WAYS];
	int traffic_fd;
	__u16 source_port; /* of its packets */
};

/* What is sent: a row of the report. */
struct bench_load {
	const struct bench_case *what;
	__u32 bindings;
	int prog_fd;
	enum bench_way way;
};

struct bench_company {
	const struct bench_lane *lane;
	const struct bench_load *load;
	pthread_t thread;
	int cpu;
	int failed;
	bool is_running, is_over; /* atomic: it has begun; it shall end */
};

/* @count endpoints of the case are what the table holds, or what is sent to no table. */
__u32 bench_endpoint_count(enum bench_shape shape, __u32 bindings);

/* The way by which the XDP program @prog_fd can be called, or -1. */
int bench_lane_way(const struct bench_lane *lane, int prog_fd);

/* Makes @load the one that the front program calls. @seed: another sequence. */
int bench_lane_choose(const struct bench_lane *lane, const struct bench_load *load, int seed);

/* Sends @repeat packets and checks the last verdict; CPU time of one in *@ret_ns. */
int bench_lane_send(const struct bench_lane *lane, const struct bench_load *load, __u32 repeat,
		    double *ret_ns);

/* Sends on @lane from CPU @cpu until it is ended; -1 when that could not be done throughout. */
int bench_company_begin(struct bench_company *ret, const struct bench_lane *lane,
			const struct bench_load *load, int cpu);
int bench_company_end(struct bench_company *company);

#endif
