// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who sits on the hooks of an interface, hook by hook. Reading one of them is
 * program_xdp.c and program_tc.c, of a network namespace program_netns.c.
 */
#include "hook/program_read.h"

void ps_programs_read(const struct ps_hooked_all *seen, __u32 ifindex, enum ps_direction direction,
		      struct ps_programs *ret)
{
	enum ps_hook hook = direction == PS_RX ? PS_HOOK_TC_INGRESS : PS_HOOK_TC_EGRESS;
	struct ps_hooked hooked = { .may_have_filters = true };
	struct ps_answer asked = ps_hooked_ask(seen, ifindex, &hooked);

	*ret = (struct ps_programs){};
	if (direction == PS_RX && ps_is_yes(asked))
		ps_programs_read_xdp(&hooked, ret);
	else if (direction == PS_RX)
		ret->err[PS_HOOK_XDP] = asked.err;
	ps_programs_read_tcx(ifindex, hook, ret);
	if (hooked.may_have_filters)
		ps_programs_read_clsact(ifindex, hook, ret);
}
