// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The front program and the tables. What they are compared with is peers.c.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "instance/make.h"
#include "instance/object.h"
#include "instance/open.h"
#include "peers.h"
#include "table/publish.h"

static int open_lane(struct bench_stage *stage, struct bench_lane *ret)
{
	static const char *const fronts[] = { "bench_front", "bench_front_tc",
					      "bench_front_single" };
	static const char *const subjects[] = { "subject", "subject_tc", "subject_single" };
	struct bpf_object *front = bench_object_open(stage, "front.o");

	if (!front || bpf_object__load(front))
		return bench_fail("cannot load %s/front.o", stage->directory);
	for (int i = 0; i < BENCH_WAYS; i++) {
		ret->way[i].front_fd = bench_program_fd(front, fronts[i]);
		ret->way[i].subject_fd = bpf_object__find_map_fd_by_name(front, subjects[i]);
	}
	ret->traffic_fd = bpf_object__find_map_fd_by_name(front, ".bss");
	stage->drop_fd = bench_program_fd(front, "bench_drop");
	stage->drop_tc_fd = bench_program_fd(front, "bench_drop_tc");
	return 0;
}

int bench_stage_open(struct bench_stage *ret, const char *directory)
{
	*ret = (struct bench_stage){ .directory = directory };
	for (int i = 0; i < BENCH_LANES; i++) {
		ret->lane[i].source_port = (__u16)(50000 + i);
		if (open_lane(ret, &ret->lane[i]))
			return -1;
	}
	return 0;
}

static void remove_table(struct bench_table *table)
{
	struct ps_error error;

	for (int hook = 0; hook <= PS_HOOK_TC_EGRESS; hook++)
		for (int i = 0; i < BENCH_COPIES && table->prog_fd[hook][i]; i++)
			close(table->prog_fd[hook][i]);
	if (ps_instance_remove(&table->instance, &error))
		bench_fail("%s", error.text);
	ps_instance_close(&table->instance);
}

void bench_stage_close(struct bench_stage *stage)
{
	for (int i = 0; i < stage->table_count; i++)
		remove_table(&stage->table[i]);
	for (int i = 0; i < stage->object_count; i++)
		bpf_object__close(stage->object[i]);
}

/* Where the front program writes it: see there. */
static void place_address(struct ps_endpoint *endpoint, __u32 addr)
{
	__be32 addr_be = htonl(addr), high_be = htonl(BENCH_V6_HIGH);

	if (endpoint->family == PS_IPV4) {
		memcpy(endpoint->addr, &addr_be, sizeof(addr_be));
		return;
	}
	memcpy(endpoint->addr, &high_be, sizeof(high_be));
	memcpy(endpoint->addr + 4, &addr_be, sizeof(addr_be));
	memcpy(endpoint->addr + 12, &addr_be, sizeof(addr_be));
}

struct ps_endpoint bench_endpoint(enum bench_shape shape, enum ps_family family, __u32 index)
{
	struct bench_place place = bench_place_of(shape, index, 0);
	struct ps_endpoint endpoint = {
		.family = family,
		.proto = PS_TCP,
		.prefix_len = family == PS_IPV4 ? 32 : 128,
		.port_first = place.port,
		.port_last = place.port,
	};

	if (shape == BENCH_ANY || shape == BENCH_NEAR) {
		endpoint.family = PS_ANY;
		endpoint.prefix_len = 0;
		return endpoint;
	}
	place_address(&endpoint, place.addr);
	if (shape == BENCH_PREFIX || shape == BENCH_NESTED) {
		endpoint.prefix_len = family == PS_IPV4 ? 24 : 56;
		ps_address_mask(endpoint.addr, endpoint.prefix_len);
	}
	if (shape == BENCH_RANGE)
		endpoint.port_last = BENCH_RANGE_MIN + BENCH_RANGE_PORTS - 1;
	return endpoint;
}

static struct ps_binding *plan_binding(const struct bench_table *table, __u32 index,
				       struct ps_plan *plan)
{
	struct ps_binding *binding = ps_bindings_add(&plan->added);

	binding->endpoint = bench_endpoint(table->shape, table->family, index);
	binding->action = table->action;
	if (table->action == PS_REDIRECT)
		strcpy(binding->target.device, "lo"); /* a test run only says that it would */
	return binding;
}

static void plan_table(const struct bench_table *table, struct ps_plan *plan)
{
	__u32 count = bench_endpoint_count(table->shape, table->bindings);

	for (__u32 i = 0; i < count; i++)
		plan_binding(table, i, plan);
	if (table->shape == BENCH_NESTED) { /* what makes packets look up a /32 first */
		struct ps_binding *decoy = plan_binding(table, 0, plan);

		decoy->endpoint.addr[3] = 2;
		decoy->endpoint.prefix_len = 32;
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

		if (table->shape == want->shape && table->family == want->family &&
		    table->bindings == want->bindings && table->action == want->action &&
		    table->is_default == want->is_default)
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
		.max_bindings = want->is_default
					? PS_CAPACITY_FIRST
					: bench_endpoint_count(want->shape, want->bindings) +
						  (want->shape == BENCH_NESTED),
	};

	if (stage->table_count == BENCH_TABLES_MAX)
		return NULL;
	options.room = options.max_bindings;
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
		     int copy, int *ret_fd)
{
	struct bench_table *table = find_table(stage, want);
	struct ps_error error;
	int *fd;

	table = table ?: make_table(stage, want);
	if (!table)
		return -1;
	fd = &table->prog_fd[hook][copy];
	if (!*fd && ps_object_load_hook(&table->instance, hook, 0, fd, &error))
		return bench_fail("%s\n%s", error.text, ps_object_log());
	*ret_fd = *fd;
	return 0;
}
