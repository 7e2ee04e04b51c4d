// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Lists of places where sockets wait. See socket_place.h.
 */
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "file/socket_place.h"

void ps_socket_places_add(struct ps_socket_places *places, const struct ps_socket_place *place)
{
	places->item =
		ps_memory_grow(places->item, places->count, &places->room, sizeof(*places->item));
	places->item[places->count++] = *place;
}

struct ps_socket_place *ps_socket_places_find(const struct ps_socket_places *places,
					      const struct ps_socket_place *like)
{
	for (size_t i = 0; i < places->count; i++)
		if (!strcmp(places->item[i].name, like->name) &&
		    ps_endpoint_is_equal(&places->item[i].endpoint, &like->endpoint))
			return &places->item[i];
	return NULL;
}

void ps_socket_places_done(struct ps_socket_places *places)
{
	free(places->item);
	*places = (struct ps_socket_places){};
}

void ps_socket_places_take(struct ps_socket_places *places, const struct ps_registry *registry)
{
	for (size_t i = 0; i < registry->count; i++) {
		struct ps_socket_place place = {};

		if (registry->item[i].info.proto == PS_NO_PROTO)
			continue;
		memcpy(place.name, registry->item[i].name, sizeof(place.name));
		ps_registered_endpoint(&registry->item[i], &place.endpoint);
		if (!ps_socket_places_find(places, &place))
			ps_socket_places_add(places, &place);
	}
}

bool ps_socket_places_are_found(const struct ps_socket_places *places, const char *name)
{
	for (size_t i = 0; i < places->count; i++)
		if (places->item[i].is_found && !strcmp(places->item[i].name, name))
			return true;
	return false;
}

static bool has_name(const struct ps_socket_places *places, const char *name)
{
	for (size_t i = 0; i < places->count; i++)
		if (!strcmp(places->item[i].name, name))
			return true;
	return false;
}

void ps_socket_places_compare(const struct ps_socket_places *wanted,
			      const struct ps_socket_places *present, struct ps_socket_plan *ret)
{
	struct ps_socket_plan plan = {};

	for (size_t i = 0; i < wanted->count; i++) {
		const struct ps_socket_place *place = &wanted->item[i];

		if (place->is_found && !place->is_same)
			ps_socket_places_add(ps_socket_places_find(present, place) ? &plan.changed
										   : &plan.added,
					     place);
	}
	for (size_t i = 0; i < present->count; i++) {
		const struct ps_socket_place *place = &present->item[i];

		if (!ps_socket_places_find(wanted, place) &&
		    (!has_name(wanted, place->name) ||
		     ps_socket_places_are_found(wanted, place->name)))
			ps_socket_places_add(&plan.removed, place);
	}
	*ret = plan;
}

bool ps_socket_plan_is_empty(const struct ps_socket_plan *plan)
{
	return !plan->added.count && !plan->changed.count && !plan->removed.count;
}

void ps_socket_plan_done(struct ps_socket_plan *plan)
{
	ps_socket_places_done(&plan->added);
	ps_socket_places_done(&plan->changed);
	ps_socket_places_done(&plan->removed);
}
