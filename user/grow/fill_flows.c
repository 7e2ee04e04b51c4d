// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Carrying flows on. See fill.h. Each element is deleted from the old map in the run of
 * the program that has added it to the new one.
 */
#include "grow/fill.h"
#include "instance/object.h"
#include "pins/grace.h"
#include "table/flows.h"

static bool is_moved(const struct ps_instance *next, const struct ps_instance *former)
{
	return next->meta->flow_room != former->meta->flow_room;
}

/* The same map for both. */
static void set_moving(struct ps_instance *next, __u32 is_moving)
{
	__atomic_store_n(&next->flow_state->is_moving, is_moving, __ATOMIC_SEQ_CST);
}

void ps_fill_flows_begin(struct ps_instance *next, const struct ps_instance *former)
{
	if (is_moved(next, former))
		set_moving(next, 1);
}

int ps_fill_flows(struct ps_instance *next, const struct ps_instance *former,
		  struct ps_error *error)
{
	int former_fd = former->map_fd[PS_MAP_FLOWS];

	if (!is_moved(next, former))
		return 0;
	if (ps_object_join_flows(next, former_fd, PS_FLOWS_CARRY, error))
		return -1;
	set_moving(next, 0);
	if (ps_grace_wait(next, error) ||
	    ps_object_join_flows(next, former_fd, PS_FLOWS_SWEEP, error))
		return -1;
	return ps_flows_take_stock(next, error);
}
