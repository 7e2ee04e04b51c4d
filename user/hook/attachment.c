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

static struct ps_answer is_on_hook(__u32 ifindex, const struct ps_hook_info *info)
{
	struct ps_programs way;
	struct ps_answer found;

	ps_programs_read(ifindex, info->hook == PS_HOOK_TC_EGRESS ? PS_TX : PS_RX, &way);
	found = ps_programs_have(&way, info);
	ps_programs_done(&way);
	return found;
}

/* The interface has this name, or a new one; or this index is another interface now. */
static enum ps_attachment_state follow(struct ps_attachment *attachment, __u32 ifindex,
				       enum ps_attachment_state otherwise)
{
	const struct ps_hook_info *info = &attachment->info;
	struct ps_answer named = ps_ask_name(ifindex, attachment->now), found;

	if (ps_is_unknown(named))
		return leave_unknown(attachment, named.err);
	attachment->is_checked = true;
	if (ps_is_no(named))
		return otherwise;
	found = is_on_hook(ifindex, info);
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

static enum ps_attachment_state find_by_link(struct ps_attachment *attachment,
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
	return follow(attachment, pin->ifindex, PS_STALE_MOVED);
}

static enum ps_attachment_state find_by_program(struct ps_attachment *attachment)
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
	return follow(attachment, info->ifindex, otherwise);
}

/* Who cannot look into the pin compares what everybody may see. */
static enum ps_attachment_state find_by_name(struct ps_attachment *attachment, int err)
{
	if (attachment->info.hook != PS_HOOK_SK_LOOKUP)
		return find_by_program(attachment);
	attachment->err = err;
	return attached_to_netns(attachment);
}

static enum ps_attachment_state find_by_pin(const struct ps_instance *instance,
					    struct ps_attachment *attachment)
{
	const struct ps_hook_info *info = &attachment->info;
	bool is_held_by_link = info->mode != PS_MODE_CLSACT && !info->is_shared;
	char path[PS_PATH_SIZE];
	struct ps_pin pin;

	ps_instance_link_path(instance, info->hook, info->device, path);
	ps_pin_read(path, &pin);
	attachment->lacks_pin = pin.kind == PS_PIN_NONE && !info->is_shared;
	if (pin.kind == PS_PIN_UNKNOWN)
		return find_by_name(attachment, pin.err);
	if (!is_held_by_link)
		return find_by_program(attachment);
	if (pin.kind != PS_PIN_NONE)
		return find_by_link(attachment, &pin);
	attachment->is_checked = true;
	return PS_STALE_UNPINNED;
}

void ps_attachment_find(const struct ps_instance *instance, const struct ps_hook_info *info,
			struct ps_attachment *ret)
{
	*ret = (struct ps_attachment){ .info = *info };
	ret->is_other_build = info->build != ps_object_build(info->hook);
	if (instance->presence == PS_OUTSIDE) {
		ret->state = leave_unknown(ret, EPERM);
	} else if (instance->presence == PS_NOWHERE) {
		ret->is_checked = true;
		ret->state = PS_STALE_NAMESPACE;
	} else {
		ret->state = find_by_pin(instance, ret);
	}
}

static void read_way(struct ps_attachment *attachment)
{
	const struct ps_hook_info *info = &attachment->info;

	if (info->hook == PS_HOOK_SK_LOOKUP)
		ps_programs_read_netns(&attachment->way);
	else
		ps_programs_read(attachment->index, info->hook == PS_HOOK_TC_EGRESS ? PS_TX : PS_RX,
				 &attachment->way);
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

void ps_attachments_read(const struct ps_instance *instance, struct ps_attachments *ret)
{
	*ret = (struct ps_attachments){};
	ret->room = PS_HOOKS_MAX;
	ret->item = ps_memory_new(ret->room, sizeof(*ret->item));
	if (strcmp(instance->name, PS_INSTANCE_DEFAULT))
		snprintf(ret->netns, sizeof(ret->netns), "%s", instance->name);
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++)
		if (instance->hooks[slot].hook != PS_HOOK_FREE)
			ps_attachment_find(instance, &instance->hooks[slot],
					   &ret->item[ret->count++]);
	for (size_t i = 0; i < ret->count; i++)
		if (ret->item[i].state == PS_ATTACHED && instance->presence == PS_HERE)
			read_way(&ret->item[i]);
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
