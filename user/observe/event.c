// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Comparing two readings of an instance. See event.h.
 */
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "binding/diff.h"
#include "observe/event.h"

static struct ps_event *add(struct ps_events *events, enum ps_event_kind kind)
{
	struct ps_event *event;

	events->item =
		ps_memory_grow(events->item, events->count, &events->room, sizeof(*events->item));
	event = &events->item[events->count++];
	*event = (struct ps_event){ .kind = kind };
	return event;
}

static void find_guard(const struct ps_reading *before, const struct ps_reading *after,
		       struct ps_events *events)
{
	const struct ps_guard *old = &before->guard, *new = &after->guard;

	if (old->mode == PS_GUARD_OFF && new->mode == PS_GUARD_OFF)
		return;
	if (old->mode != new->mode || old->state != new->state || old->cgroup_id != new->cgroup_id)
		add(events, PS_EVENT_GUARD);
}

/*
 * The plan that makes the new table the old one again, read backwards: the new one
 * stays whole for the next comparison, and no copy of it is needed.
 */
static struct ps_plan compare_tables(struct ps_bindings *old, const struct ps_bindings *new)
{
	struct ps_diff diff;
	struct ps_plan forward;

	ps_diff_begin(&diff, old);
	for (size_t i = 0; i < new->count; i++)
		ps_diff_meet(&diff, &new->item[i]);
	ps_diff_end(&diff);
	forward = (struct ps_plan){
		.added = diff.plan.removed,
		.changed = diff.plan.before,
		.before = diff.plan.changed,
		.removed = diff.plan.added,
	};
	diff.plan = (struct ps_plan){};
	ps_diff_done(&diff);
	return forward;
}

static void add_bindings(struct ps_events *events, enum ps_event_kind kind,
			 struct ps_bindings *bindings, const struct ps_bindings *before)
{
	for (size_t i = 0; i < bindings->count; i++) {
		struct ps_event *event = add(events, kind);

		event->binding = &bindings->item[i];
		event->before = before ? &before->item[i] : NULL;
	}
}

/* Of an endpoint there is one event, so that this is the order of the table. */
static int compare_bindings(const void *a, const void *b)
{
	const struct ps_event *first = a, *second = b;

	return ps_endpoint_compare(&first->binding->endpoint, &second->binding->endpoint);
}

static void find_published(struct ps_reading *before, const struct ps_reading *after,
			   struct ps_events *events)
{
	struct ps_plan *plan = &events->plan;
	size_t from;

	if (before->is_there == after->is_there && before->generation == after->generation)
		return;
	*plan = compare_tables(&before->bindings, &after->bindings);
	if (before->is_there && after->is_there)
		add(events, PS_EVENT_PUBLISHED)->count = after->generation - before->generation;
	from = events->count;
	add_bindings(events, PS_EVENT_BINDING_ADDED, &plan->added, NULL);
	add_bindings(events, PS_EVENT_BINDING_CHANGED, &plan->changed, &plan->before);
	add_bindings(events, PS_EVENT_BINDING_REMOVED, &plan->removed, NULL);
	if (events->count > from)
		qsort(events->item + from, events->count - from, sizeof(*events->item),
		      compare_bindings);
}

/* Names that bindings mean and nobody is registered by are no sockets. */
static const struct ps_registered *next_socket(const struct ps_registry *registry, size_t *at)
{
	while (*at < registry->count && registry->item[*at].info.proto == PS_NO_PROTO)
		(*at)++;
	return *at < registry->count ? &registry->item[*at] : NULL;
}

static void find_socket(const struct ps_registered *old, const struct ps_registered *new,
			struct ps_events *events)
{
	if (!new) {
		add(events, PS_EVENT_SOCKET_REMOVED)->socket = old;
		return;
	}
	if (!old)
		add(events, PS_EVENT_SOCKET_ADDED)->socket = new;
	if (!new->is_open && (!old || old->is_open))
		add(events, PS_EVENT_SOCKET_CLOSED)->socket = new;
}

static void find_sockets(const struct ps_reading *before, const struct ps_reading *after,
			 struct ps_events *events)
{
	const struct ps_registered *old, *new;
	size_t at = 0, to = 0;

	for (;;) {
		int order;

		old = next_socket(&before->registry, &at);
		new = next_socket(&after->registry, &to);
		if (!old && !new)
			return;
		order = !old ? 1 : !new ? -1 : ps_registered_compare(old, new);
		find_socket(order <= 0 ? old : NULL, order >= 0 ? new : NULL, events);
		at += order <= 0;
		to += order >= 0;
	}
}

static void index_slots(struct ps_reading *reading)
{
	const struct ps_bindings *bindings = &reading->bindings;

	for (size_t i = 0; i < bindings->count; i++)
		if (bindings->item[i].slot >= reading->slots)
			reading->slots = bindings->item[i].slot + 1;
	reading->by_slot = ps_memory_new(reading->slots ?: 1, sizeof(*reading->by_slot));
	for (size_t i = 0; i < bindings->count; i++)
		reading->by_slot[bindings->item[i].slot] = &bindings->item[i];
}

/* Among those that are there, or were there before. */
static const struct ps_binding *find_forbidding(struct ps_reading *reading,
						const struct ps_plan *plan,
						const struct ps_attempt_key *key)
{
	const struct ps_binding *binding = NULL;

	if (!reading->by_slot)
		index_slots(reading);
	if (key->slot < reading->slots)
		binding = reading->by_slot[key->slot];
	if (binding && ps_attempt_is_of(key, binding))
		return binding;
	for (size_t i = 0; i < plan->removed.count; i++) {
		binding = &plan->removed.item[i];
		if (binding->slot == key->slot && ps_attempt_is_of(key, binding))
			return binding;
	}
	return NULL;
}

/* How often since @old. The same time, and more of them: the rest is being written just now. */
static __u64 count_new(const struct ps_attempt *old, struct ps_attempt *new)
{
	if (!old || old->value.first_ns != new->value.first_ns)
		return new->value.count;
	if (old->value.last_ns == new->value.last_ns)
		new->value.count = old->value.count;
	return new->value.count - old->value.count;
}

static int compare_times(const void *a, const void *b)
{
	const struct ps_event *first = a, *second = b;
	__u64 one = first->attempt->value.last_ns, other = second->attempt->value.last_ns;

	return (one > other) - (one < other);
}

static int compare_keys(const struct ps_attempt *first, const struct ps_attempt *second)
{
	return memcmp(&first->key, &second->key, sizeof(first->key));
}

static void find_attempts(const struct ps_reading *before, struct ps_reading *after,
			  struct ps_events *events)
{
	const struct ps_attempts *old = &before->attempts;
	size_t at = 0, from = events->count;

	for (size_t i = 0; i < after->attempts.count; i++) {
		struct ps_attempt *new = &after->attempts.item[i];
		bool is_known;
		__u64 count;

		while (at < old->count && compare_keys(&old->item[at], new) < 0)
			at++;
		is_known = at < old->count && !compare_keys(&old->item[at], new);
		count = count_new(is_known ? &old->item[at] : NULL, new);
		if (!count)
			continue;
		*add(events, PS_EVENT_BIND) = (struct ps_event){
			.kind = PS_EVENT_BIND,
			.count = count,
			.attempt = new,
			.binding = find_forbidding(after, &events->plan, &new->key),
		};
	}
	if (events->count > from)
		qsort(events->item + from, events->count - from, sizeof(*events->item),
		      compare_times);
}

void ps_events_find(struct ps_reading *before, struct ps_reading *after, struct ps_events *ret)
{
	struct ps_events events = {};

	if (after->is_there && !before->is_there)
		add(&events, PS_EVENT_THERE);
	find_guard(before, after, &events);
	find_published(before, after, &events);
	find_sockets(before, after, &events);
	find_attempts(before, after, &events);
	if (before->is_there && !after->is_there)
		add(&events, PS_EVENT_GONE);
	*ret = events;
}

void ps_events_done(struct ps_events *events)
{
	ps_plan_done(&events->plan);
	free(events->item);
	*events = (struct ps_events){};
}

void ps_reading_done(struct ps_reading *reading)
{
	ps_bindings_done(&reading->bindings);
	free(reading->by_slot);
	ps_registry_done(&reading->registry);
	free(reading->cgroup);
	ps_attempts_done(&reading->attempts);
	*reading = (struct ps_reading){};
}
