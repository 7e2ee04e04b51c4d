/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whether a map is what maps.h says. What is pinned in its place may be
 * something else, from another tool or another build: it must not be read as if
 * it were ours, still less be written.
 */
#ifndef PORTSTEER_PINS_CHECK_H
#define PORTSTEER_PINS_CHECK_H

#include "pins/instance.h"

/* That the open @map has our kind, keys and values. */
int ps_layout_check_kind(const struct ps_instance *instance, enum ps_map map,
			 struct ps_error *error);

/*
 * That all maps have as many elements as `meta`, which has to be ours, says. Where
 * a command was killed between replacing a map by a larger one and saying so, `meta`
 * is repaired; of who reads, the copy.
 */
int ps_layout_check_sizes(struct ps_instance *instance, struct ps_error *error);

/*
 * Where @meta says how much room there is in a map that has one element until it
 * is needed, NULL of another map; and how much there is to be then.
 */
__u32 *ps_layout_room(struct ps_meta *meta, enum ps_map map);
__u32 ps_layout_full_room(const struct ps_meta *meta, enum ps_map map);

#endif
