/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where a binding is in an array, by its endpoint. Pure; the array stays the
 * caller's and may grow, as long as what is indexed keeps its place.
 */
#ifndef PORTSTEER_BINDING_KEYMAP_H
#define PORTSTEER_BINDING_KEYMAP_H

#include "binding/binding.h"

/* Where one is: its index + 1, 0 for nobody, and bits of its hash that seldom let others be read.
 */
struct ps_keymap_place {
	__u32 hash;
	__u32 number;
};

struct ps_keymap {
	const struct ps_bindings *bindings;
	struct ps_keymap_place *place;
	size_t size; /* of place, a power of two */
	size_t indexed; /* bindings that were looked at */
	size_t count; /* different endpoints among them */
};

/* Costs nothing before somebody asks. Release with ps_keymap_done(). */
void ps_keymap_init(struct ps_keymap *map, const struct ps_bindings *bindings);
void ps_keymap_done(struct ps_keymap *map);

/* Indexes the next binding. Returns the one before it that has the same endpoint, or NULL. */
struct ps_binding *ps_keymap_next(struct ps_keymap *map);

/* The first of all bindings with this endpoint, or NULL. */
struct ps_binding *ps_keymap_find(struct ps_keymap *map, const struct ps_endpoint *endpoint);

#endif
