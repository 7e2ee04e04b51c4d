// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What became of what was attached. See attachment.h. A pinned link knows its
 * interface wherever that goes. A clsact filter and a program in a dispatcher
 * are found again by their id, on the hook.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "hook/attachment.h"
#include "hook/orphan.h"
#include "hook/program_read.h"
#include "host/ask.h"
#include "host/netns.h"
#include "instance/object.h"
#include "pins/instance.h"
#include "pins/pin.h"
#include "pins/pins.h"

/* It stays what is recorded. */
static enum ps_attachment_state leave_unknown(struct ps_attachment *attachment, int err)
{
	attachment->is_checked = false;
	attachment->err = err;
	memcpy(attachment->now, attachment->info.device, PS_DEV_SIZE);
	attachment->index = attachment->info.ifindex;
	return PS_ATTACHED;
}

/* Reads what its packets meet; whether its program is among that. */
static struct ps_answer is_on_hook(const struct ps_hooked_all *seen,
				   struct ps_attachment *attachment, __u32 ifindex)
{
	const struct ps_hook_info *info = &attachment->info;

	ps_programs_read(seen, ifindex, info->hook == PS_HOOK_TC_EGRESS ? PS_TX : PS_RX,
			 &attachment->way);
	return ps_programs_have(&attachment->way, info);
}

static struct ps_answer ask_name(const struct ps_hooked_all *seen, __u32 ifindex,
				 char ret_name[PS_DEV_SIZE])
{
	struct ps_hooked hooked;
	struct ps_answer asked;

	if (!seen)
		return ps_ask_name(ifindex, ret_name);
	asked = ps_hooked_ask(seen, ifindex, &hooked);
	if (ps_is_yes(asked))
		memcpy(ret_name, hooked.name, PS_DEV_SIZE);
	return asked;
}

/* The interface has this name, or a new one; or this index is another interface now. */
static enum ps_attachment_state follow(const struct ps_hooked_all *seen,
				       struct ps_attachment *attachment, __u32 ifindex,
				       enum ps_attachment_state otherwise)
{
	const struct ps_hook_info *info = &attachment->info;
	struct ps_answer named = ask_name(seen, ifindex, attachment->now), found;

	if (ps_is_unknown(named))
		return leave_unknown(attachment, named.err);
	attachment->is_checked = true;
	if (ps_is_no(named))
		return otherwise;
	found = is_on_hook(seen, attachment, ifindex);
	if (ps_is_no(found)) {
		attachment->now[0] = '\0';
		return otherwise;
	}
	attachment->is_checked = ps_is_yes(found);
	attachment->err = found.err;
	attachment->index = ifindex;
	return strncmp(attachment->now, info->device, PS_DEV_SIZE) ? PS_STALE_RENAMED : PS_ATTACHED;
}

/* Its own interface is not there any more; maybe another one of the same name is. */
static enum ps_attachment_state gone_or_anew(const struct ps_hook_info *info)
{
	struct ps_answer named;
	__u32 index = 0;

	named = ps_ask_index(info->device, &index);
	if (ps_is_unknown(named)) /* nor is it needed: the link is dead */
		return PS_STALE_TAKEN_OFF;
	return ps_is_yes(named) ? PS_STALE_ANEW : PS_STALE_GONE;
}

static enum ps_attachment_state attached_to_netns(struct ps_attachment *attachment)
{
	strcpy(attachment->now, PS_HOOK_NETNS);
	return PS_ATTACHED;
}

static enum ps_attachment_state find_by_link(const struct ps_hooked_all *seen,
					     struct ps_attachment *attachment,
					     const struct ps_pin *pin)
{
	const struct ps_hook_info *info = &attachment->info;

	attachment->is_checked = true;
	if (pin->kind != PS_PIN_LINK || (info->link_id && info->link_id != pin->link_id))
		return PS_STALE_FOREIGN_PIN;
	if (!pin->ifindex)
		return info->hook == PS_HOOK_SK_LOOKUP ? PS_STALE_TAKEN_OFF : gone_or_anew(info);
	if (pin->prog_id != info->prog_id)
		return PS_STALE_CHANGED;
	if (info->hook == PS_HOOK_SK_LOOKUP) /* it is that of the instance */
		return attached_to_netns(attachment);
	return follow(seen, attachment, pin->ifindex, PS_STALE_MOVED);
}

static enum ps_attachment_state find_by_program(const struct ps_hooked_all *seen,
						struct ps_attachment *attachment)
{
	const struct ps_hook_info *info = &attachment->info;
	enum ps_attachment_state otherwise;
	struct ps_answer known;
	__u32 named = 0;

	known = ps_ask_index(info->device, &named);
	if (ps_is_unknown(known))
		return leave_unknown(attachment, known.err);
	if (ps_is_yes(known) && named == info->ifindex)
		otherwise = PS_STALE_TAKEN_OFF;
	else
		otherwise = ps_is_yes(known) ? PS_STALE_ANEW : PS_STALE_GONE;
	return follow(seen, attachment, info->ifindex, otherwise);
}

/* Who cannot look into the pin compares what everybody may see. */
static enum ps_attachment_state find_by_name(const struct ps_hooked_all *seen,
					     struct ps_attachment *attachment, int err)
{
	if (attachment->info.hook != PS_HOOK_SK_LOOKUP)
		return find_by_program(seen, attachment);
	attachment->err = err;
	return attached_to_netns(attachment);
}

static bool is_held_by_link(const struct ps_hook_info *info)
{
	return info->mode != PS_MODE_CLSACT && !info->is_shared;
}

static enum ps_attachment_state find_by_pin(const struct ps_instance *instance,
					    const struct ps_hooked_all *seen,
					    struct ps_attachment *attachment)
{
	const struct ps_hook_info *info = &attachment->info;
	char path[PS_PATH_SIZE];
	struct ps_pin pin;

	ps_instance_link_path(instance, info->hook, info->device, path);
	ps_pin_read(path, &pin);
	attachment->lacks_pin = pin.kind == PS_PIN_NONE && !info->is_shared;
	if (pin.kind == PS_PIN_UNKNOWN)
		return find_by_name(seen, attachment, pin.err);
	if (!is_held_by_link(info))
		return find_by_program(seen, attachment);
	if (pin.kind != PS_PIN_NONE)
		return find_by_link(seen, attachment, &pin);
	attachment->is_checked = true;
	return PS_STALE_UNPINNED;
}

/* With its way, when it is attached here. */
static void find(const struct ps_instance *instance, const struct ps_hooked_all *seen,
		 const struct ps_hook_info *info, struct ps_attachment *ret)
{
	*ret = (struct ps_attachment){ .info = *info };
	ret->is_other_build = info->build != ps_object_build(info->hook);
	if (instance->presence == PS_OUTSIDE) {
		ret->state = leave_unknown(ret, EPERM);
	} else if (instance->presence == PS_NOWHERE) {
		ret->is_checked = true;
		ret->state = PS_STALE_NAMESPACE;
	} else {
		ret->state = find_by_pin(instance, seen, ret);
	}
}

void ps_attachment_find(const struct ps_instance *instance, const struct ps_hook_info *info,
			struct ps_attachment *ret)
{
	find(instance, NULL, info, ret);
	ps_programs_done(&ret->way);
}

/* The index of the interface that it is on, wherever that is; 0 when that is not known. */
static __u32 index_of(const struct ps_instance *instance, const struct ps_hook_info *info)
{
	char path[PS_PATH_SIZE];
	struct ps_pin pin;

	if (!is_held_by_link(info))
		return info->ifindex;
	ps_instance_link_path(instance, info->hook, info->device, path);
	ps_pin_read(path, &pin);
	return pin.kind == PS_PIN_LINK ? pin.ifindex : 0;
}

bool ps_attachment_is_of_other(const struct ps_instance *instance, const struct ps_hook_info *info,
			       const char *device)
{
	char name[PS_DEV_SIZE];
	__u32 ifindex = 0;

	if (instance->presence == PS_HERE && info->hook != PS_HOOK_SK_LOOKUP)
		ifindex = index_of(instance, info);
	return ifindex && ps_is_yes(ps_ask_name(ifindex, name)) &&
	       strncmp(name, device, PS_DEV_SIZE) != 0;
}

static void describe(struct ps_attachment *attachment)
{
	const struct ps_hook_info *info = &attachment->info;

	for (size_t i = 0; i < attachment->way.count; i++) {
		struct ps_program *program = &attachment->way.item[i];

		if (info->link_id && program->hook == info->hook &&
		    program->prog_id == info->prog_id) { /* spares the search for its link */
			program->by = PS_BY_LINK;
			program->link_id = info->link_id;
		}
		ps_program_describe(attachment->index, program);
	}
}

static void find_with_way(const struct ps_instance *instance, const struct ps_hooked_all *seen,
			  const struct ps_hook_info *info, struct ps_attachment *ret)
{
	find(instance, seen, info, ret);
	if (ret->state != PS_ATTACHED || instance->presence != PS_HERE) {
		ps_programs_done(&ret->way);
		return;
	}
	if (info->hook == PS_HOOK_SK_LOOKUP)
		ps_programs_read_netns(&ret->way);
	else if (!ret->way.count) /* it was not looked for on its hook */
		is_on_hook(seen, ret, ret->index);
	describe(ret);
}

void ps_attachments_read(const struct ps_instance *instance, struct ps_attachments *ret)
{
	struct ps_hooked_all seen = {};

	*ret = (struct ps_attachments){};
	ret->room = PS_HOOKS_MAX;
	ret->item = ps_memory_new(ret->room, sizeof(*ret->item));
	if (strcmp(instance->name, PS_INSTANCE_DEFAULT))
		snprintf(ret->netns, sizeof(ret->netns), "%s", instance->name);
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++) {
		if (instance->hooks[slot].hook == PS_HOOK_FREE)
			continue;
		if (!ret->count && instance->presence == PS_HERE)
			ps_hooked_read(&seen);
		find_with_way(instance, &seen, &instance->hooks[slot], &ret->item[ret->count++]);
	}
	ps_hooked_done(&seen);
}

struct ps_answer ps_attachments_add_orphans(const struct ps_instance *instance,
					    struct ps_attachments *attachments)
{
	struct ps_answer answer;
	struct ps_orphans orphans;

	answer = ps_orphans_read(instance, &orphans);
	for (size_t i = 0; i < orphans.count; i++) {
		struct ps_attachment *attachment;

		if (orphans.item[i].is_dead)
			continue;
		attachments->item = ps_memory_grow(attachments->item, attachments->count,
						   &attachments->room, sizeof(*attachment));
		attachment = &attachments->item[attachments->count++];
		*attachment = (struct ps_attachment){ .info = orphans.item[i].info };
		attachment->state = PS_STALE_UNRECORDED;
		attachment->is_checked = true;
		if (!attachment->info.device[0])
			strcpy(attachment->info.device, PS_ELSEWHERE);
	}
	ps_orphans_done(&orphans);
	return answer;
}

void ps_attachments_done(struct ps_attachments *attachments)
{
	for (size_t i = 0; i < attachments->count; i++)
		ps_programs_done(&attachments->item[i].way);
	free(attachments->item);
	*attachments = (struct ps_attachments){};
}
