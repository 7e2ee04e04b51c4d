// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Counting what is in use. See usage.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include "base/memory.h"
#include "table/front.h"
#include "table/usage.h"

#define BATCH 8192 /* no bucket of the hash is as long */

/* Counts shapes. How many bindings have one that takes a seat, or -1 and an error. */
static long count_shapes(const struct ps_instance *instance, __u32 *ret_shapes,
			 struct ps_error *error)
{
	PS_FREED struct ps_shape_key *specs = ps_memory_new(BATCH, sizeof(*specs));
	PS_FREED __u32 *counts = ps_memory_new(BATCH, sizeof(*counts));
	__u64 position = 0;
	void *from = NULL;
	long seated = 0;

	for (int err = 0; !err; from = &position) {
		__u32 count = BATCH;

		err = bpf_map_lookup_batch(instance->map_fd[PS_MAP_SHAPES], from, &position, specs,
					   counts, &count, NULL);
		if (err && err != -ENOENT)
			return ps_error_errno(error, -err, "cannot read '%s'",
					      ps_map_name(PS_MAP_SHAPES));
		*ret_shapes += count;
		for (__u32 i = 0; i < count; i++)
			seated += ps_front_takes(&specs[i]) ? (long)counts[i] : 0;
	}
	return seated;
}

/* Counts seats. How many bindings have them. */
static __u32 count_seats(struct ps_front front, __u32 *ret_seats)
{
	__u32 bindings = 0;

	for (__u32 i = 0; i < front.count; i++)
		for (int seat = 0; seat < PS_BUCKET_ENTRIES; seat++) {
			__u64 family = front.lines[i].key[seat] >> 60; /* the rest of IPv6: 0 */

			bindings += family != 0;
			*ret_seats += family == PS_IPV6 ? 2 : family != 0;
		}
	return bindings;
}

static void count_ports(const struct ps_port *entries, struct ps_usage *usage)
{
	static const struct ps_port empty;
	PS_FREED bool *is_seen = ps_memory_new(PS_LISTS_MAX, sizeof(*is_seen));

	for (size_t i = 0; i < PS_HALF_PORTS; i++) {
		usage->ports += memcmp(&entries[i], &empty, sizeof(empty)) != 0;
		usage->lists += entries[i].probes && !is_seen[entries[i].probes];
		is_seen[entries[i].probes] = true;
	}
}

/* What the kernel charges for the map of @fd; 0 when /proc does not say. */
static __u64 read_bytes(int fd)
{
	unsigned long long bytes = 0;
	char path[64], line[128];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "memlock: %llu", &bytes) == 1)
			break;
	if (file)
		fclose(file);
	return bytes;
}

int ps_usage_read(const struct ps_instance *instance, struct ps_usage *ret, struct ps_error *error)
{
	__u32 half = ps_instance_half(instance);
	struct ps_usage usage = {};
	long seatable = count_shapes(instance, &usage.shapes, error), seated;

	if (seatable < 0 || ps_flows_read_fill(instance, &usage.flows, error))
		return -1;
	seated = (long)count_seats(ps_instance_front(instance), &usage.seats);
	usage.overflow = seatable > seated ? (__u32)(seatable - seated) : 0;
	count_ports(ps_instance_ports(instance, half), &usage);
	for (int i = 1; i < PS_TARGETS_MAX; i++)
		usage.targets += ps_instance_targets(instance, half)[i].bindings != 0;
	for (int map = 0; map < PS_MAP_COUNT_OF; map++)
		usage.bytes += read_bytes(instance->map_fd[map]);
	*ret = usage;
	return 0;
}
