// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * From what is on record. See arrival.h.
 */
#include <stdio.h>
#include <string.h>
#include "host/ask.h"
#include "host/framing.h"
#include "instance/object.h"
#include "observe/arrival.h"

static bool takes_arriving(const struct ps_hook_info *info)
{
	return info->hook == PS_HOOK_XDP || info->hook == PS_HOOK_TC_INGRESS;
}

/* The first, of @device unless that is NULL; its name may have changed since, so its number counts.
 */
static const struct ps_hook_info *find(const struct ps_instance *instance, const char *device,
				       __u32 ifindex)
{
	for (int i = 0; i < PS_HOOKS_MAX; i++) {
		const struct ps_hook_info *info = &instance->hooks[i];

		if (takes_arriving(info) &&
		    (!device || (ifindex ? info->ifindex == ifindex
					 : !strncmp(info->device, device, PS_DEV_SIZE))))
			return info;
	}
	return NULL;
}

static void describe(const struct ps_hook_info *info, struct ps_arrival *ret)
{
	*ret = (struct ps_arrival){
		.hook = info->hook,
		.mode = info->mode,
		.is_attached = true,
		.has_no_link = info->has_no_link,
		.is_other_build = info->build != ps_object_build(info->hook),
	};
	memcpy(ret->device, info->device, sizeof(ret->device) - 1);
}

/* Nothing is attached to @device, whose number is @ifindex. */
static void imagine(const char *device, __u32 ifindex, struct ps_arrival *ret)
{
	struct ps_framing framing;

	*ret = (struct ps_arrival){ .hook = PS_HOOK_XDP };
	if (!device)
		return;
	ret->has_no_link =
		!ps_framing_read(ifindex, &framing) && ps_framing_has_no_link(framing.type);
	snprintf(ret->device, sizeof(ret->device), "%.*s", PS_DEV_SIZE - 1, device);
}

int ps_arrival_find(const struct ps_instance *instance, const char *device, struct ps_arrival *ret,
		    struct ps_error *error)
{
	struct ps_answer there = ps_answer_no();
	const struct ps_hook_info *info;
	char like[PS_NEAREST_TEXT];
	unsigned int ifindex = 0;

	if (device)
		there = ps_ask_index(device, &ifindex);
	info = find(instance, device, ps_is_yes(there) ? ifindex : 0);
	if (info)
		describe(info, ret);
	else if (device && ps_is_unknown(there))
		return ps_error_errno(error, there.err, "cannot look for interface '%s'", device);
	else if (device && ps_is_no(there))
		return ps_error_set(error, PS_EXIT_NOT_FOUND,
				    "there is no interface '%s' in this network namespace%s",
				    device, ps_ask_like(device, like));
	else
		imagine(device, ifindex, ret);
	return 0;
}

const struct ps_hook_info *ps_arrival_sockets(const struct ps_instance *instance)
{
	for (int i = 0; i < PS_HOOKS_MAX; i++)
		if (instance->hooks[i].hook == PS_HOOK_SK_LOOKUP)
			return &instance->hooks[i];
	return NULL;
}
