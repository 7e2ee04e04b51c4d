// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Copying what is live, without a lock. See snapshot.h.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include "base/memory.h"
#include "instance/renames.h"
#include "instance/snapshot.h"
#include "pins/array.h"
#include "pins/counts.h"

static int read_all(const struct ps_instance *instance, enum ps_map map, __u32 count,
		    void *ret_values, struct ps_error *error)
{
	int err = ps_array_read(instance->map_fd[map], 0, count, ret_values);

	return err ? ps_error_errno(error, -err, "cannot read '%s'", ps_map_name(map)) : 0;
}

/* 1: the array was written meanwhile, and no generation tells. */
static int copy_array(struct ps_instance *instance, enum ps_map map, struct ps_error *error)
{
	struct bpf_map_info info = {};
	__u32 info_size = sizeof(info), stride;
	PS_FREED void *again = NULL;

	if (bpf_obj_get_info_by_fd(instance->map_fd[map], &info, &info_size))
		return ps_error_errno(error, errno, "cannot inspect map '%s'", ps_map_name(map));
	stride = (info.value_size + 7) / 8 * 8;
	instance->memory[map] = ps_memory_new(info.max_entries, stride);
	if (read_all(instance, map, info.max_entries, instance->memory[map], error))
		return -1;
	if (map != PS_MAP_HOOKS)
		return 0;
	again = ps_memory_new(info.max_entries, stride);
	if (read_all(instance, map, info.max_entries, again, error))
		return -1;
	return memcmp(again, instance->memory[map], (size_t)info.max_entries * stride) ? 1 : 0;
}

/* What is copied before it and behind it stays there, which no system call sees to. */
static int read_state(const struct ps_instance *instance, struct ps_state *ret,
		      struct ps_error *error)
{
	struct ps_state state;
	int failed;

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	failed = read_all(instance, PS_MAP_STATE, 1, &state, error);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!failed)
		*ret = state;
	return failed;
}

struct copying {
	struct ps_snapshot *snapshot;
	size_t room;
};

static int copy_row(void *context, const struct ps_endpoint *endpoint,
		    const struct ps_record *record)
{
	struct copying *copying = context;
	struct ps_snapshot *snapshot = copying->snapshot;

	snapshot->rows = ps_memory_grow(snapshot->rows, snapshot->count, &copying->room,
					sizeof(*snapshot->rows));
	snapshot->rows[snapshot->count++] = (struct ps_row){ *endpoint, *record };
	return 0;
}

static int compare_rows(const void *a, const void *b)
{
	const struct ps_row *first = a, *second = b;

	return memcmp(&first->endpoint, &second->endpoint, sizeof(first->endpoint));
}

static struct ps_row *find_row(const struct ps_snapshot *snapshot,
			       const struct ps_endpoint *endpoint)
{
	const struct ps_row wanted = { .endpoint = *endpoint };

	if (!snapshot->count)
		return NULL;
	return bsearch(&wanted, snapshot->rows, snapshot->count, sizeof(wanted), compare_rows);
}

static void rename_rows(const struct ps_snapshot *snapshot, const struct ps_renames *renames)
{
	for (size_t i = 0; i < renames->count; i++) {
		const struct ps_rename *rename = &renames->item[i];
		struct ps_row *row = find_row(snapshot, &rename->endpoint);

		if (row)
			memcpy(row->record.name, rename->name, sizeof(row->record.name));
	}
}

static int copy_rows(const struct ps_instance *instance, struct ps_snapshot *snapshot,
		     struct ps_error *error)
{
	struct copying copying = { .snapshot = snapshot };

	if (ps_records_walk(instance->map_fd[PS_MAP_BINDINGS], copy_row, &copying, error))
		return -1;
	if (snapshot->count)
		qsort(snapshot->rows, snapshot->count, sizeof(*snapshot->rows), compare_rows);
	return 0;
}

/*
 * New names are read first: once they are not there any more, the bindings have them. Whether
 * there are any is asked again, behind the generation that they are for.
 */
static int copy_bindings(struct ps_instance *instance, struct ps_error *error)
{
	const struct ps_state *state = instance->memory[PS_MAP_STATE];
	struct ps_snapshot *snapshot = ps_memory_new(1, sizeof(*snapshot));
	struct ps_renames renames = {};
	struct ps_state now = {};
	int failed = read_state(instance, &now, error);

	if (!failed && (state->pending || now.pending))
		failed = ps_renames_read(instance, state->generation, &renames, error);
	failed = failed || copy_rows(instance, snapshot, error);
	rename_rows(snapshot, &renames);
	ps_renames_done(&renames);
	if (failed)
		ps_snapshot_free(snapshot);
	else
		instance->snapshot = snapshot;
	return failed ? -1 : 0;
}

static int copy_all(struct ps_instance *instance, __u32 reads, struct ps_error *error)
{
	for (enum ps_map map = 0; map < PS_MAP_COUNT_OF; map++) {
		int result = 0;

		if (ps_map_kind(map).is_array && map != PS_MAP_STATE && reads >> map & 1)
			result = copy_array(instance, map, error);
		if (result)
			return result;
	}
	return reads & 1 << PS_MAP_BINDINGS ? copy_bindings(instance, error) : 0;
}

/* Where it has to be is known from `meta`. */
static int copy_late(struct ps_instance *instance, struct ps_error *error)
{
	instance->meta = instance->memory[PS_MAP_META];
	return ps_counts_read_late(instance, &instance->late_counts, error);
}

bool ps_snapshot_is_changing(const struct ps_state *state)
{
	return state->pending && (!kill((pid_t)state->pending, 0) || errno == EPERM);
}

/* The rest of it, by who knows how to keep less than all. */
static int read_more(struct ps_instance *instance, const struct ps_more *more,
		     struct ps_error *error)
{
	if (!more->read)
		return 0;
	ps_instance_name_arrays(instance);
	return more->read(more->context, instance, error);
}

int ps_snapshot_take(struct ps_instance *instance, const struct ps_instance_options *options,
		     enum ps_patience patience, struct ps_error *error)
{
	struct ps_state *before = ps_memory_new(1, sizeof(*before)), after = {};
	__u32 reads = options->reads | 1 << PS_MAP_META;
	int result;

	instance->memory[PS_MAP_STATE] = before;
	if (read_state(instance, before, error))
		return -1;
	if (patience == PS_AWAIT_CHANGE && ps_snapshot_is_changing(before))
		return 1;
	result = copy_all(instance, reads, error);
	if (!result && reads & 1 << PS_MAP_LATE)
		result = copy_late(instance, error);
	result = result ?: read_more(instance, &options->more, error);
	if (result)
		return result;
	if (read_state(instance, &after, error))
		return -1;
	return after.generation != before->generation ||
	       (patience == PS_AWAIT_CHANGE && ps_snapshot_is_changing(&after));
}

const struct ps_record *ps_snapshot_find(const struct ps_snapshot *snapshot,
					 const struct ps_endpoint *endpoint)
{
	const struct ps_row *row = find_row(snapshot, endpoint);

	return row ? &row->record : NULL;
}

int ps_snapshot_walk(const struct ps_instance *instance, ps_record_visit visit, void *context,
		     struct ps_error *error)
{
	const struct ps_snapshot *snapshot = instance->snapshot;

	if (!snapshot)
		return ps_records_walk(instance->map_fd[PS_MAP_BINDINGS], visit, context, error);
	for (size_t i = 0; i < snapshot->count; i++)
		if (visit(context, &snapshot->rows[i].endpoint, &snapshot->rows[i].record))
			return 0;
	return 0;
}

void ps_snapshot_free(struct ps_snapshot *snapshot)
{
	if (!snapshot)
		return;
	free(snapshot->rows);
	free(snapshot);
}
