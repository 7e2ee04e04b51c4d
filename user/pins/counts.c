// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Sums over rows. See counts.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include "base/memory.h"
#include "pins/counts.h"

static __u32 blocks_of(const struct ps_instance *instance)
{
	return ps_blocks_of(instance->meta->capacity);
}

/* Adds the @rows of @counts from @first on, if it was read. */
static void add_rows(struct ps_count *sum, const struct ps_counts *counts, __u32 first, __u32 rows,
		     __u32 blocks, __u32 slot)
{
	for (__u32 row = first; counts && row < first + rows; row++) {
		const struct ps_count *count =
			&counts[ps_count_index(row, blocks, slot)].count[slot % PS_BLOCK];

		sum->packets += count->packets;
		sum->bytes += count->bytes;
	}
}

struct ps_count ps_counts_sum(const struct ps_instance *instance, enum ps_direction direction,
			      __u32 slot)
{
	const struct ps_meta *meta = instance->meta;
	__u32 blocks = blocks_of(instance), carried = ps_blocks_of(meta->carried_slots);
	struct ps_count sum = {};

	if (direction == PS_RX)
		add_rows(&sum, instance->counters, 0, meta->cpu_rows, blocks, slot);
	else
		add_rows(&sum, instance->sent, 0, meta->sent_rows, blocks, slot);
	add_rows(&sum, instance->late_counts, direction, 1, blocks, slot);
	if (slot < meta->carried_slots)
		add_rows(&sum, instance->carried, direction, 1, carried, slot);
	return sum;
}

static void clear_rows(struct ps_counts *counts, __u32 rows, __u32 blocks, __u32 slot)
{
	for (__u32 row = 0; row < rows; row++)
		counts[ps_count_index(row, blocks, slot)].count[slot % PS_BLOCK] =
			(struct ps_count){};
}

void ps_counts_clear(const struct ps_instance *instance, __u32 slot)
{
	const struct ps_meta *meta = instance->meta;

	clear_rows(instance->counters, meta->cpu_rows, blocks_of(instance), slot);
	clear_rows(instance->sent, meta->sent_rows, blocks_of(instance), slot);
	if (slot < meta->carried_slots)
		clear_rows(instance->carried, PS_DIRECTIONS, ps_blocks_of(meta->carried_slots),
			   slot);
}

bool ps_counts_has_late(const struct ps_instance *instance)
{
	struct ps_late_key first;

	return !bpf_map_get_next_key(instance->map_fd[PS_MAP_LATE], NULL, &first) ||
	       errno != ENOENT;
}

static int refuse(int err, struct ps_error *error)
{
	return ps_error_errno(error, err, "cannot read '%s'", ps_map_name(PS_MAP_LATE));
}

/* Elements come while this goes on, and none goes. */
int ps_counts_walk_late(const struct ps_instance *instance, ps_counts_visit visit, void *context,
			struct ps_error *error)
{
	int fd = instance->map_fd[PS_MAP_LATE];
	__u32 blocks = blocks_of(instance);
	struct ps_late_key key, *last = NULL;

	while (!bpf_map_get_next_key(fd, last, &key)) {
		struct ps_counts counts;
		struct ps_answer answer = ps_map_ask(fd, &key, &counts);

		if (ps_is_unknown(answer))
			return refuse(answer.err, error);
		if (ps_is_yes(answer) && key.block < blocks && key.direction < PS_DIRECTIONS)
			visit(context, (enum ps_direction)key.direction, key.block * PS_BLOCK,
			      &counts);
		last = &key;
	}
	return errno == ENOENT ? 0 : refuse(errno, error);
}

struct late {
	struct ps_counts *rows;
	__u32 blocks;
};

static void keep_late(void *context, enum ps_direction direction, __u32 first,
		      const struct ps_counts *counts)
{
	const struct late *late = context;

	late->rows[direction * late->blocks + first / PS_BLOCK] = *counts;
}

int ps_counts_read_late(const struct ps_instance *instance, struct ps_counts **ret,
			struct ps_error *error)
{
	struct late late = { .blocks = blocks_of(instance) };

	if (ps_counts_has_late(instance)) {
		late.rows = ps_memory_new((size_t)PS_DIRECTIONS * late.blocks, sizeof(*late.rows));
		if (ps_counts_walk_late(instance, keep_late, &late, error)) {
			free(late.rows);
			return -1;
		}
	}
	*ret = late.rows;
	return 0;
}

static __u32 reason_rows(const struct ps_instance *instance)
{
	return PS_REASONS_CPU + instance->meta->cpu_rows;
}

__u64 ps_reasons_sum(const struct ps_instance *instance, __u32 hook_index, enum ps_reason reason)
{
	__u64 packets = 0;

	for (__u32 row = 0; row < reason_rows(instance); row++)
		packets += instance->reasons[ps_reasons_index(row, hook_index)].count[reason];
	return packets;
}

void ps_reasons_clear(const struct ps_instance *instance, __u32 hook_index)
{
	for (__u32 row = 0; row < reason_rows(instance); row++)
		instance->reasons[ps_reasons_index(row, hook_index)] = (struct ps_reasons){};
}
