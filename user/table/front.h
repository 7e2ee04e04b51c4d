/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Seats in `front`, written while packets read them: every store is of one
 * word, and an order of stores is kept in which packets see a seat whole. When
 * a seat may be taken, changed and left is for publish.c to know.
 */
#ifndef PORTSTEER_TABLE_FRONT_H
#define PORTSTEER_TABLE_FRONT_H

#include <stdbool.h>
#include <portsteer/front.h>

struct ps_instance;

struct ps_front {
	struct ps_bucket *lines;
	__u32 count;
	bool is_settled; /* nobody reads a seat that was left: a grace period is over since */
};

struct ps_front ps_instance_front(const struct ps_instance *instance);

/* Whether bindings of this shape have a seat, where there is one: not ranges, not any address. */
bool ps_front_takes(const struct ps_shape_key *shape);

/*
 * Takes a seat for @endpoint, whose action is @act in @half and PS_NONE in the
 * other, or with PS_HALVES in both. Where there is none, and for endpoints that never have one,
 * packets are told to ask the hash. False: nothing was done, because packets may still read as
 * something else what would be written; once more when @front is settled.
 */
bool ps_front_insert(struct ps_front front, const struct ps_endpoint *endpoint, __u32 slot,
		     __u32 half, struct ps_act act);

/* The word of the seat of @endpoint, or NULL. */
const __u64 *ps_front_find(struct ps_front front, const struct ps_endpoint *endpoint);

/* Replaces the action in @half; nothing when @endpoint has no seat. */
void ps_front_store(struct ps_front front, const struct ps_endpoint *endpoint, __u32 half,
		    struct ps_act act);

/* Leaves the seat of @endpoint, if it has one. No packet may see its action any more. */
void ps_front_remove(struct ps_front front, const struct ps_endpoint *endpoint);

#endif
