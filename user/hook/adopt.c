// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Repairing stale attachments. See adopt.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include "base/hook_name.h"
#include "base/scope.h"
#include "hook/adopt.h"
#include "hook/attachment.h"
#include "hook/link.h"
#include "hook/slot.h"
#include "pins/pin.h"
#include "pins/pins.h"

static bool is_named(const char name[PS_DEV_SIZE], const char *device)
{
	return !strncmp(name, device, PS_DEV_SIZE);
}

static int rename_pin(const char *from, const char *to, struct ps_error *error)
{
	struct ps_pin pin;

	if (ps_pin_look(to, &pin, error))
		return -1;
	if (pin.kind != PS_PIN_NONE)
		return ps_error_set(error, PS_EXIT_CONFLICT,
				    "%s is in the way, and not portsteer's: move it away first",
				    to);
	if (rename(from, to) && errno != ENOENT) /* what is in a dispatcher has no pin */
		return ps_error_errno(error, errno, "cannot rename %s to %s", from, to);
	return 0;
}

/* Gives the slot and its pin the interface's present name. */
static int follow_name(struct ps_instance *instance, int slot, const char now[PS_DEV_SIZE],
		       struct ps_error *error)
{
	struct ps_hook_info *info = &instance->hooks[slot];
	char from[PS_PATH_SIZE], to[PS_PATH_SIZE];

	ps_instance_link_path(instance, info->hook, info->device, from);
	ps_instance_link_path(instance, info->hook, now, to);
	if (rename_pin(from, to, error))
		return -1;
	memcpy(info->device, now, sizeof(info->device));
	return 0;
}

struct search {
	__u32 link_id;
	const char *wanted;
	bool is_found;
};

static bool rename_if_sought(void *seeker, const char *path)
{
	struct search *search = seeker;
	struct ps_pin pin;

	ps_pin_read(path, &pin);
	search->is_found = pin.kind == PS_PIN_LINK && pin.link_id == search->link_id &&
			   !rename(path, search->wanted);
	return search->is_found;
}

/* A command that was killed may have renamed the pin but not the slot. */
static bool find_renamed(const struct ps_instance *instance, __u32 link_id, const char *wanted)
{
	struct search search = { .link_id = link_id, .wanted = wanted };

	ps_pins_walk_links(instance, rename_if_sought, &search);
	return search.is_found;
}

/* Whether the pin of the slot was looked at; one that is missing is made again. */
static int find_pin(struct ps_instance *instance, int slot, struct ps_error *error)
{
	struct ps_hook_info *info = &instance->hooks[slot];
	PS_CLOSED_FD int link_fd = -1;
	char wanted[PS_PATH_SIZE];
	struct ps_pin pin;

	ps_instance_link_path(instance, info->hook, info->device, wanted);
	if (ps_pin_look(wanted, &pin, error))
		return -1;
	if (pin.kind != PS_PIN_NONE || !info->link_id ||
	    find_renamed(instance, info->link_id, wanted))
		return 0;
	if (ps_is_yes(ps_link_open(info->link_id, &link_fd))) /* somebody else holds it */
		bpf_obj_pin(link_fd, wanted);
	return 0;
}

/* Of what is not known nothing may be changed. */
static int refuse_unchecked(const struct ps_attachment *found, struct ps_error *error)
{
	return ps_error_errno(error, found->err ?: EIO,
			      "cannot tell whether the %s program of '%.15s' is still attached; "
			      "nothing was changed",
			      ps_hook_name(found->info.hook), found->info.device);
}

/* Maybe it is on @device, under a name that could not be asked for. */
static bool may_concern(const struct ps_attachment *found, const char *device)
{
	if (is_named(found->info.device, device) || is_named(found->now, device))
		return true;
	return !found->is_checked && found->err && found->err != EPERM && found->err != EACCES;
}

static int adopt_slot(struct ps_instance *instance, int slot, const char *device,
		      struct ps_error *error)
{
	const struct ps_hook_info *info = &instance->hooks[slot];
	int failed = find_pin(instance, slot, error);
	struct ps_attachment found;

	if (failed && is_named(info->device, device))
		return -1;
	if (!is_named(info->device, device) && ps_attachment_is_of_other(instance, info, device))
		return 0;
	ps_attachment_find(instance, info, &found);
	if (!may_concern(&found, device))
		return 0;
	if (!found.is_checked)
		return refuse_unchecked(&found, error);
	switch (found.state) {
	case PS_ATTACHED:
	case PS_STALE_CHANGED:
		return 0;
	case PS_STALE_RENAMED:
		return follow_name(instance, slot, found.now, error);
	default:
		return ps_hook_index_detach(instance, slot, error);
	}
}

int ps_adopt_device(struct ps_instance *instance, const char *device, struct ps_error *error)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++)
		if (instance->hooks[slot].hook != PS_HOOK_FREE &&
		    adopt_slot(instance, slot, device, error))
			return -1;
	return 0;
}

int ps_adopt_reclaim(struct ps_instance *instance)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++) {
		struct ps_attachment found;
		struct ps_error ignored;

		ps_attachment_find(instance, &instance->hooks[slot], &found);
		if (found.state == PS_STALE_GONE && found.is_checked &&
		    !ps_hook_index_detach(instance, slot, &ignored))
			return slot;
	}
	return -1;
}
