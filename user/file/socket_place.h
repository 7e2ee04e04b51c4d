/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Registered sockets as a file has them: a name, and where a socket of it
 * waits; and what makes those that are registered equal to that. Pure.
 */
#ifndef PORTSTEER_FILE_SOCKET_PLACE_H
#define PORTSTEER_FILE_SOCKET_PLACE_H

#include "base/diagnostic.h"
#include "socket/registered.h"

struct ps_socket_place {
	struct ps_position position; /* in the file */
	char name[PS_NAME_SIZE];
	struct ps_endpoint endpoint; /* one port of an address, or of every address */
	bool is_found; /* some socket waits there */
	bool is_same; /* those that wait there are registered, and no others */
};

struct ps_socket_places {
	struct ps_socket_place *item;
	size_t count;
	size_t room;
};

/* No place is in more than one list. Those where nobody waits are in none, unless to be removed. */
struct ps_socket_plan {
	struct ps_socket_places added;
	struct ps_socket_places changed; /* others wait there than those that are registered */
	struct ps_socket_places removed;
};

void ps_socket_places_add(struct ps_socket_places *places, const struct ps_socket_place *place);
struct ps_socket_place *ps_socket_places_find(const struct ps_socket_places *places,
					      const struct ps_socket_place *like);
void ps_socket_places_done(struct ps_socket_places *places);

/* Appends where the sockets of @registry are bound, each name and place once. */
void ps_socket_places_take(struct ps_socket_places *places, const struct ps_registry *registry);

/* Some socket of @name was found at one of its places. */
bool ps_socket_places_are_found(const struct ps_socket_places *places, const char *name);

/*
 * Compares them. A name of which no socket is found stays as it is. Release with
 * ps_socket_plan_done().
 */
void ps_socket_places_compare(const struct ps_socket_places *wanted,
			      const struct ps_socket_places *present, struct ps_socket_plan *ret);
bool ps_socket_plan_is_empty(const struct ps_socket_plan *plan);
void ps_socket_plan_done(struct ps_socket_plan *plan);

#endif
