// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who sits on the hooks of an interface, hook by hook. Reading one of them is
 * program_xdp.c and program_tc.c, of a network namespace program_netns.c.
 */
#include "hook/program_read.h"

void ps_programs_read(__u32 ifindex, enum ps_direction direction, struct ps_programs *ret)
{
	enum ps_hook hook = direction == PS_RX ? PS_HOOK_TC_INGRESS : PS_HOOK_TC_EGRESS;

	*ret = (struct ps_programs){};
	if (direction == PS_RX)
		ps_programs_read_xdp(ifindex, ret);
	ps_programs_read_tcx(ifindex, hook, ret);
	ps_programs_read_clsact(ifindex, hook, ret);
}
