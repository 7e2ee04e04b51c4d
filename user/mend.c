// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Words for stale attachments. See mend.h.
 */
#include <stdio.h>
#include <string.h>
#include "mend.h"

const char *ps_mend_story(enum ps_attachment_state state)
{
	static const char *const stories[] = {
		[PS_ATTACHED] = "",
		[PS_STALE_GONE] = "the interface is gone",
		[PS_STALE_ANEW] =
			"the interface was made anew, and nothing is attached to the new one",
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

	return stories[state];
}

/* How what arrives was attached, in the words of 'attach'. */
static const char *words_of(const struct ps_attachments *attachments, const char *device)
{
	for (size_t i = 0; i < attachments->count; i++) {
		const struct ps_hook_info *info = &attachments->item[i].info;

		if (info->hook == PS_HOOK_TC_EGRESS || strncmp(info->device, device, PS_DEV_SIZE))
			continue;
		if (info->hook == PS_HOOK_TC_INGRESS)
			return " hook tc";
		if (info->mode == PS_MODE_GENERIC)
			return info->is_shared ? " mode generic shared" : " mode generic";
		return info->is_shared ? " shared" : "";
	}
	return "";
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
static void format_unrecorded(const struct ps_attachments *attachments, const char *device,
			      const char *start, char text[PS_MEND_TEXT])
{
	if (!strcmp(device, PS_ELSEWHERE))
		snprintf(text, PS_MEND_TEXT, "%s detach all", start);
	else if (has_ingress(attachments, device))
		snprintf(text, PS_MEND_TEXT, "%s attach %.15s%s", start, device,
			 words_of(attachments, device));
	else
		snprintf(text, PS_MEND_TEXT, "%s detach %.15s", start, device);
}

const char *ps_mend_command(const struct ps_attachments *attachments,
			    const struct ps_attachment *attachment, char text[PS_MEND_TEXT])
{
	const char *device = attachment->info.device;
	char start[300] = "portsteer";

	if (attachments->netns[0])
		snprintf(start, sizeof(start), "portsteer -n %s", attachments->netns);
	text[0] = '\0';
	switch (attachment->state) {
	case PS_ATTACHED:
		break;
	case PS_STALE_GONE:
	case PS_STALE_MOVED:
		snprintf(text, PS_MEND_TEXT, "%s detach %.15s", start, device);
		break;
	case PS_STALE_UNRECORDED:
		format_unrecorded(attachments, device, start, text);
		break;
	case PS_STALE_NAMESPACE:
		snprintf(text, PS_MEND_TEXT, "%s detach all", start);
		break;
	case PS_STALE_RENAMED:
		snprintf(text, PS_MEND_TEXT, "%s attach %.15s%s", start, attachment->now,
			 words_of(attachments, device));
		break;
	default:
		snprintf(text, PS_MEND_TEXT, "%s attach %.15s%s", start, device,
			 words_of(attachments, device));
		break;
	}
	return text;
}
