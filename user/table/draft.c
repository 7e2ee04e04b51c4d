// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Making a draft: copy what packets see now, then apply the plan to the copy,
 * one concern after the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/advice.h"
#include "base/memory.h"
#include "instance/takers.h"
#include "socket/registry.h"
#include "table/draft.h"
#include "table/probe.h"
#include "table/read.h"
#include "table/slot.h"
#include "table/target.h"
#include "table/target_find.h"

#define HIDDEN_FROM 1024 /* bindings that are added at once */

static void *copy(const void *from, size_t size)
{
	return memcpy(ps_memory_new(1, size), from, size);
}

bool ps_draft_find(void *context, const struct ps_endpoint *endpoint, struct ps_binding *ret)
{
	struct ps_draft *draft = context;
	const struct ps_binding *planned = ps_keymap_find(&draft->added, endpoint);

	planned = planned ?: ps_keymap_find(&draft->changed, endpoint);
	if (planned)
		*ret = *planned;
	else if (ps_keymap_find(&draft->removed, endpoint) ||
		 !ps_table_find(draft->instance, endpoint, ret))
		return false;
	return true;
}

static struct ps_winner find_winner(void *context, const struct ps_endpoint *endpoint)
{
	struct ps_binding binding;

	return ps_draft_find(context, endpoint, &binding) ? ps_winner_of(&binding)
							  : (struct ps_winner){};
}

static int take_targets(struct ps_target_finder *finder, struct ps_bindings *bindings,
			struct ps_error *error)
{
	for (size_t i = 0; i < bindings->count; i++) {
		struct ps_binding *binding = &bindings->item[i];

		binding->target_index = 0;
		if (!ps_action_has_target(binding->action))
			continue;
		binding->target_index = ps_target_take(finder, &binding->target);
		if (!binding->target_index)
			return ps_error_set(error, PS_EXIT_REFUSED,
					    "more than %d different redirect targets and "
					    "names of sockets",
					    PS_TARGETS_MAX - 1);
	}
	return 0;
}

static void release_targets(struct ps_draft *draft, const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++)
		ps_target_release(draft->targets, bindings->item[i].target_index);
}

static void read_targets(const struct ps_draft *draft, struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++)
		if (bindings->item[i].target_index)
			bindings->item[i].target = draft->targets[bindings->item[i].target_index];
}

/* What goes makes room for what comes. */
static int exchange_targets(struct ps_draft *draft, struct ps_error *error)
{
	struct ps_target_finder finder;
	int failed;

	release_targets(draft, &draft->plan->before);
	release_targets(draft, &draft->plan->removed);
	ps_target_finder_init(&finder, draft->targets);
	failed = take_targets(&finder, &draft->plan->added, error) ||
		 take_targets(&finder, &draft->plan->changed, error);
	ps_target_finder_done(&finder);
	return failed;
}

static int make_targets(struct ps_draft *draft, struct ps_error *error)
{
	if (exchange_targets(draft, error))
		return -1;
	if (ps_targets_resolve(draft->targets, &draft->kept, error) ||
	    ps_registry_resolve(draft->instance, draft->socket_names, draft->targets, error))
		return -1;
	read_targets(draft, &draft->plan->added);
	read_targets(draft, &draft->plan->changed);
	return 0;
}

static int make_slots(struct ps_draft *draft, struct ps_error *error)
{
	const struct ps_meta *meta = draft->instance->meta;
	__u32 from = 0, present = draft->instance->state->bindings;
	struct ps_bindings *added = &draft->plan->added;

	if (present + added->count > PS_BINDINGS_MAX)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "%zu bindings are too many: a table has room for at most %d",
				    present + added->count, PS_BINDINGS_MAX);
	if (present + added->count > draft->instance->limit)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "binding table full (%u of %u, and %zu more wanted); unbind "
				    "some, or allow more with --max-bindings",
				    present, draft->instance->limit, added->count);
	draft->wanted = present + (__u32)added->count;
	if (draft->wanted > meta->capacity) /* then this draft is made again */
		return 0;
	for (size_t i = 0; i < added->count; i++) {
		long slot = ps_slot_take(draft->slots, meta->capacity, &from);

		if (slot < 0)
			return ps_error_set(error, PS_EXIT_REFUSED,
					    "no free slot among %u; '%s' recounts them",
					    meta->capacity, ps_advice("refresh --recover", NULL));
		added->item[i].slot = (__u32)slot;
	}
	return 0;
}

static int read_shape(const struct ps_draft *draft, const struct ps_shape_key *spec,
		      __u32 *ret_present, struct ps_error *error)
{
	struct ps_answer answer = ps_answer_no();
	__u32 present = 0;

	if (draft->instance->state->bindings)
		answer = ps_map_ask(draft->instance->map_fd[PS_MAP_SHAPES], spec, &present);
	if (ps_is_unknown(answer))
		return ps_error_errno(error, answer.err, "cannot look up a binding");
	*ret_present = ps_is_yes(answer) ? present : 0;
	return 0;
}

/* How many bindings of each shape there are, and will be. */
static int count_shapes(struct ps_draft *draft, struct ps_error *error)
{
	const struct ps_plan *plan = draft->plan;

	for (size_t i = 0; i < plan->added.count; i++)
		ps_shapes_get(&draft->shapes, &plan->added.item[i].endpoint)->after++;
	for (size_t i = 0; i < plan->removed.count; i++)
		ps_shapes_get(&draft->shapes, &plan->removed.item[i].endpoint)->before++;
	for (size_t i = 0; i < draft->shapes.count; i++) {
		struct ps_shape *shape = &draft->shapes.item[i];
		__u32 present = 0;

		if (read_shape(draft, &shape->key, &present, error))
			return -1;
		shape->after = present + shape->after - shape->before;
		shape->before = present;
	}
	return 0;
}

/*
 * Packets look for a shape where the directory says so, and not for one without bindings. It
 * saves a store for each, and costs a grace period, so few are not worth it.
 */
static void find_hidden(struct ps_draft *draft)
{
	struct ps_bindings *added = &draft->plan->added;

	if (added->count < HIDDEN_FROM)
		return;
	for (size_t i = 0; i < added->count; i++)
		added->item[i].is_hidden =
			!ps_shapes_get(&draft->shapes, &added->item[i].endpoint)->before;
}

/* Words for a port that would need too many look-ups: the shapes that are there. */
static int refuse_shape(const struct ps_draft *draft, enum ps_compile_result result,
			const struct ps_endpoint *endpoint, __u16 port, struct ps_error *error)
{
	enum ps_family family = endpoint->family == PS_IPV6 ? PS_IPV6 : PS_IPV4;
	__u32 at = ps_directory_index(0, family, endpoint->proto, port);
	const struct ps_probes *list = &draft->lists[draft->entries[at].probes];
	char text[PS_ENDPOINT_TEXT], shapes[700] = "";
	size_t length = 0;

	ps_endpoint_format(endpoint, text);
	if (result == PS_COMPILE_TOO_MANY)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "%s: ports would be bound in more than %d different ways", text,
				    PS_LISTS_MAX - 1);
	for (int i = 0; i < ps_probes_count(list) && length < sizeof(shapes); i++) {
		const struct ps_probe *probe = &list->probe[i];

		length += (size_t)snprintf(
			shapes + length, sizeof(shapes) - length,
			probe->kind == PS_PROBE_EXACT ? "%s/%d:%d" : "%s/%d:%d-%d", i ? ", " : "",
			probe->prefix_len, probe->kind == PS_PROBE_EXACT ? port : probe->port_first,
			probe->port_last);
	}
	return ps_error_set(error, PS_EXIT_REFUSED,
			    "%s: %s port %d is bound in %d ways already, the most that one packet "
			    "may look up: bindings of /PREFIX:PORTS %s",
			    text, ps_proto_name(endpoint->proto), port, PS_PROBES_MAX, shapes);
}

/* The first of the new bindings that have this shape. */
static const struct ps_endpoint *find_cause(const struct ps_plan *plan,
					    const struct ps_shape_key *spec)
{
	for (size_t i = 0; i < plan->added.count; i++) {
		const struct ps_endpoint *endpoint = &plan->added.item[i].endpoint;
		struct ps_shape_key other = ps_shape_key_of(endpoint);

		if (!memcmp(&other, spec, sizeof(other)))
			return endpoint;
	}
	return NULL;
}

static int make_shape(struct ps_draft *draft, const struct ps_shape *shape, struct ps_error *error)
{
	const struct ps_endpoint endpoint = ps_shape_endpoint(&shape->key);
	enum ps_compile_result result;
	__u16 port = 0;

	result = shape->after ? ps_image_add_shape(&draft->image, &endpoint, &port)
			      : ps_image_remove_shape(&draft->image, &endpoint, &port);
	if (!result)
		return 0;
	return refuse_shape(draft, result, find_cause(draft->plan, &shape->key) ?: &endpoint, port,
			    error);
}

/* What goes makes room for what comes: a port's list may be full. */
static int make_shapes(struct ps_draft *draft, struct ps_error *error)
{
	const struct ps_shapes *shapes = &draft->shapes;

	for (size_t i = 0; i < shapes->count; i++)
		if (shapes->item[i].before && !shapes->item[i].after &&
		    make_shape(draft, &shapes->item[i], error))
			return -1;
	for (size_t i = 0; i < shapes->count; i++)
		if (!shapes->item[i].before && shapes->item[i].after &&
		    make_shape(draft, &shapes->item[i], error))
			return -1;
	return 0;
}

static void make_winners(struct ps_draft *draft, const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++)
		if (ps_endpoint_is_any_address(&bindings->item[i].endpoint))
			ps_image_update_winner(&draft->image, &bindings->item[i].endpoint);
}

int ps_draft_make(const struct ps_instance *instance, struct ps_plan *plan, struct ps_draft *draft,
		  struct ps_error *error)
{
	__u32 half = ps_instance_half(instance);

	*draft = (struct ps_draft){ .instance = instance, .plan = plan };
	draft->entries =
		copy(ps_instance_ports(instance, half), PS_HALF_PORTS * sizeof(*draft->entries));
	draft->lists = ps_memory_new(PS_LISTS_MAX, sizeof(*draft->lists));
	ps_lists_copy(draft->entries, instance->probe_lists, draft->lists);
	draft->targets =
		copy(ps_instance_targets(instance, half), PS_TARGETS_MAX * sizeof(*draft->targets));
	draft->slots = copy(instance->slots, (instance->meta->capacity + 63) / 64 * 8);
	draft->socket_names =
		copy(instance->socket_names, PS_SOCKET_NAMES_MAX * sizeof(*draft->socket_names));
	ps_keymap_init(&draft->added, &plan->added);
	ps_keymap_init(&draft->changed, &plan->changed);
	ps_keymap_init(&draft->removed, &plan->removed);
	ps_image_init(&draft->image, draft->entries, draft->lists, find_winner, draft);

	if (make_slots(draft, error) || count_shapes(draft, error))
		return -1;
	find_hidden(draft);
	if (make_targets(draft, error) ||
	    ps_takers_change(instance, plan, &draft->targets[0].takers, error) ||
	    make_shapes(draft, error))
		return -1;
	make_winners(draft, &plan->removed);
	make_winners(draft, &plan->added);
	make_winners(draft, &plan->changed);
	return ps_table_check(error);
}

void ps_draft_done(struct ps_draft *draft)
{
	ps_image_done(&draft->image);
	ps_keymap_done(&draft->added);
	ps_keymap_done(&draft->changed);
	ps_keymap_done(&draft->removed);
	free(draft->entries);
	free(draft->lists);
	free(draft->targets);
	free(draft->slots);
	ps_shapes_done(&draft->shapes);
	free(draft->socket_names);
}
