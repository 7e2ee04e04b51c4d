/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * TCX as include/uapi/linux/bpf.h of Linux 6.6 has it, for headers of 6.1.
 */
#ifndef PORTSTEER_HOOK_TCX_H
#define PORTSTEER_HOOK_TCX_H

#include <portsteer/abi.h>

/* enum bpf_attach_type: BPF_TCX_INGRESS, BPF_TCX_EGRESS */
static inline __u32 ps_tcx_attach_type(enum ps_hook hook)
{
	return hook == PS_HOOK_TC_INGRESS ? 46 : 47;
}

/* What BPF_PROG_QUERY takes of union bpf_attr. */
struct ps_tcx_query {
	__u32 target_ifindex;
	__u32 attach_type;
	__u32 query_flags;
	__u32 attach_flags;
	__u64 prog_ids; /* addresses of arrays of __u32 with @count elements */
	__u32 count; /* how many there were, afterwards */
	__u32 zero;
	__u64 prog_attach_flags;
	__u64 link_ids;
	__u64 link_attach_flags;
	__u64 revision;
};

#endif
