/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading the flows that bindings of the action `count` saw.
 */
#ifndef PORTSTEER_TABLE_FLOWS_H
#define PORTSTEER_TABLE_FLOWS_H

#include "binding/flow.h"
#include "pins/instance.h"

struct ps_flows {
	struct ps_seen_flow *item; /* by key, each once */
	size_t count;
	size_t room;
};

/* Release with ps_flows_done(), also after failure. */
int ps_flows_read(const struct ps_instance *instance, struct ps_flows *ret, struct ps_error *error);
void ps_flows_done(struct ps_flows *flows);

#endif
