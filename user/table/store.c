// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The single steps of publishing. See store.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <bpf/bpf.h>
#include "base/memory.h"
#include "base/progress.h"
#include "pins/counts.h"
#include "pins/grace.h"
#include "table/bucket.h"
#include "table/front.h"
#include "table/slot.h"
#include "table/store.h"

#define AHEAD 8 /* bindings that are fetched into the cache before it is their turn */
#define MEMORY_TRIES 100 /* of 1 ms, without any progress */

static struct ps_act act_of(const struct ps_binding *binding)
{
	return (struct ps_act){ binding->action, binding->flags, binding->target_index };
}

static const enum ps_change_kind kinds[] = {
	[PS_STORE_NEW] = PS_CHANGE_INSERT,	 [PS_STORE_ACTION] = PS_CHANGE_ACT,
	[PS_STORE_ALL] = PS_CHANGE_ACT_AND_NAME, [PS_STORE_NOTHING] = PS_CHANGE_ACT,
	[PS_STORE_NO_MORE] = PS_CHANGE_DELETE,	 [PS_STORE_COPY] = PS_CHANGE_INSERT,
};

static void write_change(struct ps_change *change, const struct ps_binding *binding, __u32 half,
			 enum ps_store_what what)
{
	*change = (struct ps_change){
		.endpoint = binding->endpoint,
		.slot = binding->slot,
		.half = (__u8)half,
		.kind = kinds[what],
	};
	if (what == PS_STORE_NOTHING)
		return;
	change->act = act_of(binding);
	memcpy(change->name, binding->name, sizeof(change->name));
}

/* Once. The kernel may be short of elements at hand for a moment: then @args tells how far it came.
 */
static int run_once(const struct ps_instance *instance, struct ps_store_args *args,
		    struct ps_error *error)
{
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = args, .ctx_size_in = sizeof(*args));
	int err = bpf_prog_test_run_opts(instance->store_fd, &run);

	if (err)
		return ps_error_errno(error, -err, "cannot run portsteer_store");
	if (args->error && args->error != -ENOMEM)
		return ps_error_errno(error, -args->error, "cannot change a binding");
	return 0;
}

/* Runs portsteer_store over the first @count elements of `changes`. */
static int run_store(const struct ps_instance *instance, __u32 count, struct ps_error *error)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	__u32 first = 0;

	for (int tries = 0; tries < MEMORY_TRIES; tries++) {
		struct ps_store_args args = {
			.first = first,
			.count = count - first,
			.clears_late = ps_counts_has_late(instance),
		};

		if (run_once(instance, &args, error))
			return -1;
		first += args.done;
		if (first == count)
			return 0;
		if (args.done)
			tries = 0;
		nanosleep(&pause, NULL);
	}
	return ps_error_errno(error, ENOMEM, "cannot insert a binding");
}

/* Packets see a seat only while there is an element: it leaves before that does, */
static void leave_seat(struct ps_front front, const struct ps_change *change,
		       enum ps_store_what what)
{
	if (what == PS_STORE_NO_MORE)
		ps_front_remove(front, &change->endpoint);
}

/* Once for all seats that are taken by this call: then nobody reads those that were left before. */
static int settle_seats(const struct ps_instance *instance, struct ps_front *front,
			struct ps_error *error)
{
	if (front->is_settled)
		return 0;
	if (ps_grace_wait(instance, error))
		return -1;
	front->is_settled = true;
	return 0;
}

static int insert_seat(const struct ps_instance *instance, struct ps_front *front,
		       const struct ps_change *change, struct ps_error *error)
{
	for (;;) {
		if (ps_front_insert(*front, &change->endpoint, change->slot, change->half,
				    change->act))
			return 0;
		if (settle_seats(instance, front, error))
			return -1;
	}
}

static bool is_insertion(enum ps_store_what what)
{
	return what == PS_STORE_NEW || what == PS_STORE_COPY;
}

/* and comes, or is changed, behind it. */
static int store_seats(const struct ps_instance *instance, struct ps_front *front, __u32 count,
		       enum ps_store_what what, struct ps_error *error)
{
	for (__u32 i = 0; i < count; i++) {
		const struct ps_change *change = &instance->changes[i];

		if (is_insertion(what)) {
			if (insert_seat(instance, front, change, error))
				return -1;
		} else if (what != PS_STORE_NO_MORE) {
			ps_front_store(*front, &change->endpoint, change->half, change->act);
		}
	}
	return 0;
}

/* With the words of both halves nothing may be written where packets have been told of others. */
static bool has_hidden(const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++)
		if (bindings->item[i].is_hidden)
			return true;
	return false;
}

/* What is to become of bindings, and which is the next. */
struct batch {
	const struct ps_bindings *bindings;
	__u32 *order; /* numbers of bindings, in the order of buckets; NULL: as they are */
	size_t next;
	__u32 half;
	enum ps_store_what what;
};

static void free_order(struct batch *batch)
{
	free(batch->order);
}

/* Of few bindings every bucket is a cold one, whatever their order. */
static void choose_order(const struct ps_instance *instance, struct batch *batch)
{
	const struct ps_bindings *bindings = batch->bindings;

	if (bindings->count > PS_CHANGES_MAX)
		batch->order = ps_bucket_order(&bindings->item->endpoint, sizeof(*bindings->item),
					       bindings->count, instance->meta->capacity);
}

static const struct ps_binding *take_next(struct batch *batch)
{
	const struct ps_bindings *bindings = batch->bindings;
	size_t at = batch->next++;

	if (!batch->order)
		return &bindings->item[at];
	if (at + AHEAD < bindings->count)
		__builtin_prefetch(&bindings->item[batch->order[at + AHEAD]]);
	return &bindings->item[batch->order[at]];
}

/* Fills `changes` with the next ones. How many. */
static __u32 write_changes(const struct ps_instance *instance, struct batch *batch)
{
	struct ps_change *changes = instance->changes;
	enum ps_store_what what = batch->what;
	__u32 count = 0;

	while (count < PS_CHANGES_MAX && batch->next < batch->bindings->count) {
		const struct ps_binding *binding = take_next(batch);

		if (what == PS_STORE_ACTION && binding->is_hidden)
			continue; /* inserted with it */
		write_change(&changes[count], binding, batch->half, what);
		if (what == PS_STORE_NEW)
			changes[count].born = (__u32)(instance->state->generation + 1);
		if (what == PS_STORE_COPY)
			changes[count].born = (__u32)instance->state->generation;
		if (what == PS_STORE_COPY || (what == PS_STORE_NEW && binding->is_hidden))
			changes[count].half = PS_HALVES;
		count++;
	}
	return count;
}

int ps_store_bindings(const struct ps_instance *instance, const struct ps_bindings *bindings,
		      __u32 half, enum ps_store_what what, struct ps_error *error)
{
	__attribute__((cleanup(free_order))) struct batch batch = { bindings, NULL, 0, half, what };
	struct ps_front front = ps_instance_front(instance);
	struct ps_change *changes = instance->changes;

	if (what == PS_STORE_NEW && has_hidden(bindings) && settle_seats(instance, &front, error))
		return -1;
	choose_order(instance, &batch);
	while (batch.next < bindings->count) {
		__u32 count = write_changes(instance, &batch);
		int failed;

		for (__u32 i = 0; i < count; i++)
			leave_seat(front, &changes[i], what);
		failed = count && run_store(instance, count, error);
		failed = failed || store_seats(instance, &front, count, what, error);
		memset(changes, 0, count * sizeof(*changes)); /* nobody repeats them */
		if (failed)
			return -1;
		ps_progress_add(count);
	}
	return 0;
}

/* All at once, because each by itself would be a system call. */
static int update_shapes(int fd, const struct ps_shapes *shapes)
{
	PS_FREED struct ps_shape_key *specs = ps_memory_new(shapes->count, sizeof(*specs));
	PS_FREED __u32 *counts = ps_memory_new(shapes->count, sizeof(*counts));
	__u32 count = 0;

	for (size_t i = 0; i < shapes->count; i++) {
		specs[count] = shapes->item[i].key;
		counts[count] = shapes->item[i].after;
		count += counts[count] != 0;
	}
	return count ? bpf_map_update_batch(fd, specs, counts, &count, NULL) : 0;
}

int ps_store_shapes(const struct ps_instance *instance, const struct ps_shapes *shapes,
		    struct ps_error *error)
{
	int fd = instance->map_fd[PS_MAP_SHAPES], err;

	for (size_t i = 0; i < shapes->count; i++)
		if (!shapes->item[i].after && bpf_map_delete_elem(fd, &shapes->item[i].key) &&
		    errno != ENOENT)
			return ps_error_errno(error, errno, "cannot count bindings");
	err = update_shapes(fd, shapes);
	if (err == -E2BIG)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "bindings of more than %d shapes (protocol, prefix length, "
				    "ports)",
				    PS_SHAPES_MAX);
	return err ? ps_error_errno(error, -err, "cannot count bindings") : 0;
}

void ps_store_forget_flows(const struct ps_instance *instance, const struct ps_bindings *bindings)
{
	PS_FREED __u64 *gone = ps_memory_new((instance->meta->capacity + 63) / 64, 8);
	int fd = instance->map_fd[PS_MAP_FLOWS];
	struct ps_flow_key key, next;
	bool any = false;

	for (size_t i = 0; i < bindings->count; i++) {
		any |= bindings->item[i].action == PS_COUNT;
		ps_slot_mark(gone, bindings->item[i].slot);
	}
	if (!any || bpf_map_get_next_key(fd, NULL, &next))
		return;
	for (int more = 1; more;) {
		key = next;
		more = !bpf_map_get_next_key(fd, &key, &next);
		if (gone[key.slot / 64] >> key.slot % 64 & 1 && !bpf_map_delete_elem(fd, &key))
			instance->flow_state->forgotten++;
	}
}
