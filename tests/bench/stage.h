/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Everything that packets are sent through: the front programs, the programs
 * under test, and tables of every size, all loaded at once. Rows of the same
 * content share a table.
 */
#ifndef BENCH_STAGE_H
#define BENCH_STAGE_H

#include <bpf/libbpf.h>
#include "bench.h"
#include "lane.h"
#include "pins/instance.h"

#define BENCH_OBJECTS_MAX 32
#define BENCH_TABLES_MAX 48
#define BENCH_LANES 2

struct bench_table {
	struct ps_instance instance;
	enum bench_shape shape;
	enum ps_family family; /* PS_ANY for BENCH_ANY */
	__u32 bindings;
	enum ps_action action;
	bool is_default; /* of the size that instances have without more words */
	int prog_fd[PS_HOOK_TC_EGRESS + 1][BENCH_COPIES]; /* by hook, 0: not loaded */
};

struct bench_stage {
	const char *directory; /* of the BPF objects */
	struct bpf_object *object[BENCH_OBJECTS_MAX];
	int object_count;
	struct bench_table table[BENCH_TABLES_MAX];
	int table_count;
	struct bench_lane lane[BENCH_LANES];
	const struct bpf_object *floor[BENCH_COPIES]; /* NULL until it is used */
	int drop_fd, drop_tc_fd;
};

int bench_stage_open(struct bench_stage *ret, const char *directory);
void bench_stage_close(struct bench_stage *stage);

/* Each loads a program under test, its copy @copy; *@ret_fd stays the stage's. */
int bench_load_floor(struct bench_stage *stage, enum ps_hook hook, int copy, int *ret_fd);
int bench_load_hash(struct bench_stage *stage, __u32 entries, int *ret_fd);
int bench_load_filter(struct bench_stage *stage, const char *features, __u32 ports, int *ret_fd);

/* The program of @hook on a table of that content, made when there is none yet. */
int bench_load_table(struct bench_stage *stage, const struct bench_table *want, enum ps_hook hook,
		     int copy, int *ret_fd);

/* Endpoint @index of @shape, as a binding has it. */
struct ps_endpoint bench_endpoint(enum bench_shape shape, enum ps_family family, __u32 index);

#endif
