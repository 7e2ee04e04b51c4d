// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who sits on the XDP hook: one program, or the programs that libxdp's
 * dispatcher calls.
 */
#include "hook/dispatcher.h"
#include "hook/program_read.h"

static void add(struct ps_programs *programs, __u32 prog_id, enum ps_hook_mode mode)
{
	if (prog_id)
		ps_programs_add(programs, PS_HOOK_XDP, mode)->prog_id = prog_id;
}

void ps_programs_read_xdp(const struct ps_hooked *hooked, struct ps_programs *programs)
{
	struct ps_answer shared;

	if (!ps_xdp_first(&hooked->xdp))
		return;
	shared = ps_dispatcher_read(hooked, programs);
	if (ps_is_yes(shared))
		return;
	programs->dispatcher_err = shared.err;
	add(programs, hooked->xdp.hardware, PS_MODE_NATIVE);
	add(programs, hooked->xdp.driver, PS_MODE_NATIVE);
	add(programs, hooked->xdp.generic, PS_MODE_GENERIC);
}
