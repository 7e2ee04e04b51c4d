/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading the flows that bindings of the action `count` saw.
 */
#ifndef PORTSTEER_TABLE_FLOWS_H
#define PORTSTEER_TABLE_FLOWS_H

#include "binding/flow.h"
#include "pins/instance.h"

/* How full their map is. */
struct ps_flows_fill {
	__u64 present;
	__u64 evicted; /* since the instance was made: to make room for newer ones */
};

struct ps_flows {
	struct ps_seen_flow *item; /* in no order, each once */
	size_t count;
	size_t room;
	struct ps_flows_fill fill;
};

/* The arrays to open the instance with, to read them: bits 1 << enum ps_map. */
#define PS_FLOWS_READS (1U << PS_MAP_FLOW_STATE)

/* Release with ps_flows_done(), also after failure. */
int ps_flows_read(const struct ps_instance *instance, struct ps_flows *ret, struct ps_error *error);
void ps_flows_done(struct ps_flows *flows);

/* How full it is alone. While packets make flows, about so. */
int ps_flows_read_fill(const struct ps_instance *instance, struct ps_flows_fill *ret,
		       struct ps_error *error);

/*
 * The room that @instance, which is open to change, should have for flows: what it has, or
 * more when that is full.
 */
__u32 ps_flows_room_wanted(const struct ps_instance *instance);

/* What is there was made, also by programs that did not count it; and there is as much room as
 * meta says. */
int ps_flows_take_stock(struct ps_instance *instance, struct ps_error *error);

#endif
