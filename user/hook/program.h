/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who sits on the hooks of an interface: the programs and filters that a packet
 * meets, in that order, ours among them. They are read by program_read.h; what
 * this user may not see is left out, and that is said.
 */
#ifndef PORTSTEER_HOOK_PROGRAM_H
#define PORTSTEER_HOOK_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <portsteer/abi.h>
#include "base/answer.h"

/* How it got there. */
enum ps_program_by {
	PS_BY_UNKNOWN, /* netlink or a link: only CAP_SYS_ADMIN may tell */
	PS_BY_NETLINK,
	PS_BY_LINK,
	PS_BY_DISPATCHER, /* libxdp's */
	PS_BY_TCX, /* BPF_PROG_ATTACH, without a link */
	PS_BY_FILTER, /* of a clsact or ingress qdisc */
};

struct ps_program {
	__u32 prog_id; /* 0: a filter that is no BPF program */
	__u32 link_id; /* 0: none, or not known */
	__u32 priority; /* of a filter, or in the dispatcher */
	__u32 handle; /* of a filter */
	__u32 uid; /* who loaded it */
	enum ps_hook hook;
	enum ps_hook_mode mode;
	enum ps_program_by by;
	bool is_described; /* tag and uid are known */
	__u8 tag[8];
	char name[16]; /* of the program or the kind of filter, "" when unknown */
};

struct ps_programs {
	struct ps_program *item;
	size_t count;
	size_t room;
	int err[PS_HOOK_SK_LOOKUP + 1]; /* by hook: why not all of it was seen, a positive errno */
	int dispatcher_err; /* the same of who is in a dispatcher, if XDP has one */
};

void ps_programs_done(struct ps_programs *programs);

/* Looks up name, tag, uid and link of one, as far as this user may. */
void ps_program_describe(__u32 ifindex, struct ps_program *program);

/* Whether the program that @info describes is one of them. */
struct ps_answer ps_programs_have(const struct ps_programs *programs,
				  const struct ps_hook_info *info);

/* The hook on which not all was seen, and why; PS_HOOK_FREE: all was. */
enum ps_hook ps_programs_unseen(const struct ps_programs *programs, int *ret_err);

/* A zeroed one at the end. */
struct ps_program *ps_programs_add(struct ps_programs *programs, enum ps_hook hook,
				   enum ps_hook_mode mode);

/* "netlink", "link", "dispatcher", "tcx", "filter", "unknown" */
const char *ps_program_by_name(enum ps_program_by by);

#define PS_PROGRAM_TEXT 160

/* "program 'x' (id 7, tag 0123456789abcdef, loaded by uid 0), attached by netlink" */
const char *ps_program_format(const struct ps_program *program, char text[PS_PROGRAM_TEXT]);

#endif
