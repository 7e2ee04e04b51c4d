/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Shapes of endpoints, and how many bindings have each: what `shapes` holds.
 * Pure.
 */
#ifndef PORTSTEER_TABLE_SHAPES_H
#define PORTSTEER_TABLE_SHAPES_H

#include <stddef.h>
#include <portsteer/abi.h>

struct ps_shape {
	struct ps_shape_key key;
	__u32 before, after; /* bindings of it, before and after a change */
};

struct ps_shapes {
	struct ps_shape *item; /* each once, in the order of asking */
	size_t count, room;
	__u32 *place; /* index + 1 in item, by hash; 0: empty */
	size_t size; /* of place, a power of two */
};

/*
 * The shape of @endpoint, without bindings when it is a new one; it stays where
 * it is until the next is asked for. Begin with zeros, release with
 * ps_shapes_done().
 */
struct ps_shape *ps_shapes_get(struct ps_shapes *shapes, const struct ps_endpoint *endpoint);
void ps_shapes_done(struct ps_shapes *shapes);

/* The shape of @endpoint, as counted in `shapes`. */
struct ps_shape_key ps_shape_key_of(const struct ps_endpoint *endpoint);

/* An endpoint of that shape, whose address is all zeros. */
struct ps_endpoint ps_shape_endpoint(const struct ps_shape_key *key);

#endif
