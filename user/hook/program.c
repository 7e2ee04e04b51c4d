// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who sits on the hooks of an interface. See program.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include "base/memory.h"
#include "base/scope.h"
#include "hook/program.h"

static const char *const by_names[] = {
	[PS_BY_UNKNOWN] = "unknown",	   [PS_BY_NETLINK] = "netlink", [PS_BY_LINK] = "link",
	[PS_BY_DISPATCHER] = "dispatcher", [PS_BY_TCX] = "tcx",		[PS_BY_FILTER] = "filter",
};

static const char *const by_texts[] = {
	[PS_BY_UNKNOWN] = "by netlink or bpf_link (only CAP_SYS_ADMIN may tell)",
	[PS_BY_NETLINK] = "by netlink",
	[PS_BY_LINK] = "by bpf_link",
	[PS_BY_DISPATCHER] = "by libxdp's dispatcher",
	[PS_BY_TCX] = "to TCX without a link",
	[PS_BY_FILTER] = "as a filter",
};

const char *ps_program_by_name(enum ps_program_by by)
{
	return by_names[by];
}

struct ps_program *ps_programs_add(struct ps_programs *programs, enum ps_hook hook,
				   enum ps_hook_mode mode)
{
	struct ps_program *program;

	programs->item = ps_memory_grow(programs->item, programs->count, &programs->room,
					sizeof(*programs->item));
	program = &programs->item[programs->count++];
	*program = (struct ps_program){ .hook = hook, .mode = mode };
	return program;
}

void ps_programs_done(struct ps_programs *programs)
{
	free(programs->item);
	*programs = (struct ps_programs){};
}

struct ps_answer ps_programs_have(const struct ps_programs *programs,
				  const struct ps_hook_info *info)
{
	int err = programs->err[info->hook];

	for (size_t i = 0; i < programs->count; i++)
		if (programs->item[i].hook == info->hook &&
		    programs->item[i].prog_id == info->prog_id)
			return ps_answer_yes();
	if (!err && info->is_shared)
		err = programs->dispatcher_err;
	return err ? ps_answer_unknown(err) : ps_answer_no();
}

enum ps_hook ps_programs_unseen(const struct ps_programs *programs, int *ret_err)
{
	for (enum ps_hook hook = PS_HOOK_XDP; hook <= PS_HOOK_SK_LOOKUP; hook++) {
		int err = programs->err[hook];

		if (!err && hook == PS_HOOK_XDP)
			err = programs->dispatcher_err;
		if (!err)
			continue;
		*ret_err = err;
		return hook;
	}
	return PS_HOOK_FREE;
}

static void describe_program(struct ps_program *program)
{
	PS_CLOSED_FD int fd = bpf_prog_get_fd_by_id(program->prog_id);
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
		return;
	memcpy(program->name, info.name, sizeof(program->name));
	memcpy(program->tag, info.tag, sizeof(program->tag));
	program->uid = info.created_by_uid;
	program->is_described = true;
}

/* Netlink tells nothing of links: the one of this interface and program is looked for. */
static void describe_xdp_link(__u32 ifindex, struct ps_program *program)
{
	__u32 id = 0;

	while (!bpf_link_get_next_id(id, &id)) {
		PS_CLOSED_FD int fd = bpf_link_get_fd_by_id(id);
		struct bpf_link_info info = {};
		__u32 size = sizeof(info);

		if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
			continue;
		if (info.type == BPF_LINK_TYPE_XDP && info.xdp.ifindex == ifindex &&
		    info.prog_id == program->prog_id) {
			program->link_id = id;
			program->by = PS_BY_LINK;
			return;
		}
	}
	if (program->is_described) /* so links could be seen, too */
		program->by = PS_BY_NETLINK;
}

void ps_program_describe(__u32 ifindex, struct ps_program *program)
{
	if (!program->prog_id)
		return;
	if (!program->is_described)
		describe_program(program);
	if (program->by == PS_BY_UNKNOWN)
		describe_xdp_link(ifindex, program);
}

static void format_identity(const struct ps_program *program, char *text, size_t size)
{
	char tag[17];

	if (!program->is_described) {
		snprintf(text, size, "id %u", program->prog_id);
		return;
	}
	for (int i = 0; i < 8; i++)
		snprintf(tag + 2 * i, 3, "%02x", program->tag[i]);
	snprintf(text, size, "id %u, tag %s, loaded by uid %u", program->prog_id, tag,
		 program->uid);
}

const char *ps_program_format(const struct ps_program *program, char text[PS_PROGRAM_TEXT])
{
	char identity[80];

	format_identity(program, identity, sizeof(identity));
	if (!program->prog_id)
		snprintf(text, PS_PROGRAM_TEXT, "a '%.15s' filter", program->name);
	else if (program->name[0])
		snprintf(text, PS_PROGRAM_TEXT, "program '%.15s' (%s), attached %s", program->name,
			 identity, by_texts[program->by]);
	else
		snprintf(text, PS_PROGRAM_TEXT, "a program (%s), attached %s", identity,
			 by_texts[program->by]);
	return text;
}
