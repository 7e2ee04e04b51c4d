// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Words for stale attachments. See stale.h.
 */
#include <stdio.h>
#include <string.h>
#include "base/advice.h"
#include "hook/stale.h"

const char *ps_stale_detail(enum ps_attachment_state state)
{
	static const char *const details[] = {
		[PS_ATTACHED] = "",
		[PS_STALE_GONE] = "the interface is gone",
		[PS_STALE_ANEW] =
			"the interface was recreated, and nothing is attached to the new one",
		[PS_STALE_RENAMED] = "the interface was renamed, and is still attached",
		[PS_STALE_MOVED] =
			"the interface is in another network namespace, and still attached",
		[PS_STALE_NAMESPACE] = "the network namespace is gone",
		[PS_STALE_UNPINNED] = "its pin was removed, and the program with it",
		[PS_STALE_FOREIGN_PIN] = "something else is pinned in its place",
		[PS_STALE_CHANGED] = "another program was put in its place",
		[PS_STALE_TAKEN_OFF] = "the program was taken off the interface",
		[PS_STALE_UNRECORDED] = "a program of this instance is attached, and not on record",
	};

	return details[state];
}

/* How what arrives was attached, in the words of 'attach'; NULL behind the last. */
static void find_words(const struct ps_attachments *attachments, const char *device,
		       const char *ret[3])
{
	int count = 0;

	for (size_t i = 0; i < attachments->count; i++) {
		const struct ps_hook_info *info = &attachments->item[i].info;

		if (info->hook == PS_HOOK_TC_EGRESS || strncmp(info->device, device, PS_DEV_SIZE))
			continue;
		if (info->hook == PS_HOOK_TC_INGRESS || info->mode == PS_MODE_GENERIC) {
			ret[count++] = info->hook == PS_HOOK_TC_INGRESS ? "hook" : "mode";
			ret[count++] = info->hook == PS_HOOK_TC_INGRESS ? "tc" : "generic";
		}
		if (info->hook != PS_HOOK_TC_INGRESS && info->is_shared)
			ret[count] = "shared";
		return;
	}
}

/* @now is what @device is called now. */
static const char *advise_attach(const struct ps_attachments *attachments, const char *device,
				 const char *now)
{
	const char *words[3] = {};

	find_words(attachments, device, words);
	return ps_advice_for(attachments->netns, "attach", now, words[0], words[1], words[2], NULL);
}

static bool has_ingress(const struct ps_attachments *attachments, const char *device)
{
	for (size_t i = 0; i < attachments->count; i++)
		if (attachments->item[i].info.hook != PS_HOOK_TC_EGRESS &&
		    !strncmp(attachments->item[i].info.device, device, PS_DEV_SIZE))
			return true;
	return false;
}

/* 'attach' takes it over, unless it is alone and not what 'attach' begins with. */
static const char *advise_unrecorded(const struct ps_attachments *attachments, const char *device)
{
	if (!strcmp(device, PS_ELSEWHERE))
		return ps_advice_for(attachments->netns, "detach all", NULL);
	if (has_ingress(attachments, device))
		return advise_attach(attachments, device, device);
	return ps_advice_for(attachments->netns, "detach", device, NULL);
}

const char *ps_stale_command(const struct ps_attachments *attachments,
			     const struct ps_attachment *attachment)
{
	const char *device = attachment->info.device;

	switch (attachment->state) {
	case PS_ATTACHED:
		return "";
	case PS_STALE_GONE:
	case PS_STALE_MOVED:
		return ps_advice_for(attachments->netns, "detach", device, NULL);
	case PS_STALE_UNRECORDED:
		return advise_unrecorded(attachments, device);
	case PS_STALE_NAMESPACE:
		return ps_advice_for(attachments->netns, "detach all", NULL);
	case PS_STALE_RENAMED:
		return advise_attach(attachments, device, attachment->now);
	default:
		return advise_attach(attachments, device, device);
	}
}
