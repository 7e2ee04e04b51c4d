/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where a binding is in an array, by its endpoint. Pure; the array stays the
 * caller's and may grow, as long as what was added keeps its place.
 */
#ifndef PORTSTEER_KEYMAP_H
#define PORTSTEER_KEYMAP_H

#include "binding.h"

struct ps_keymap {
	const struct ps_bindings *bindings;
	__u32 *place; /* index + 1, 0: empty */
	size_t size; /* of place, a power of two */
	size_t count;
};

/* Release with ps_keymap_done(). */
void ps_keymap_init(struct ps_keymap *map, const struct ps_bindings *bindings);
void ps_keymap_done(struct ps_keymap *map);

/* The first of @bindings that was added with this endpoint, or NULL. */
struct ps_binding *ps_keymap_find(const struct ps_keymap *map, const struct ps_endpoint *endpoint);

/* Adds bindings->item[@index], unless its endpoint is there already. */
void ps_keymap_add(struct ps_keymap *map, size_t index);

#endif
