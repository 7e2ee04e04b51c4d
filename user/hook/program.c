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

const char *ps_occupant_by_name(enum ps_occupant_by by)
{
	return by_names[by];
}

struct ps_occupant *ps_occupants_add(struct ps_occupants *occupants, enum ps_hook hook,
				     enum ps_hook_mode mode)
{
	struct ps_occupant *occupant;

	occupants->item = ps_memory_grow(occupants->item, occupants->count, &occupants->room,
					 sizeof(*occupants->item));
	occupant = &occupants->item[occupants->count++];
	*occupant = (struct ps_occupant){ .hook = hook, .mode = mode };
	return occupant;
}

void ps_occupants_done(struct ps_occupants *occupants)
{
	free(occupants->item);
	*occupants = (struct ps_occupants){};
}

struct ps_answer ps_occupants_have(const struct ps_occupants *occupants,
				   const struct ps_hook_info *info)
{
	int err = occupants->err[info->hook];

	for (size_t i = 0; i < occupants->count; i++)
		if (occupants->item[i].hook == info->hook &&
		    occupants->item[i].prog_id == info->prog_id)
			return ps_answer_yes();
	if (!err && info->is_shared)
		err = occupants->dispatcher_err;
	return err ? ps_answer_unknown(err) : ps_answer_no();
}

enum ps_hook ps_occupants_unseen(const struct ps_occupants *occupants, int *ret_err)
{
	for (enum ps_hook hook = PS_HOOK_XDP; hook <= PS_HOOK_SK_LOOKUP; hook++) {
		int err = occupants->err[hook];

		if (!err && hook == PS_HOOK_XDP)
			err = occupants->dispatcher_err;
		if (!err)
			continue;
		*ret_err = err;
		return hook;
	}
	return PS_HOOK_FREE;
}

static void describe_program(struct ps_occupant *occupant)
{
	PS_CLOSED_FD int fd = bpf_prog_get_fd_by_id(occupant->prog_id);
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
		return;
	memcpy(occupant->name, info.name, sizeof(occupant->name));
	memcpy(occupant->tag, info.tag, sizeof(occupant->tag));
	occupant->uid = info.created_by_uid;
	occupant->is_described = true;
}

/* Netlink tells nothing of links: the one of this interface and program is looked for. */
static void describe_xdp_link(__u32 ifindex, struct ps_occupant *occupant)
{
	__u32 id = 0;

	while (!bpf_link_get_next_id(id, &id)) {
		PS_CLOSED_FD int fd = bpf_link_get_fd_by_id(id);
		struct bpf_link_info info = {};
		__u32 size = sizeof(info);

		if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
			continue;
		if (info.type == BPF_LINK_TYPE_XDP && info.xdp.ifindex == ifindex &&
		    info.prog_id == occupant->prog_id) {
			occupant->link_id = id;
			occupant->by = PS_BY_LINK;
			return;
		}
	}
	if (occupant->is_described) /* so links could be seen, too */
		occupant->by = PS_BY_NETLINK;
}

void ps_occupant_describe(__u32 ifindex, struct ps_occupant *occupant)
{
	if (!occupant->prog_id)
		return;
	if (!occupant->is_described)
		describe_program(occupant);
	if (occupant->by == PS_BY_UNKNOWN)
		describe_xdp_link(ifindex, occupant);
}

static void format_identity(const struct ps_occupant *occupant, char *text, size_t size)
{
	char tag[17];

	if (!occupant->is_described) {
		snprintf(text, size, "id %u", occupant->prog_id);
		return;
	}
	for (int i = 0; i < 8; i++)
		snprintf(tag + 2 * i, 3, "%02x", occupant->tag[i]);
	snprintf(text, size, "id %u, tag %s, loaded by uid %u", occupant->prog_id, tag,
		 occupant->uid);
}

const char *ps_occupant_format(const struct ps_occupant *occupant, char text[PS_OCCUPANT_TEXT])
{
	char identity[80];

	format_identity(occupant, identity, sizeof(identity));
	if (!occupant->prog_id)
		snprintf(text, PS_OCCUPANT_TEXT, "a '%.15s' filter", occupant->name);
	else if (occupant->name[0])
		snprintf(text, PS_OCCUPANT_TEXT, "program '%.15s' (%s), attached %s",
			 occupant->name, identity, by_texts[occupant->by]);
	else
		snprintf(text, PS_OCCUPANT_TEXT, "a program (%s), attached %s", identity,
			 by_texts[occupant->by]);
	return text;
}
