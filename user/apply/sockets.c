// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Registering sockets: those that a file names, and single ones. See apply.h.
 */
#include <stdlib.h>
#include <string.h>
#include "apply/internal.h"
#include "base/memory.h"

static bool is_registered(const struct ps_registry *registry, const char *name,
			  const struct ps_candidate *candidate)
{
	for (size_t i = 0; i < registry->count; i++)
		if (registry->item[i].is_open && !strcmp(registry->item[i].name, name) &&
		    registry->item[i].info.cookie == candidate->info.cookie)
			return true;
	return false;
}

/* How many sockets, open or closed, are registered for this place. */
static size_t count_registered(const struct ps_registry *registry,
			       const struct ps_socket_place *place)
{
	size_t count = 0;

	for (size_t i = 0; i < registry->count; i++) {
		struct ps_endpoint endpoint;

		if (registry->item[i].info.proto == PS_NO_PROTO ||
		    strcmp(registry->item[i].name, place->name))
			continue;
		ps_registered_endpoint(&registry->item[i], &endpoint);
		count += ps_endpoint_is_equal(&endpoint, &place->endpoint);
	}
	return count;
}

static int look_for(struct ps_apply *apply, struct ps_socket_place *place,
		    const struct ps_registry *before, struct ps_candidates *found)
{
	struct ps_error error;
	size_t same = 0;

	if (ps_candidates_find(found, 0, &place->endpoint, &error)) {
		if (error.status != PS_EXIT_NOT_FOUND) {
			*apply->error = error;
			return ps_apply_locate(apply, place->position);
		}
		ps_report_note(apply->report,
			       "note: %s: socket '%s' is as it was; apply again when it is open",
			       error.text, place->name);
		return 0;
	}
	for (size_t i = 0; i < found->count; i++)
		same += is_registered(before, place->name, &found->item[i]);
	place->is_found = true;
	place->is_same = same == found->count && same == count_registered(before, place);
	return 0;
}

int ps_transition_plan_sockets(struct ps_apply *apply, const struct ps_instance *instance,
			       struct ps_transition *transition)
{
	struct ps_socket_places *wanted = &transition->file.sockets, present = {};
	struct ps_socket_change *change = &transition->sockets;

	if (!transition->file.has_sockets)
		return 0;
	change->found = ps_memory_new(wanted->count, sizeof(*change->found));
	if (instance)
		ps_registry_read(instance, &change->before);
	for (size_t i = 0; i < wanted->count; i++)
		if (look_for(apply, &wanted->item[i], &change->before, &change->found[i]))
			return -1;
	ps_socket_places_take(&present, &change->before);
	ps_socket_places_compare(wanted, &present, &change->plan);
	ps_socket_places_done(&present);
	return 0;
}

void ps_socket_change_done(struct ps_transition *transition)
{
	struct ps_socket_change *change = &transition->sockets;

	for (size_t i = 0; change->found && i < transition->file.sockets.count; i++)
		ps_candidates_done(&change->found[i]);
	free(change->found);
	ps_registry_done(&change->before);
	ps_socket_plan_done(&change->plan);
	*change = (struct ps_socket_change){};
}

/* Of what was found for @name: all, or what was not registered before. Memory of the caller's. */
static struct ps_candidate *list_found(const struct ps_transition *transition, const char *name,
				       const struct ps_registry *except, size_t *ret_count)
{
	const struct ps_socket_places *wanted = &transition->file.sockets;
	struct ps_candidate *list = NULL;
	size_t count = 0, room = 0;

	for (size_t i = 0; i < wanted->count; i++)
		for (size_t j = 0; j < transition->sockets.found[i].count; j++) {
			const struct ps_candidate *candidate =
				&transition->sockets.found[i].item[j];

			if (strcmp(wanted->item[i].name, name) ||
			    is_registered(except, name, candidate))
				continue;
			list = ps_memory_grow(list, count, &room, sizeof(*list));
			list[count++] = *candidate;
		}
	*ret_count = count;
	return list;
}

static int add(struct ps_instance *instance, const struct ps_transition *transition,
	       const char *name, enum ps_register_how how, struct ps_error *error)
{
	const struct ps_registry none = {};
	struct ps_registering registering = { .name = name, .how = how };
	PS_FREED struct ps_candidate *list =
		list_found(transition, name, &none, &registering.count);
	struct ps_registry_change change;

	registering.candidate = list;
	return ps_registry_add(instance, &registering, &change, error);
}

static int add_all(struct ps_apply *apply, struct ps_instance *instance,
		   const struct ps_transition *transition, const struct ps_socket_places *places)
{
	for (size_t i = 0; i < places->count; i++)
		if (add(instance, transition, places->item[i].name, PS_REGISTER_BESIDE,
			apply->error))
			return -1;
	return 0;
}

int ps_transition_add_sockets(struct ps_apply *apply, struct ps_instance *instance,
			      const struct ps_transition *transition)
{
	const struct ps_socket_plan *plan = &transition->sockets.plan;

	return add_all(apply, instance, transition, &plan->added) ||
			       add_all(apply, instance, transition, &plan->changed)
		       ? -1
		       : 0;
}

static void undo(struct ps_instance *instance, const struct ps_transition *transition,
		 const struct ps_socket_places *places)
{
	for (size_t i = 0; i < places->count; i++) {
		struct ps_registering registering = { .name = places->item[i].name };
		PS_FREED struct ps_candidate *list =
			list_found(transition, places->item[i].name, &transition->sockets.before,
				   &registering.count);
		struct ps_error ignored;

		registering.candidate = list;
		ps_registry_drop(instance, &registering, &ignored);
	}
}

void ps_transition_undo_sockets(struct ps_instance *instance,
				const struct ps_transition *transition)
{
	undo(instance, transition, &transition->sockets.plan.added);
	undo(instance, transition, &transition->sockets.plan.changed);
}

static int replace(struct ps_apply *apply, struct ps_instance *instance,
		   const struct ps_transition *transition, const struct ps_socket_places *places)
{
	for (size_t i = 0; i < places->count; i++) {
		const char *name = places->item[i].name;
		size_t open;

		if (ps_socket_places_are_found(&transition->file.sockets, name)) {
			if (add(instance, transition, name, PS_REGISTER_INSTEAD, apply->error))
				return -1;
		} else if (ps_registry_remove(instance, name, &open, apply->error) &&
			   apply->error->status != PS_EXIT_NOT_FOUND) { /* once for each place */
			return -1;
		}
	}
	return 0;
}

int ps_transition_replace_sockets(struct ps_apply *apply, struct ps_instance *instance,
				  const struct ps_transition *transition)
{
	const struct ps_socket_plan *plan = &transition->sockets.plan;

	return replace(apply, instance, transition, &plan->changed) ||
			       replace(apply, instance, transition, &plan->removed)
		       ? -1
		       : 0;
}

int ps_apply_register(struct ps_apply *apply, const struct ps_registering *registering)
{
	struct ps_registry_change change;
	struct ps_instance instance;
	int failed;

	if (ps_apply_open(apply, PS_CREATE, &instance))
		return -1;
	failed = ps_registry_add(&instance, registering, &change, apply->error);
	if (!failed && !change.added)
		ps_report_note(apply->report, "note: already registered as '%s'",
			       registering->name);
	if (!failed && apply->report->is_verbose)
		ps_report_note(apply->report,
			       "'%s': %zu added, %zu already registered, %zu removed",
			       registering->name, change.added, change.same, change.removed);
	return ps_apply_close(apply, &instance, failed);
}

int ps_apply_unregister(struct ps_apply *apply, const char *name)
{
	struct ps_instance instance;
	size_t open;
	int failed;

	if (ps_apply_open(apply, PS_REMOVE, &instance))
		return -1;
	failed = ps_registry_remove(&instance, name, &open, apply->error);
	if (!failed && apply->report->is_verbose)
		ps_report_note(apply->report, "'%s': %zu open sockets removed", name, open);
	return ps_apply_close(apply, &instance, failed);
}
