// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Counters of a million bindings, read part by part, so that none of it has to be
 * kept. See counts.h.
 */
#include "base/memory.h"
#include "pins/array.h"
#include "pins/counts.h"

#define PART 256 /* elements at once */

struct walk {
	const struct ps_instance *instance;
	ps_counts_visit visit;
	void *context;
	struct ps_counts *part;
	struct ps_error *error;
};

/* One row of @map, which is @row_blocks long, up to @blocks. */
static int walk_row(const struct walk *walk, enum ps_map map, __u32 row_start, __u32 blocks,
		    enum ps_direction direction)
{
	int fd = walk->instance->map_fd[map];

	for (__u32 block = 0; block < blocks; block += PART) {
		__u32 count = blocks - block < PART ? blocks - block : PART;
		int err = ps_array_read(fd, row_start + block, count, walk->part);

		if (err)
			return ps_error_errno(walk->error, -err, "cannot read '%s'",
					      ps_map_name(map));
		for (__u32 i = 0; i < count; i++)
			walk->visit(walk->context, direction, (block + i) * PS_BLOCK,
				    &walk->part[i]);
	}
	return 0;
}

/* The rows of CPUs, of which each has @capacity slots. */
static int walk_cpus(const struct walk *walk, enum ps_map map, __u32 rows, __u32 blocks,
		     enum ps_direction direction)
{
	__u32 length = ps_blocks_of(walk->instance->meta->capacity);

	for (__u32 row = 0; row < rows; row++)
		if (walk_row(walk, map, row * length, blocks, direction))
			return -1;
	return 0;
}

static int walk_carried(const struct walk *walk, __u32 blocks)
{
	__u32 length = ps_blocks_of(walk->instance->meta->carried_slots);
	__u32 count = blocks < length ? blocks : length;

	for (enum ps_direction direction = PS_RX; direction <= PS_TX; direction++)
		if (walk_row(walk, PS_MAP_CARRIED, direction * length, count, direction))
			return -1;
	return 0;
}

int ps_counts_walk(const struct ps_instance *instance, __u32 slots, ps_counts_visit visit,
		   void *context, struct ps_error *error)
{
	PS_FREED struct ps_counts *part = ps_memory_new(PART, sizeof(*part));
	const struct walk walk = { instance, visit, context, part, error };
	const struct ps_meta *meta = instance->meta;
	__u32 blocks = ps_blocks_of(slots);

	return walk_cpus(&walk, PS_MAP_COUNTERS, meta->cpu_rows, blocks, PS_RX) ||
			       walk_cpus(&walk, PS_MAP_SENT, meta->sent_rows, blocks, PS_TX) ||
			       walk_carried(&walk, blocks) ||
			       ps_counts_walk_late(instance, visit, context, error)
		       ? -1
		       : 0;
}
