// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Finding programs that no slot knows. See orphan.h; what is done with them is
 * orphan_take.c. Nearly always there are none, and only programs are listed.
 */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <bpf/bpf.h>
#include "base/memory.h"
#include "base/scope.h"
#include "hook/clsact.h"
#include "hook/orphan.h"
#include "hook/ours.h"
#include "hook/program_read.h"
#include "hook/tcx.h"

struct program {
	__u32 id;
	__u32 type;
	bool has_slot; /* some slot has it, maybe of another interface than is looked at */
	__u64 loaded_ns; /* since boot */
	__u8 tag[8];
};

struct search {
	const struct ps_instance *instance;
	struct program *programs; /* ours, of a type for hooks with slots */
	size_t count, room;
	bool needs_hooks; /* to be looked at, as not each of them is known to be recorded */
	struct ps_orphans *orphans;
	int err;
};

static void search_done(struct search *search)
{
	free(search->programs);
}

static bool has_link_slot(const struct ps_instance *instance, __u32 link_id)
{
	for (int slot = 0; link_id && slot < PS_HOOKS_MAX; slot++)
		if (instance->hooks[slot].hook != PS_HOOK_FREE &&
		    instance->hooks[slot].link_id == link_id)
			return true;
	return false;
}

static bool has_program_slot(const struct ps_instance *instance, __u32 prog_id)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++)
		if (instance->hooks[slot].hook != PS_HOOK_FREE &&
		    instance->hooks[slot].prog_id == prog_id)
			return true;
	return false;
}

/* There, where it is one program for many interfaces. */
static bool has_hook_slot(const struct ps_instance *instance, __u32 prog_id, enum ps_hook hook,
			  __u32 ifindex)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++) {
		const struct ps_hook_info *info = &instance->hooks[slot];

		if (info->hook == hook && info->prog_id == prog_id && info->ifindex == ifindex)
			return true;
	}
	return false;
}

/* Filters have no links, which tell all the others apart. */
static bool is_filter(const struct ps_instance *instance, __u32 prog_id)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++)
		if (instance->hooks[slot].mode == PS_MODE_CLSACT &&
		    instance->hooks[slot].prog_id == prog_id)
			return true;
	return false;
}

/* The guard and what watches losses are known by their pins. */
static bool is_for_hooks(__u32 type)
{
	return type == BPF_PROG_TYPE_XDP || type == BPF_PROG_TYPE_SCHED_CLS ||
	       type == BPF_PROG_TYPE_SK_LOOKUP || type == BPF_PROG_TYPE_EXT;
}

static void add_program(struct search *search, const struct bpf_prog_info *info)
{
	struct program *program;

	search->programs = ps_memory_grow(search->programs, search->count, &search->room,
					  sizeof(*search->programs));
	program = &search->programs[search->count++];
	program->id = info->id;
	program->type = info->type;
	program->has_slot = has_program_slot(search->instance, info->id);
	search->needs_hooks |= !program->has_slot || is_filter(search->instance, info->id);
	program->loaded_ns = info->load_time;
	memcpy(program->tag, info->tag, sizeof(program->tag));
}

/* Of these there is one for each hook, so that one in a slot is recorded. */
static bool is_for_one(__u32 type)
{
	return type == BPF_PROG_TYPE_SK_LOOKUP || type == BPF_PROG_TYPE_EXT;
}

/* 0 or why not all could be looked at, a positive errno. */
static int list_programs(struct search *search)
{
	struct bpf_prog_info info;
	struct ps_answer ours;
	__u32 map_id, id = 0;

	ours = ps_ours_map(search->instance, &map_id);
	if (!ps_is_yes(ours))
		return ours.err;
	while (!bpf_prog_get_next_id(id, &id)) {
		ours = ps_ours_has_id(id, map_id, &info);
		if (ps_is_unknown(ours))
			return ours.err;
		if (ps_is_yes(ours) && is_for_hooks(info.type) &&
		    !(is_for_one(info.type) && has_program_slot(search->instance, id)))
			add_program(search, &info);
	}
	return errno == ENOENT ? 0 : errno;
}

static const struct program *find_program(const struct search *search, __u32 id)
{
	for (size_t i = 0; i < search->count; i++)
		if (search->programs[i].id == id)
			return &search->programs[i];
	return NULL;
}

/* When it was attached nobody noted; it was loaded for that. */
static __u64 time_of(const struct program *program)
{
	struct timespec real, boot;

	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	return (__u64)(real.tv_sec - boot.tv_sec) * 1000000000 + program->loaded_ns;
}

static struct ps_orphan *add_orphan(struct search *search, const struct program *program)
{
	struct ps_orphans *orphans = search->orphans;
	struct ps_orphan *orphan;

	orphans->item = ps_memory_grow(orphans->item, orphans->count, &orphans->room,
				       sizeof(*orphans->item));
	orphan = &orphans->item[orphans->count++];
	*orphan = (struct ps_orphan){ .info.prog_id = program->id };
	orphan->info.attached_ns = time_of(program);
	memcpy(orphan->info.tag, program->tag, sizeof(orphan->info.tag));
	return orphan;
}

/* A filter at another place than ours was put there by somebody else. */
static bool is_removable(const struct ps_program *program)
{
	return program->by != PS_BY_FILTER ||
	       ps_clsact_is_place(program->handle, program->priority);
}

static void see(struct search *search, __u32 ifindex, const char *device,
		struct ps_program *program)
{
	const struct program *ours = find_program(search, program->prog_id);
	struct ps_orphan *orphan;

	if (!ours || !is_removable(program) ||
	    has_hook_slot(search->instance, ours->id, program->hook, ifindex))
		return;
	ps_program_describe(ifindex, program);
	if (has_link_slot(search->instance, program->link_id)) /* exchanged, and not noted yet */
		return;
	orphan = add_orphan(search, ours);
	orphan->by = program->by;
	orphan->info.ifindex = ifindex;
	orphan->info.hook = program->hook;
	orphan->info.mode = program->mode;
	orphan->info.link_id = program->link_id;
	orphan->info.is_shared = program->by == PS_BY_DISPATCHER;
	strncpy(orphan->info.device, device, sizeof(orphan->info.device) - 1);
}

static void see_all(struct search *search, __u32 ifindex, const char *device,
		    struct ps_programs *way)
{
	for (size_t i = 0; i < way->count; i++)
		see(search, ifindex, device, &way->item[i]);
	if (!search->err)
		ps_programs_unseen(way, &search->err);
	ps_programs_done(way);
}

static void search_interface(struct search *search, const struct ps_hooked_all *seen,
			     const struct if_nameindex *interface)
{
	struct ps_programs way;

	ps_programs_read(seen, interface->if_index, PS_RX, &way);
	see_all(search, interface->if_index, interface->if_name, &way);
	ps_programs_read(seen, interface->if_index, PS_TX, &way);
	see_all(search, interface->if_index, interface->if_name, &way);
}

static int search_hooks(struct search *search)
{
	struct if_nameindex *interfaces = if_nameindex();
	struct ps_hooked_all seen;
	struct ps_programs way;

	if (!interfaces)
		return errno;
	ps_hooked_read(&seen);
	for (size_t i = 0; interfaces[i].if_index; i++)
		search_interface(search, &seen, &interfaces[i]);
	ps_hooked_done(&seen);
	if_freenameindex(interfaces);
	for (size_t i = 0; i < search->count; i++) {
		if (search->programs[i].type != BPF_PROG_TYPE_SK_LOOKUP)
			continue;
		ps_programs_read_netns(&way);
		see_all(search, 0, PS_HOOK_NETNS, &way);
		break;
	}
	return search->err;
}

static enum ps_hook hook_of(const struct bpf_link_info *info)
{
	if (info->type == BPF_LINK_TYPE_XDP)
		return PS_HOOK_XDP;
	if (info->type == BPF_LINK_TYPE_NETNS)
		return PS_HOOK_SK_LOOKUP;
	/* tcx keeps its attach_type where netns does */
	return info->netns.attach_type == ps_tcx_attach_type(PS_HOOK_TC_INGRESS)
		       ? PS_HOOK_TC_INGRESS
		       : PS_HOOK_TC_EGRESS;
}

static bool has_link(const struct ps_orphans *orphans, __u32 prog_id, __u32 link_id)
{
	for (size_t i = 0; i < orphans->count; i++) {
		struct ps_orphan *orphan = &orphans->item[i];

		if (orphan->info.link_id == link_id)
			return true;
		if (orphan->info.hook != PS_HOOK_SK_LOOKUP || orphan->info.prog_id != prog_id)
			continue;
		orphan->info.link_id = link_id; /* the hook names programs only */
		return true;
	}
	return false;
}

static void see_link(struct search *search, const struct bpf_link_info *info)
{
	const struct program *program = find_program(search, info->prog_id);
	struct ps_orphan *orphan;

	if (!program || has_link_slot(search->instance, info->id) ||
	    has_hook_slot(search->instance, program->id, hook_of(info), info->xdp.ifindex) ||
	    has_link(search->orphans, info->prog_id, info->id))
		return;
	orphan = add_orphan(search, program);
	orphan->by = PS_BY_LINK;
	orphan->info.hook = hook_of(info);
	orphan->info.link_id = info->id;
	orphan->is_dead = !info->xdp.ifindex; /* tcx has it, and netns its inode, at this place */
}

/* Those on interfaces that moved away, and those whose interface is gone. */
static int search_links(struct search *search)
{
	__u32 id = 0;

	while (!bpf_link_get_next_id(id, &id)) {
		PS_CLOSED_FD int fd = bpf_link_get_fd_by_id(id);
		struct bpf_link_info info = {};
		__u32 size = sizeof(info);

		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
			return errno;
		see_link(search, &info);
	}
	return errno == ENOENT ? 0 : errno;
}

struct ps_answer ps_orphans_read(const struct ps_instance *instance, struct ps_orphans *ret)
{
	__attribute__((cleanup(search_done))) struct search search = { .instance = instance,
								       .orphans = ret };
	int err;

	*ret = (struct ps_orphans){};
	err = list_programs(&search);
	if (!err && search.count && !search.needs_hooks) {
		err = search_links(&search);
		search.needs_hooks = ret->count;
		ret->count = 0; /* where they are is found with the hooks */
	}
	if (!err && search.needs_hooks)
		err = search_hooks(&search) ?: search_links(&search);
	if (err)
		return ps_answer_unknown(err);
	for (size_t i = 0; i < ret->count; i++)
		if (!ret->item[i].is_dead)
			return ps_answer_yes();
	return ps_answer_no();
}

void ps_orphans_done(struct ps_orphans *orphans)
{
	free(orphans->item);
	*orphans = (struct ps_orphans){};
}
