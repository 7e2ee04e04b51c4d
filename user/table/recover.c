// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Settling: from whatever a change left behind when it was cut short, to a
 * table whose two halves agree. What packets see now is right (I1 of publish.h)
 * and is not written; everything else is made from it (I10).
 */
#include <errno.h>
#include <string.h>
#include <bpf/bpf.h>
#include "base/memory.h"
#include "instance/renames.h"
#include "instance/snapshot.h"
#include "instance/takers.h"
#include "pins/bpffs.h"
#include "pins/grace.h"
#include "pins/pending.h"
#include "table/compile.h"
#include "table/front.h"
#include "table/publish.h"
#include "table/read.h"
#include "table/slot.h"
#include "table/store.h"

struct census {
	__u64 generation;
	__u32 half; /* that packets see */
	struct ps_front front;
	struct ps_bindings live; /* whose other word, or that of whose seat, differs */
	struct ps_bindings dead; /* that nobody sees */
	__u64 *slots;
	__u32 *target_uses; /* PS_TARGETS_MAX of them */
	struct ps_takers takers;
	struct ps_shapes shapes; /* of every live binding */
	__u32 bindings;
};

static bool is_finished(const struct census *census, const struct ps_endpoint *endpoint,
			const struct ps_record *record)
{
	const __u64 *seat = ps_front_find(census->front, endpoint);
	struct ps_act act;

	if (memcmp(&record->act[0], &record->act[1], sizeof(act)))
		return false;
	if (!seat)
		return true;
	act = ps_entry_act(*seat, census->half ^ 1);
	return !memcmp(&record->act[census->half], &act, sizeof(act));
}

static int take_census(void *context, const struct ps_endpoint *endpoint,
		       const struct ps_record *record)
{
	struct census *census = context;
	struct ps_act act = record->act[census->half];

	if (!ps_record_is_live(record, census->generation)) {
		ps_bindings_add(&census->dead)->endpoint = *endpoint;
		return 0;
	}
	census->bindings++;
	ps_slot_mark(census->slots, record->slot);
	census->target_uses[act.target]++;
	ps_takers_count(&census->takers, endpoint, act.action, 1);
	ps_shapes_get(&census->shapes, endpoint)->after++;
	if (!is_finished(census, endpoint, record))
		*ps_bindings_add(&census->live) = ps_record_binding(endpoint, record, census->half);
	return 0;
}

/* The next key is asked for while its predecessor is there: from NULL, each would search from the
 * start. */
static int clear_shapes(const struct ps_instance *instance, struct ps_error *error)
{
	int fd = instance->map_fd[PS_MAP_SHAPES];
	struct ps_shape_key key, next;
	int err = bpf_map_get_next_key(fd, NULL, &next);

	while (!err) {
		key = next;
		err = bpf_map_get_next_key(fd, &key, &next);
		if ((err && err != -ENOENT) || bpf_map_delete_elem(fd, &key))
			return ps_error_errno(error, errno, "cannot count bindings");
	}
	return err == -ENOENT ? 0 : ps_error_errno(error, -err, "cannot count bindings");
}

static void write_targets(const struct ps_instance *instance, const struct census *census)
{
	const struct ps_target *seen = ps_instance_targets(instance, census->half);
	struct ps_target *other = ps_instance_targets(instance, census->half ^ 1);

	other[0] = (struct ps_target){ .takers = census->takers };
	other[0].takers.generation = census->generation;
	for (int i = 1; i < PS_TARGETS_MAX; i++) {
		other[i] = census->target_uses[i] ? seen[i] : (struct ps_target){};
		other[i].bindings = census->target_uses[i];
	}
}

static int write_all(struct ps_instance *instance, struct census *census, struct ps_error *error)
{
	if (ps_store_bindings(instance, &census->live, census->half ^ 1, PS_STORE_ACTION, error) ||
	    ps_store_bindings(instance, &census->dead, census->half ^ 1, PS_STORE_NO_MORE, error) ||
	    clear_shapes(instance, error) || ps_store_shapes(instance, &census->shapes, error))
		return -1;
	write_targets(instance, census);
	memcpy(ps_instance_ports(instance, census->half ^ 1),
	       ps_instance_ports(instance, census->half), PS_HALF_PORTS * sizeof(struct ps_port));
	ps_directory_mark(instance->directory);
	memcpy(instance->slots, census->slots, (instance->meta->capacity + 63) / 64 * 8);
	instance->state->bindings = census->bindings;
	return 0;
}

/* Names that were published, but not written (I8): behind the actions, which they are stored with.
 */
static int write_names(const struct ps_instance *instance, const struct ps_renames *renames,
		       __u32 half, struct ps_error *error)
{
	struct ps_bindings named = {};
	int failed;

	for (size_t i = 0; i < renames->count; i++) {
		const struct ps_rename *rename = &renames->item[i];
		struct ps_binding binding, *after;

		if (!ps_table_find(instance, &rename->endpoint, &binding))
			continue;
		after = ps_bindings_add(&named);
		*after = binding;
		memcpy(after->name, rename->name, sizeof(after->name));
	}
	failed = ps_table_check(error) ||
		 ps_store_bindings(instance, &named, half ^ 1, PS_STORE_ALL, error);
	ps_bindings_done(&named);
	return failed;
}

static int complete_names(const struct ps_instance *instance, __u32 half, struct ps_error *error)
{
	struct ps_renames renames;
	int failed;

	if (ps_renames_read(instance, instance->state->generation, &renames, error))
		return -1;
	failed = write_names(instance, &renames, half, error) || ps_renames_unpin(instance, error);
	ps_renames_done(&renames);
	return failed;
}

static int recover(struct ps_instance *instance, struct ps_error *error)
{
	PS_FREED __u64 *slots = ps_memory_new((instance->meta->capacity + 63) / 64, 8);
	PS_FREED __u32 *uses = ps_memory_new(PS_TARGETS_MAX, sizeof(*uses));
	struct census census = { .slots = slots, .target_uses = uses };
	int failed;

	memset(instance->changes, 0, PS_CHANGES_MAX * sizeof(*instance->changes));
	if (ps_grace_wait(instance, error))
		return -1;
	census.generation = instance->state->generation;
	census.half = ps_instance_half(instance);
	census.front = ps_instance_front(instance);
	failed = ps_snapshot_walk(instance, take_census, &census, error) ||
		 write_all(instance, &census, error) ||
		 complete_names(instance, census.half, error);
	ps_bindings_done(&census.live);
	ps_bindings_done(&census.dead);
	ps_shapes_done(&census.shapes);
	if (failed)
		return -1;
	ps_pending_clear(instance);
	return 0;
}

int ps_recover(struct ps_instance *instance, struct ps_error *error)
{
	ps_bpffs_sweep(instance->path);
	if (!instance->state->pending || !recover(instance, error))
		return 0;
	ps_pending_keep(instance);
	return -1;
}

int ps_recover_anew(struct ps_instance *instance, struct ps_error *error)
{
	ps_pending_begin(instance);
	return ps_recover(instance, error);
}
