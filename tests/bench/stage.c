// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The front program and the tables. What they are compared with is rivals.c.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "publish.h"
#include "object.h"
#include "rivals.h"

static int load_front(struct bench_stage *stage)
{
	struct bpf_object *front = bench_object_open(stage, "front.o");

	if (!front || bpf_object__load(front))
		return bench_fail("cannot load %s/front.o", stage->directory);
	stage->front_fd = bench_program_fd(front, "bench_front");
	stage->front_tc_fd = bench_program_fd(front, "bench_front_tc");
	stage->drop_fd = bench_program_fd(front, "bench_drop");
	stage->subject_fd = bpf_object__find_map_fd_by_name(front, "subject");
	stage->subject_tc_fd = bpf_object__find_map_fd_by_name(front, "subject_tc");
	stage->traffic_fd = bpf_object__find_map_fd_by_name(front, ".bss");
	return 0;
}

int bench_stage_open(struct bench_stage *ret, const char *directory)
{
	*ret = (struct bench_stage){ .directory = directory };
	return load_front(ret);
}

void bench_stage_close(struct bench_stage *stage)
{
	struct ps_error error;

	for (int i = 0; i < stage->table_count; i++) {
		if (ps_instance_remove(&stage->table[i].instance, &error))
			bench_fail("%s", error.text);
		ps_instance_close(&stage->table[i].instance);
	}
	for (int i = 0; i < stage->object_count; i++)
		bpf_object__close(stage->object[i]);
}

struct ps_endpoint bench_endpoint(enum bench_shape shape, __u32 index)
{
	struct bench_place place = bench_place_of(shape, index, 0);
	__be32 addr_be = htonl(place.addr), high_be = htonl(BENCH_V6_HIGH);
	struct ps_endpoint endpoint = {
		.family = PS_IPV4,
		.proto = PS_TCP,
		.prefix_len = 32,
		.port_first = place.port,
		.port_last = place.port,
	};

	memcpy(endpoint.addr, &addr_be, sizeof(addr_be));
	switch (shape) {
	case BENCH_ANY:
		endpoint.family = PS_ANY;
		endpoint.prefix_len = 0;
		memset(endpoint.addr, 0, sizeof(endpoint.addr));
		break;
	case BENCH_PREFIX:
		endpoint.prefix_len = 24;
		endpoint.addr[3] = 0;
		break;
	case BENCH_RANGE:
		endpoint.port_last = BENCH_RANGE_MIN + BENCH_RANGE_PORTS - 1;
		break;
	case BENCH_EXACT6:
		endpoint.family = PS_IPV6;
		endpoint.prefix_len = 128;
		memcpy(endpoint.addr, &high_be, sizeof(high_be));
		memset(endpoint.addr + 4, 0, 8);
		memcpy(endpoint.addr + 12, &addr_be, sizeof(addr_be));
		break;
	default:
		break;
	}
	return endpoint;
}

static void plan_table(const struct bench_table *table, struct ps_plan *plan)
{
	for (__u32 i = 0; i < table->bindings; i++) {
		struct ps_binding *binding = ps_bindings_add(&plan->added);

		binding->endpoint = bench_endpoint(table->shape, i);
		binding->action = table->action;
	}
	if (table->shape == BENCH_PREFIX) { /* what makes packets look up a /32 first */
		struct ps_binding *decoy = ps_bindings_add(&plan->added);

		decoy->endpoint = bench_endpoint(table->shape, 0);
		decoy->endpoint.addr[3] = 2;
		decoy->endpoint.prefix_len = 32;
		decoy->action = table->action;
	}
}

static int fill_table(struct bench_table *table)
{
	struct ps_plan plan = {};
	struct ps_draft draft;
	struct ps_error error;
	int failed;

	plan_table(table, &plan);
	failed = ps_draft_make(&table->instance, &plan, &draft, &error) ||
		 ps_publish(&table->instance, &draft, &error);
	ps_draft_done(&draft);
	ps_plan_done(&plan);
	return failed ? bench_fail("%s", error.text) : 0;
}

static struct bench_table *find_table(struct bench_stage *stage, const struct bench_table *want)
{
	for (int i = 0; i < stage->table_count; i++) {
		struct bench_table *table = &stage->table[i];

		if (table->shape == want->shape && table->bindings == want->bindings &&
		    table->action == want->action)
			return table;
	}
	return NULL;
}

static struct bench_table *make_table(struct bench_stage *stage, const struct bench_table *want)
{
	struct bench_table *table = &stage->table[stage->table_count];
	struct ps_error error;
	char name[64];
	struct ps_instance_options options = {
		.name = name,
		.access = PS_CREATE,
		.wait_seconds = 5,
		.max_bindings = want->bindings + (want->shape == BENCH_PREFIX),
	};

	if (stage->table_count == BENCH_TABLES_MAX)
		return NULL;
	snprintf(name, sizeof(name), "bench-%d-%d", (int)getpid(), stage->table_count);
	*table = *want;
	if (ps_instance_open(&options, &table->instance, &error)) {
		bench_fail("%s", error.text);
		return NULL;
	}
	stage->table_count++;
	return fill_table(table) ? NULL : table;
}

int bench_load_table(struct bench_stage *stage, const struct bench_table *want, enum ps_hook hook,
		     int *ret_fd)
{
	struct bench_table *table = find_table(stage, want);
	struct ps_error error;

	table = table ?: make_table(stage, want);
	if (!table)
		return -1;
	if (ps_object_load_hook(&table->instance, hook, 0, ret_fd, &error))
		return bench_fail("%s\n%s", error.text, ps_object_log());
	return 0;
}
