// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reading flows. See flows.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <bpf/bpf.h>
#include "base/memory.h"
#include "pins/capacity.h"
#include "pins/maps.h"
#include "table/flows.h"

#define BATCH 8192 /* no bucket of the hash is as long */

/* Sees some flows. */
typedef void (*see_flows)(void *seer, const struct ps_flow_key *keys, const struct ps_flow *flows,
			  __u32 count);

/* Shows all, each once: elements stay in their bucket, which is read at once. */
static int walk(const struct ps_instance *instance, see_flows see, void *seer,
		struct ps_error *error)
{
	PS_FREED struct ps_flow_key *keys = ps_memory_new(BATCH, sizeof(*keys));
	PS_FREED struct ps_flow *flows = ps_memory_new(BATCH, sizeof(*flows));
	__u32 position = 0;
	void *from = NULL;

	for (int err = 0; !err; from = &position) {
		__u32 count = BATCH;

		err = bpf_map_lookup_batch(instance->map_fd[PS_MAP_FLOWS], from, &position, keys,
					   flows, &count, NULL);
		if (err && err != -ENOENT)
			return ps_error_errno(error, -err, "cannot read the flows");
		see(seer, keys, flows, count);
	}
	return 0;
}

/* Those that something has opened. */
static void take(void *taker, const struct ps_flow_key *keys, const struct ps_flow *flows,
		 __u32 count)
{
	struct ps_flows *taken = taker;

	taken->fill.present += count;
	for (__u32 i = 0; i < count; i++) {
		if (!flows[i].first_ns)
			continue;
		taken->item = ps_memory_grow(taken->item, taken->count, &taken->room,
					     sizeof(*taken->item));
		taken->item[taken->count++] = (struct ps_seen_flow){ keys[i], flows[i] };
	}
}

void ps_flows_done(struct ps_flows *flows)
{
	free(flows->item);
	*flows = (struct ps_flows){};
}

static void tally(void *sum, const struct ps_flow_key *keys, const struct ps_flow *flows,
		  __u32 count)
{
	(void)keys;
	(void)flows;
	*(__u64 *)sum += count;
}

/* That should be there, if none had been evicted. */
static __u64 count_known(const struct ps_flow_state *state)
{
	return __atomic_load_n(&state->made, __ATOMIC_RELAXED) - state->forgotten;
}

static struct ps_flows_fill fill_of(const struct ps_flow_state *state, __u64 present)
{
	__u64 known = count_known(state);

	return (struct ps_flows_fill){ present, known > present ? known - present : 0 };
}

int ps_flows_read(const struct ps_instance *instance, struct ps_flows *ret, struct ps_error *error)
{
	*ret = (struct ps_flows){};
	if (walk(instance, take, ret, error))
		return -1;
	ret->fill = fill_of(instance->flow_state, ret->fill.present);
	return 0;
}

int ps_flows_read_fill(const struct ps_instance *instance, struct ps_flows_fill *ret,
		       struct ps_error *error)
{
	__u64 present = 0;

	if (walk(instance, tally, &present, error))
		return -1;
	*ret = fill_of(instance->flow_state, present);
	return 0;
}

__u32 ps_flows_room_wanted(const struct ps_instance *instance)
{
	__u32 room = instance->meta->flow_room;
	__u64 used = count_known(instance->flow_state) - instance->flow_state->evicted;

	/* CPUs that make none keep some free elements. */
	return used < room - room / 8 ? room : ps_flow_room_after(room);
}

int ps_flows_take_stock(struct ps_instance *instance, struct ps_error *error)
{
	struct ps_flow_state *state = instance->flow_state;
	__u64 present = 0, known;

	if (walk(instance, tally, &present, error))
		return -1;
	known = count_known(state);
	if (known < present)
		__atomic_fetch_add(&state->made, present - known, __ATOMIC_RELAXED);
	state->evicted = fill_of(state, present).evicted;
	return 0;
}
