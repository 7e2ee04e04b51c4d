// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who sits on the sk_lookup hook of the network namespace, in the order in
 * which they run. Only links attach there.
 */
#include <errno.h>
#include <bpf/bpf.h>
#include "base/scope.h"
#include "hook/program_read.h"
#include "host/netns.h"

#define PROGRAMS_MAX 64 /* what the kernel allows in one namespace */

void ps_programs_read_netns(struct ps_programs *ret)
{
	PS_CLOSED_FD int netns_fd = ps_netns_open();
	__u32 programs[PROGRAMS_MAX] = {}, count = PROGRAMS_MAX;

	*ret = (struct ps_programs){};
	if (netns_fd < 0 || bpf_prog_query(netns_fd, BPF_SK_LOOKUP, 0, NULL, programs, &count)) {
		ret->err[PS_HOOK_SK_LOOKUP] = errno;
		return;
	}
	for (__u32 i = 0; i < count; i++) {
		struct ps_program *program = ps_programs_add(ret, PS_HOOK_SK_LOOKUP, PS_MODE_NONE);

		program->prog_id = programs[i];
		program->by = PS_BY_LINK;
	}
}
