/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A flow that a binding saw, and the order of flows. Pure.
 */
#ifndef PORTSTEER_BINDING_FLOW_H
#define PORTSTEER_BINDING_FLOW_H

#include "binding/listed.h"

struct ps_seen_flow {
	struct ps_flow_key key;
	struct ps_flow flow;
};

/* By what flows are sorted. Counters and times: the greatest first; then by source. */
enum ps_flow_order {
	PS_FLOWS_BY_SOURCE,
	PS_FLOWS_BY_DESTINATION,
	PS_FLOWS_BY_ENDPOINT, /* of the binding */
	PS_FLOWS_BY_PACKETS,
	PS_FLOWS_BY_BYTES,
	PS_FLOWS_BY_FIRST_SEEN,
	PS_FLOWS_BY_LAST_SEEN,
};

extern const char *const ps_flow_order_words[]; /* as they are typed, in that order, and NULL */

/* @bindings are those that saw them, at their slots. */
void ps_seen_flows_sort(struct ps_seen_flow *items, size_t count, const struct ps_listed *bindings,
			enum ps_flow_order order);

#endif
