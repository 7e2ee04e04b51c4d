// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who sits on the XDP hook: one program, or the programs that libxdp's
 * dispatcher calls.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "hook/dispatcher.h"
#include "hook/program_read.h"

static void add(struct ps_programs *programs, __u32 prog_id, enum ps_hook_mode mode)
{
	if (prog_id)
		ps_programs_add(programs, PS_HOOK_XDP, mode)->prog_id = prog_id;
}

void ps_programs_read_xdp(__u32 ifindex, struct ps_programs *programs)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);
	int result = bpf_xdp_query((int)ifindex, 0, &query);
	struct ps_answer asked = ps_answer_of(-result), shared;

	if (ps_is_unknown(asked))
		programs->err[PS_HOOK_XDP] = asked.err;
	if (!ps_is_yes(asked) || !query.prog_id)
		return;
	shared = ps_dispatcher_read(ifindex, programs);
	if (ps_is_yes(shared))
		return;
	programs->dispatcher_err = shared.err;
	add(programs, query.hw_prog_id, PS_MODE_NATIVE);
	add(programs, query.drv_prog_id, PS_MODE_NATIVE);
	add(programs, query.skb_prog_id, PS_MODE_GENERIC);
}
