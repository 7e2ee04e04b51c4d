// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What tables are compared with: the floor, one BPF hash, xdp-filter.
 */
#include <arpa/inet.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include "base/memory.h"
#include "hash.h"
#include "peers.h"

#define FILTER_TCP_DESTINATION 6 /* MAP_FLAG_DST | MAP_FLAG_TCP of xdp-filter.h */

struct bpf_object *bench_object_open(struct bench_stage *stage, const char *file)
{
	struct bpf_object *object;
	char path[512];

	if (stage->object_count == BENCH_OBJECTS_MAX)
		return NULL;
	snprintf(path, sizeof(path), "%s%s%s", *file == '/' ? "" : stage->directory,
		 *file == '/' ? "" : "/", file);
	object = bpf_object__open_file(path, NULL);
	if (object)
		stage->object[stage->object_count++] = object;
	return object;
}

int bench_program_fd(const struct bpf_object *object, const char *name)
{
	struct bpf_program *program = bpf_object__find_program_by_name(object, name);

	return program ? bpf_program__fd(program) : -1;
}

/* count.h brings every map along; the floor uses one. */
static int load_floor(struct bench_stage *stage, int copy)
{
	struct bpf_object *object = bench_object_open(stage, "floor.o");
	__u32 cpus = (__u32)libbpf_num_possible_cpus();
	struct bpf_map *map;

	if (!object)
		return bench_fail("cannot open floor.o");
	bpf_object__for_each_map(map, object)
	{
		if (!strcmp(bpf_map__name(map), "reasons"))
			bpf_map__set_max_entries(map, cpus * PS_HOOKS_MAX * PS_REASONS_MAX);
		else if (!bpf_map__is_internal(map))
			bpf_map__set_autocreate(map, false);
	}
	if (bpf_object__load(object))
		return bench_fail("cannot load floor.o");
	stage->floor[copy] = object;
	return 0;
}

int bench_load_floor(struct bench_stage *stage, enum ps_hook hook, int copy, int *ret_fd)
{
	if (!stage->floor[copy] && load_floor(stage, copy))
		return -1;
	*ret_fd = bench_program_fd(stage->floor[copy],
				   hook == PS_HOOK_XDP ? "bench_floor" : "bench_floor_tc");
	return 0;
}

static int fill_hash(int fd, __u32 entries)
{
	PS_FREED struct bench_key *keys = ps_memory_new(entries, sizeof(*keys));
	PS_FREED __u32 *slots = ps_memory_new(entries, sizeof(*slots));

	for (__u32 i = 0; i < entries; i++) {
		struct bench_place place = bench_place_of(BENCH_EXACT, i, 0);

		keys[i].addr_be = htonl(place.addr);
		keys[i].port_be = htons(place.port);
		keys[i].proto = IPPROTO_TCP;
		slots[i] = i;
	}
	return bpf_map_update_batch(fd, keys, slots, &entries, NULL);
}

int bench_load_hash(struct bench_stage *stage, __u32 entries, int *ret_fd)
{
	struct bpf_object *object = bench_object_open(stage, "hash.o");
	struct bpf_map *places, *counts;

	if (!object)
		return bench_fail("cannot open hash.o");
	places = bpf_object__find_map_by_name(object, "places");
	counts = bpf_object__find_map_by_name(object, "counts");
	bpf_map__set_max_entries(places, entries);
	bpf_map__set_max_entries(counts, entries);
	if (bpf_object__load(object) || fill_hash(bpf_map__fd(places), entries))
		return bench_fail("cannot load hash.o");
	*ret_fd = bench_program_fd(object, "bench_hash");
	return 0;
}

/* A port is bound when the value of each CPU says so, in the bits below its counter. */
static int fill_filter(int fd, __u32 ports)
{
	int cpus = libbpf_num_possible_cpus();
	PS_FREED __u64 *values = ps_memory_new((size_t)cpus, sizeof(*values));

	for (int cpu = 0; cpu < cpus; cpu++)
		values[cpu] = FILTER_TCP_DESTINATION;
	for (__u32 i = 0; i < ports; i++) {
		__u32 key = htons(bench_place_of(BENCH_ANY, i, 0).port);

		if (bpf_map_update_elem(fd, &key, values, BPF_ANY))
			return -1;
	}
	return 0;
}

static struct bpf_object *open_filter(struct bench_stage *stage, const char *features)
{
	struct bpf_object *object = NULL;
	char pattern[128];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "/usr/lib*/{*/,}bpf/xdpfilt_alw_%s.o", features);
	if (!glob(pattern, GLOB_BRACE, NULL, &found))
		object = bench_object_open(stage, found.gl_pathv[0]);
	globfree(&found);
	return object;
}

/*
 * xdp-filter as it is installed (policy allow: what matches is dropped), without
 * libxdp: its maps not pinned, and its
 * program loaded for fragments, because those that tail-call each other must agree.
 */
int bench_load_filter(struct bench_stage *stage, const char *features, __u32 ports, int *ret_fd)
{
	struct bpf_object *object = open_filter(stage, features);
	struct bpf_program *program;
	struct bpf_map *map;

	if (!object)
		return bench_fail("xdp-filter (%s): not installed (package xdp-tools)", features);
	bpf_object__for_each_map(map, object) bpf_map__set_pin_path(map, NULL);
	program = bpf_object__next_program(object, NULL);
	bpf_program__set_flags(program, BPF_F_XDP_HAS_FRAGS);
	if (bpf_object__load(object))
		return bench_fail("xdp-filter (%s): the kernel refused to load it", features);
	if (fill_filter(bpf_object__find_map_fd_by_name(object, "filter_ports"), ports))
		return bench_fail("xdp-filter (%s): cannot fill its ports", features);
	*ret_fd = bpf_program__fd(program);
	return 0;
}
