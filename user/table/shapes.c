// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Counting bindings by shape. See shapes.h.
 */
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "table/shapes.h"

#define SIZE_MIN 64

struct ps_shape_key ps_shape_key_of(const struct ps_endpoint *endpoint)
{
	return (struct ps_shape_key){
		.port_first = endpoint->port_first,
		.port_last = endpoint->port_last,
		.prefix_len = endpoint->prefix_len,
		.family = endpoint->family,
		.proto = endpoint->proto,
	};
}

/* Where @spec is, or the empty place where it belongs. */
static __u32 *find_place(const struct ps_shapes *shapes, const struct ps_shape_key *spec)
{
	__u64 hash;
	size_t at;

	_Static_assert(sizeof(hash) == sizeof(*spec), "a shape is one word");
	memcpy(&hash, spec, sizeof(hash));
	hash *= 0x9e3779b97f4a7c15ULL;
	at = (size_t)(hash ^ hash >> 32) & (shapes->size - 1);
	while (shapes->place[at] &&
	       memcmp(&shapes->item[shapes->place[at] - 1].key, spec, sizeof(*spec)))
		at = (at + 1) & (shapes->size - 1);
	return &shapes->place[at];
}

static void grow(struct ps_shapes *shapes)
{
	free(shapes->place);
	shapes->size = shapes->size ? 2 * shapes->size : SIZE_MIN;
	shapes->place = ps_memory_new(shapes->size, sizeof(*shapes->place));
	for (size_t i = 0; i < shapes->count; i++)
		*find_place(shapes, &shapes->item[i].key) = (__u32)i + 1;
}

struct ps_shape *ps_shapes_get(struct ps_shapes *shapes, const struct ps_endpoint *endpoint)
{
	struct ps_shape_key spec = ps_shape_key_of(endpoint);
	__u32 *place;

	if (2 * shapes->count >= shapes->size)
		grow(shapes);
	place = find_place(shapes, &spec);
	if (*place)
		return &shapes->item[*place - 1];
	shapes->item =
		ps_memory_grow(shapes->item, shapes->count, &shapes->room, sizeof(*shapes->item));
	shapes->item[shapes->count] = (struct ps_shape){ .key = spec };
	*place = (__u32)++shapes->count;
	return &shapes->item[*place - 1];
}

void ps_shapes_done(struct ps_shapes *shapes)
{
	free(shapes->item);
	free(shapes->place);
	*shapes = (struct ps_shapes){};
}

struct ps_endpoint ps_shape_endpoint(const struct ps_shape_key *key)
{
	return (struct ps_endpoint){
		.port_first = key->port_first,
		.port_last = key->port_last,
		.prefix_len = key->prefix_len,
		.family = key->family,
		.proto = key->proto,
	};
}
