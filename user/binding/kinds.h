/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What bindings say beyond their endpoints, each of it once: of a million bindings
 * most are alike, and a number says which. Pure.
 */
#ifndef PORTSTEER_BINDING_KINDS_H
#define PORTSTEER_BINDING_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <portsteer/abi.h>

struct ps_kind {
	const char *owner; /* from ps_memory_intern(), NULL: none */
	struct ps_act act;
	__u32 name; /* where it begins among the names; 0: it has none */
};

struct ps_kinds {
	struct ps_kind *item;
	size_t count, room;
	char *names; /* one behind the other, each with its NUL; the first is empty */
	size_t names_size, names_room;
	__u32 *place; /* index + 1 of a kind, by its hash; 0: none */
	size_t places; /* a power of two */
};

/* The number of what is asked for, which is new or was there. @name ends as a text or a name does.
 */
__u32 ps_kinds_take(struct ps_kinds *kinds, struct ps_act act, const char *owner, const char *name);

/* "" when it has none. */
const char *ps_kinds_name(const struct ps_kinds *kinds, __u32 number);

void ps_kinds_done(struct ps_kinds *kinds);

#endif
