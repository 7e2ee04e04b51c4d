/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Registered sockets: which sockets bindings mean by a name. The kernel takes
 * a socket out when it is closed; its entry stays here as closed until another
 * takes its place. Who changes it holds the lock on the instance.
 */
#ifndef PORTSTEER_SOCKET_REGISTRY_H
#define PORTSTEER_SOCKET_REGISTRY_H

#include "socket/registered.h"

struct ps_instance;

/* A socket to register. */
struct ps_candidate {
	int fd;
	struct ps_socket_info info; /* all but epoch and taken */
};

enum ps_register_how {
	PS_REGISTER_BESIDE, /* those that are open */
	PS_REGISTER_INSTEAD, /* of all others: each packet meets those of before or of after */
};

/* What to register, and how. */
struct ps_registering {
	const char *name;
	const struct ps_candidate *candidate;
	size_t count;
	enum ps_register_how how;
};

/* What became of candidates. */
struct ps_registry_change {
	size_t added;
	size_t same; /* were registered by this name already */
	size_t removed; /* others, that were replaced or closed */
};

/* Reads all of it. Release with ps_registry_done(). */
void ps_registry_read(const struct ps_instance *instance, struct ps_registry *ret);

/* In a blank instance: as if an open socket of @name waited at @endpoint. */
void ps_registry_pretend(struct ps_instance *blank, const char *name,
			 const struct ps_endpoint *endpoint);

/* Some socket is registered and open. */
bool ps_registry_is_any(const struct ps_instance *instance);

/* Registers them, all or none. */
int ps_registry_add(struct ps_instance *instance, const struct ps_registering *registering,
		    struct ps_registry_change *ret, struct ps_error *error);

/* Forgets the same, unless others have taken their places; not all sockets of the name. */
int ps_registry_drop(struct ps_instance *instance, const struct ps_registering *registering,
		     struct ps_error *error);

/* Forgets all sockets of @name; how many were open. */
int ps_registry_remove(struct ps_instance *instance, const char *name, size_t *ret_open,
		       struct ps_error *error);

/*
 * Gives each name that @targets, of the next generation, mean its place in
 * @names, which is a copy of those of @instance. Names that nothing means and
 * nobody is registered by make room.
 */
int ps_registry_resolve(const struct ps_instance *instance,
			struct ps_socket_name names[PS_SOCKET_NAMES_MAX],
			struct ps_target targets[PS_TARGETS_MAX], struct ps_error *error);

#endif
