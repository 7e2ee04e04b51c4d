/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The bindings of the live table with what they counted, for lists of a million:
 * read at once, of one generation, in 56 bytes each.
 */
#ifndef PORTSTEER_TABLE_LISTING_H
#define PORTSTEER_TABLE_LISTING_H

#include "binding/filter.h"
#include "binding/listed.h"
#include "pins/instance.h"

struct ps_listing {
	const struct ps_filter *filter; /* which bindings are meant; NULL: all of them */
	bool is_by_slot; /* nothing was counted, and each stays at its slot: see proto */
	struct ps_listed *item;
	size_t count; /* of item */
	struct ps_kinds kinds;
	size_t total; /* bindings of the table, also those that are not meant */
	size_t counting; /* those of them that have the action `count` */
};

/*
 * Fills in a listing, of which the first two are said: as struct ps_more wants it. Release with
 * ps_listing_done(), also after failure.
 */
int ps_listing_read(void *listing, const struct ps_instance *instance, struct ps_error *error);
void ps_listing_done(struct ps_listing *listing);

/* One of them as others are, but for the problem of its target. @ret_name is its name. */
struct ps_binding ps_listing_binding(const struct ps_listing *listing,
				     const struct ps_instance *instance,
				     const struct ps_listed *listed, const char **ret_name);

#endif
