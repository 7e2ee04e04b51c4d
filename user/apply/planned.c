// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * From the file, the interfaces of this host, and the live instance. See planned.h.
 */
#include <errno.h>
#include <string.h>
#include "apply/planned.h"
#include "file/file.h"
#include "host/ask.h"
#include "host/framing.h"
#include "instance/object.h"
#include "instance/open.h"
#include "pins/bpffs.h"

/* Without an index when it is not there. */
static void look_up(const struct ps_apply *apply, const struct ps_interface *interface,
		    struct ps_hook_info *info)
{
	struct ps_answer known = ps_ask_device(interface->device, &info->ifindex, info->device);
	struct ps_framing framing;

	if (ps_is_yes(known)) {
		info->has_no_link = !ps_framing_read(info->ifindex, &framing) &&
				    ps_framing_has_no_link(framing.type);
		return;
	}
	info->ifindex = 0;
	memcpy(info->device, interface->device, sizeof(info->device) - 1);
	if (ps_is_unknown(known))
		ps_report_note(apply->report, "warning: '%s' was not checked: %s",
			       interface->device, strerror(known.err));
}

/* Nothing is, where no instance can be; and to ask mounts no file system. */
static struct ps_answer take_live(struct ps_apply *apply, struct ps_hook_info ret[PS_HOOKS_MAX])
{
	struct ps_instance live;
	int opened;

	if (ps_is_no(ps_bpffs_is_there()))
		return ps_answer_no();
	opened = ps_apply_read(apply, 1 << PS_MAP_HOOKS, &live);
	if (opened)
		return opened > 0 ? ps_answer_no() : ps_answer_unknown(EIO);
	memcpy(ret, live.hooks, PS_HOOKS_MAX * sizeof(*ret));
	ps_instance_close(&live);
	return ps_answer_yes();
}

struct ps_answer ps_planned_hooks(struct ps_apply *apply, const struct ps_file *file,
				  struct ps_hook_info ret[PS_HOOKS_MAX])
{
	for (size_t i = 0; i < file->interfaces.count; i++) {
		const struct ps_interface *interface = &file->interfaces.item[i];
		struct ps_hook_info *info = &ret[i];

		info->hook = interface->hook;
		info->mode = interface->mode;
		info->build = ps_object_build(interface->hook);
		look_up(apply, interface, info);
	}
	return file->has_interfaces ? ps_answer_yes() : take_live(apply, ret);
}
