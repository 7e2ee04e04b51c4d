// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What became of what was attached. See attachment.h. A pinned link knows its
 * interface wherever that goes. A clsact filter and a program in a dispatcher
 * are found again by their id, on the hook.
 */
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "attachment.h"
#include "instance.h"
#include "memory.h"
#include "netns.h"
#include "object.h"
#include "pin.h"

static bool is_on_hook(__u32 ifindex, const struct ps_hook_info *info, bool *ret_checked)
{
	struct ps_occupants way;
	bool found;

	ps_occupants_read(ifindex, info->hook == PS_HOOK_TC_EGRESS ? PS_TX : PS_RX, &way);
	found = ps_occupants_find(&way, info->hook, info->prog_id);
	*ret_checked = found || !way.is_partial || info->hook == PS_HOOK_XDP;
	ps_occupants_done(&way);
	return found;
}

/* The interface has this name, or a new one; or this index has a stranger now. */
static enum ps_attachment_state follow(struct ps_attachment *attachment, __u32 ifindex,
				       enum ps_attachment_state otherwise)
{
	const struct ps_hook_info *info = &attachment->info;

	if (!if_indextoname(ifindex, attachment->now))
		return otherwise;
	if (!is_on_hook(ifindex, info, &attachment->is_checked) && attachment->is_checked) {
		attachment->now[0] = '\0';
		return otherwise;
	}
	return strncmp(attachment->now, info->device, PS_DEV_SIZE) ? PS_STALE_RENAMED : PS_ATTACHED;
}

/* Its own interface is not there any more; maybe another one of the same name is. */
static enum ps_attachment_state gone_or_anew(const struct ps_hook_info *info)
{
	return if_nametoindex(info->device) ? PS_STALE_ANEW : PS_STALE_GONE;
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

	if (pin->kind != PS_PIN_LINK || (info->link_id && info->link_id != pin->link_id))
		return PS_STALE_FOREIGN_PIN;
	attachment->is_checked = true;
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
	__u32 named = if_nametoindex(info->device);
	enum ps_attachment_state otherwise;

	if (named == info->ifindex)
		otherwise = PS_STALE_TAKEN_OFF;
	else
		otherwise = named ? PS_STALE_ANEW : PS_STALE_GONE;
	return follow(attachment, info->ifindex, otherwise);
}

/* Who may not open the pin compares what everybody may see. */
static enum ps_attachment_state find_by_name(struct ps_attachment *attachment)
{
	const struct ps_hook_info *info = &attachment->info;
	enum ps_attachment_state state;

	if (info->hook == PS_HOOK_SK_LOOKUP)
		return attached_to_netns(attachment);
	state = find_by_program(attachment);
	if (info->is_shared && state == PS_STALE_TAKEN_OFF) { /* its dispatcher was not seen */
		attachment->is_checked = false;
		return PS_ATTACHED;
	}
	return state;
}

void ps_attachment_find(const struct ps_instance *instance, const struct ps_hook_info *info,
			struct ps_attachment *ret)
{
	bool is_held_by_link = info->mode != PS_MODE_CLSACT && !info->is_shared;
	char path[PS_PATH_SIZE];
	struct ps_pin pin;

	*ret = (struct ps_attachment){ .info = *info };
	ret->is_other_build = info->build != ps_object_build(info->hook);
	if (instance->meta->netns_cookie != ps_netns_cookie()) {
		ret->state = PS_STALE_NAMESPACE;
		return;
	}
	ps_instance_link_path(instance, info->hook, info->device, path);
	ps_pin_read(path, &pin);
	ret->lacks_pin = pin.kind == PS_PIN_NONE && !info->is_shared;
	if (pin.kind == PS_PIN_HIDDEN)
		ret->state = find_by_name(ret);
	else if (!is_held_by_link)
		ret->state = find_by_program(ret);
	else if (pin.kind == PS_PIN_NONE)
		ret->state = PS_STALE_UNPINNED;
	else
		ret->state = find_by_link(ret, &pin);
}

static void read_way(struct ps_attachment *attachment)
{
	const struct ps_hook_info *info = &attachment->info;
	__u32 ifindex = if_nametoindex(attachment->now);

	if (info->hook == PS_HOOK_SK_LOOKUP)
		ps_occupants_read_netns(&attachment->way);
	else
		ps_occupants_read(ifindex, info->hook == PS_HOOK_TC_EGRESS ? PS_TX : PS_RX,
				  &attachment->way);
	for (size_t i = 0; i < attachment->way.count; i++) {
		struct ps_occupant *occupant = &attachment->way.item[i];

		if (info->link_id && occupant->hook == info->hook &&
		    occupant->prog_id == info->prog_id) { /* spares the search for its link */
			occupant->by = PS_BY_LINK;
			occupant->link_id = info->link_id;
		}
		ps_occupant_describe(ifindex, occupant);
	}
}

void ps_attachments_read(const struct ps_instance *instance, struct ps_attachments *ret)
{
	*ret = (struct ps_attachments){};
	ret->item = ps_memory_new(PS_HOOKS_MAX, sizeof(*ret->item));
	if (strcmp(instance->name, PS_INSTANCE_DEFAULT))
		snprintf(ret->netns, sizeof(ret->netns), "%s", instance->name);
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++)
		if (instance->hooks[slot].hook != PS_HOOK_FREE)
			ps_attachment_find(instance, &instance->hooks[slot],
					   &ret->item[ret->count++]);
	for (size_t i = 0; i < ret->count; i++)
		if (ret->item[i].state == PS_ATTACHED)
			read_way(&ret->item[i]);
}

void ps_attachments_done(struct ps_attachments *attachments)
{
	for (size_t i = 0; i < attachments->count; i++)
		ps_occupants_done(&attachments->item[i].way);
	free(attachments->item);
	*attachments = (struct ps_attachments){};
}
