// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Listing the live table. While it is read, a binding stands at its slot, where
 * its counters find it. See listing.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "instance/owners.h"
#include "instance/renames.h"
#include "pins/counts.h"
#include "pins/records.h"
#include "table/listing.h"

struct reading {
	struct ps_listing *listing;
	const struct ps_instance *instance;
	struct ps_renames renames; /* sorted */
	__u32 slots; /* behind the last that is taken */
	int trouble; /* why not all was read */
};

static int compare_renames(const void *a, const void *b)
{
	return memcmp(&((const struct ps_rename *)a)->endpoint,
		      &((const struct ps_rename *)b)->endpoint, sizeof(struct ps_endpoint));
}

/* Names on their way are there before, and go when bindings have them: so they are read first. */
static int read_renames(struct reading *reading, struct ps_error *error)
{
	const struct ps_state *state = reading->instance->state;
	struct ps_renames *renames = &reading->renames;

	if (ps_renames_read(reading->instance, state->generation, renames, error))
		return -1;
	if (renames->count)
		qsort(renames->item, renames->count, sizeof(*renames->item), compare_renames);
	return 0;
}

static const char *name_of(const struct reading *reading, const struct ps_endpoint *endpoint,
			   const struct ps_record *record)
{
	const struct ps_rename wanted = { .endpoint = *endpoint }, *rename;

	if (!reading->renames.count)
		return record->name;
	rename = bsearch(&wanted, reading->renames.item, reading->renames.count, sizeof(wanted),
			 compare_renames);
	return rename ? rename->name : record->name;
}

static int find_owner(struct reading *reading, const struct ps_binding *binding,
		      const char **ret_owner)
{
	struct ps_answer answer = ps_owners_find(reading->instance, binding, ret_owner);

	if (ps_is_unknown(answer))
		reading->trouble = answer.err ?: EIO;
	return reading->trouble;
}

static int add(struct reading *reading, const struct ps_binding *binding, const char *name)
{
	struct ps_listing *listing = reading->listing;
	const struct ps_act act = { binding->action, binding->flags, binding->target_index };
	const char *owner = NULL;

	if (binding->slot >= reading->instance->meta->capacity)
		reading->trouble = ERANGE;
	if (reading->trouble || find_owner(reading, binding, &owner))
		return -1;
	listing->item[binding->slot] = ps_listed_make(
		&binding->endpoint, ps_kinds_take(&listing->kinds, act, owner, name));
	if (binding->slot >= reading->slots)
		reading->slots = binding->slot + 1;
	return 0;
}

static int visit(void *context, const struct ps_endpoint *endpoint, const struct ps_record *record)
{
	struct reading *reading = context;
	struct ps_listing *listing = reading->listing;
	__u64 generation = reading->instance->state->generation;
	struct ps_binding binding;
	const char *name;

	if (!ps_record_is_live(record, generation))
		return 0;
	binding = ps_record_binding(endpoint, record, generation & 1);
	name = name_of(reading, endpoint, record);
	listing->total++;
	listing->counting += binding.action == PS_COUNT;
	if (listing->filter && !ps_filter_has_binding(listing->filter, endpoint, name))
		return 0;
	return add(reading, &binding, name);
}

static void add_counts(void *context, enum ps_direction direction, __u32 first,
		       const struct ps_counts *counts)
{
	const struct reading *reading = context;

	for (__u32 i = 0; i < PS_BLOCK && first + i < reading->slots; i++) {
		struct ps_listed *listed = &reading->listing->item[first + i];

		if (listed->proto == PS_NO_PROTO)
			continue;
		if (direction == PS_RX) {
			listed->rx_packets += counts->count[i].packets;
			listed->rx_bytes += counts->count[i].bytes;
		} else {
			listed->tx_packets += counts->count[i].packets;
			listed->tx_bytes += counts->count[i].bytes;
		}
	}
}

/* Leaves out the slots that no binding has. */
static void pack(struct ps_listing *listing)
{
	size_t kept = 0;

	for (size_t i = 0; i < listing->count; i++)
		if (listing->item[i].proto != PS_NO_PROTO && kept++ < i)
			listing->item[kept - 1] = listing->item[i];
	listing->count = kept;
}

static int read_all(struct reading *reading, struct ps_error *error)
{
	struct ps_listing *listing = reading->listing;
	const struct ps_instance *instance = reading->instance;

	if (read_renames(reading, error) ||
	    ps_records_walk(instance->map_fd[PS_MAP_BINDINGS], visit, reading, error))
		return -1;
	if (reading->trouble)
		return ps_error_errno(error, reading->trouble,
				      "cannot look up a binding or its owner");
	listing->count = reading->slots;
	if (listing->is_by_slot)
		return 0;
	if (reading->slots && ps_counts_walk(instance, reading->slots, add_counts, reading, error))
		return -1;
	pack(listing);
	return 0;
}

int ps_listing_read(void *context, const struct ps_instance *instance, struct ps_error *error)
{
	struct ps_listing *listing = context;
	struct reading reading = { .listing = listing, .instance = instance };
	int failed;

	ps_listing_done(listing); /* of a try before */
	listing->item = ps_memory_new(instance->meta->capacity, sizeof(*listing->item));
	failed = read_all(&reading, error);
	ps_renames_done(&reading.renames);
	return failed;
}

void ps_listing_done(struct ps_listing *listing)
{
	free(listing->item);
	ps_kinds_done(&listing->kinds);
	*listing =
		(struct ps_listing){ .filter = listing->filter, .is_by_slot = listing->is_by_slot };
}

struct ps_binding ps_listing_binding(const struct ps_listing *listing,
				     const struct ps_instance *instance,
				     const struct ps_listed *listed, const char **ret_name)
{
	__u32 number = ps_listed_kind(listed);
	const struct ps_kind *kind = &listing->kinds.item[number];
	struct ps_binding binding = {
		.endpoint = ps_listed_endpoint(listed),
		.action = kind->act.action,
		.flags = kind->act.flags,
		.target_index = kind->act.target,
		.owner = kind->owner,
	};

	if (ps_action_has_target(binding.action))
		binding.target = ps_instance_targets(
			instance, ps_instance_half(instance))[binding.target_index];
	*ret_name = ps_kinds_name(&listing->kinds, number);
	return binding;
}
