// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Taking over, or off, programs that no slot knows. See orphan.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/if_link.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "base/hook_name.h"
#include "base/notice.h"
#include "base/scope.h"
#include "hook/clsact.h"
#include "hook/dispatcher.h"
#include "hook/rows.h"
#include "hook/link.h"
#include "hook/orphan.h"
#include "hook/slot.h"
#include "hook/tcx.h"
#include "host/capability.h"
#include "pins/pin.h"
#include "pins/pins.h"

static int refuse(const struct ps_hook_info *info, int err, struct ps_error *error)
{
	return ps_error_errno(error, err,
			      "cannot take program %u, which is not on record, off '%s'",
			      info->prog_id, info->device);
}

static bool holds(const struct ps_pin *pin, const struct ps_hook_info *info)
{
	if (pin->kind == PS_PIN_LINK)
		return info->link_id && pin->link_id == info->link_id;
	return pin->kind == PS_PIN_PROGRAM && pin->prog_id == info->prog_id;
}

/* Pins on their way. */
struct moving {
	const struct ps_hook_info *info; /* what they hold */
	const char *to; /* NULL: away */
	struct ps_error *error;
	int failed;
};

static bool move_pin(void *mover, const char *path)
{
	struct moving *moving = mover;
	struct ps_pin pin;

	ps_pin_read(path, &pin);
	if (!holds(&pin, moving->info) || (moving->to && !strcmp(path, moving->to)))
		return false;
	if (moving->to ? rename(path, moving->to) : unlink(path))
		moving->failed = ps_error_errno(moving->error, errno, "cannot move %s away", path);
	return moving->failed;
}

/* Its pins among the links, whatever their names: removed, or the first one renamed to @to. */
static int move_pins(const struct ps_instance *instance, const struct ps_hook_info *info,
		     const char *to, struct ps_error *error)
{
	struct moving moving = { .info = info, .to = to, .error = error };
	int err = ps_pins_walk_links(instance, move_pin, &moving);

	if (err)
		return ps_error_errno(error, -err, "cannot read %s/" PS_LINKS_DIR, instance->path);
	return moving.failed;
}

static int detach_link(const struct ps_hook_info *info, struct ps_error *error)
{
	PS_CLOSED_FD int link_fd = -1;
	struct ps_answer alive = ps_link_open(info->link_id, &link_fd);

	if (ps_is_unknown(alive))
		return refuse(info, alive.err, error);
	if (ps_is_yes(alive) && bpf_link_detach(link_fd))
		return refuse(info, errno, error);
	return 0;
}

/* Without a link: by who may attach another one. */
static int detach_program(const struct ps_hook_info *info, struct ps_error *error)
{
	PS_CLOSED_FD int prog_fd = bpf_prog_get_fd_by_id(info->prog_id);
	LIBBPF_OPTS(bpf_xdp_attach_opts, options, .old_prog_fd = prog_fd);
	int flags = info->mode == PS_MODE_GENERIC ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
	int err;

	if (prog_fd < 0)
		return refuse(info, errno, error);
	if (info->hook == PS_HOOK_XDP)
		err = bpf_xdp_detach((int)info->ifindex, (__u32)flags, &options);
	else
		err = bpf_prog_detach2(prog_fd, (int)info->ifindex,
				       (enum bpf_attach_type)ps_tcx_attach_type(info->hook));
	return err ? refuse(info, -err, error) : 0;
}

static int detach(struct ps_instance *instance, const struct ps_orphan *orphan,
		  struct ps_error *error)
{
	const struct ps_hook_info *info = &orphan->info;
	int kept = ps_hook_index_find(instance, info->hook, info->device), failed;

	if (orphan->by == PS_BY_DISPATCHER)
		failed = ps_dispatcher_detach(instance, info,
					      kept < 0 ? 0 : instance->hooks[kept].prog_id, error);
	else if (orphan->by == PS_BY_FILTER)
		failed = ps_clsact_detach(info, error);
	else if (info->link_id)
		failed = detach_link(info, error);
	else
		failed = detach_program(info, error);
	return failed ? -1 : move_pins(instance, info, NULL, error);
}

/* So that it stays, and where it is looked for. */
static int pin(const struct ps_instance *instance, const struct ps_hook_info *info,
	       struct ps_error *error)
{
	PS_CLOSED_FD int fd = -1;
	char path[PS_PATH_SIZE];
	struct ps_pin there;

	ps_instance_link_path(instance, info->hook, info->device, path);
	if (ps_pin_look(path, &there, error))
		return -1;
	if (there.kind == PS_PIN_NONE && move_pins(instance, info, path, error))
		return -1;
	ps_pin_read(path, &there);
	if (holds(&there, info))
		return 0;
	fd = info->link_id ? bpf_link_get_fd_by_id(info->link_id)
			   : bpf_prog_get_fd_by_id(info->prog_id);
	if (fd < 0 || bpf_obj_pin(fd, path))
		return ps_error_errno(error, errno, "cannot pin %s", path);
	return 0;
}

static int refuse_unheld(const struct ps_hook_info *info, struct ps_error *error)
{
	return ps_error_set(error, PS_EXIT_CONFLICT,
			    "program %u on '%s' is of this instance, but not held by a link; take "
			    "it off first: detach %s",
			    info->prog_id, info->device, info->device);
}

static int adopt(struct ps_instance *instance, const struct ps_orphan *orphan,
		 struct ps_error *error)
{
	struct ps_hook_info info = orphan->info;
	int slot = ps_hook_index_find(instance, PS_HOOK_FREE, NULL);

	if (ps_hook_index_find(instance, info.hook, info.device) >= 0) /* one is enough */
		return detach(instance, orphan, error);
	if (slot < 0)
		return ps_error_set(error, PS_EXIT_REFUSED, "all %d hook slots are in use",
				    PS_HOOKS_MAX);
	if (!info.link_id && orphan->by != PS_BY_FILTER && orphan->by != PS_BY_DISPATCHER)
		return refuse_unheld(&info, error);
	if (!info.is_shared && pin(instance, &info, error))
		return -1;
	instance->hooks[slot] = info;
	ps_hook_rows_write(instance);
	ps_notice("note: the %s program on '%s' is one of this instance that was not on record, "
		  "and is now",
		  ps_hook_name(info.hook), info.device);
	return 0;
}

/* Who may not look for programs does without: that takes a right that attaching does not. */
static int refuse_unknown(struct ps_answer answer, struct ps_error *error)
{
	if (!ps_is_unknown(answer) ||
	    (answer.err == EPERM && ps_capability_is_missing(PS_NEED_ADMIN)))
		return 0;
	return ps_error_errno(error, answer.err,
			      "cannot tell whether programs of this instance are attached that are "
			      "not on record");
}

static bool is_meant(const struct ps_orphan *orphan, const char *device)
{
	return !device || !strncmp(orphan->info.device, device, PS_DEV_SIZE);
}

int ps_orphans_adopt(struct ps_instance *instance, const char *device, struct ps_error *error)
{
	__attribute__((cleanup(ps_orphans_done))) struct ps_orphans orphans;
	struct ps_answer answer = ps_orphans_read(instance, &orphans);
	int failed = refuse_unknown(answer, error);

	for (size_t i = 0; i < orphans.count && !failed; i++) {
		const struct ps_orphan *orphan = &orphans.item[i];

		if (orphan->is_dead) /* its pin may be in the way */
			failed = detach(instance, orphan, error);
		else if (is_meant(orphan, device))
			failed = adopt(instance, orphan, error);
	}
	return failed;
}

int ps_orphans_detach(struct ps_instance *instance, const char *device, size_t *ret_count,
		      struct ps_error *error)
{
	__attribute__((cleanup(ps_orphans_done))) struct ps_orphans orphans;
	struct ps_answer answer = ps_orphans_read(instance, &orphans);
	int failed = refuse_unknown(answer, error);
	size_t count = 0;

	for (size_t i = 0; i < orphans.count && !failed; i++) {
		if (!is_meant(&orphans.item[i], device))
			continue;
		failed = detach(instance, &orphans.item[i], error);
		count++;
	}
	if (!failed)
		*ret_count = count;
	return failed;
}
