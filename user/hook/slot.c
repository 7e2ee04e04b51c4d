// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Slots of `hooks`. See slot.h.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "base/hook_name.h"
#include "base/notice.h"
#include "base/scope.h"
#include "hook/dispatcher.h"
#include "hook/rows.h"
#include "hook/link.h"
#include "hook/loaded.h"
#include "hook/slot.h"
#include "instance/object.h"
#include "pins/counts.h"
#include "pins/pin.h"
#include "pins/pins.h"

int ps_hook_index_find(const struct ps_instance *instance, enum ps_hook hook, const char *device)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++) {
		const struct ps_hook_info *info = &instance->hooks[slot];

		if (info->hook == hook && (!device || !strncmp(info->device, device, PS_DEV_SIZE)))
			return slot;
	}
	return -1;
}

static int describe_program(int fd, struct ps_hook_info *info, struct ps_error *error)
{
	struct bpf_prog_info program = {};
	__u32 size = sizeof(program);
	struct timespec now;

	if (bpf_obj_get_info_by_fd(fd, &program, &size))
		return ps_error_errno(error, errno, "cannot inspect the program");
	clock_gettime(CLOCK_REALTIME, &now);
	info->prog_id = program.id;
	info->attached_ns = (__u64)now.tv_sec * 1000000000 + (__u64)now.tv_nsec;
	info->build = ps_object_build(info->hook);
	info->last_action = PS_ACTION_LAST;
	info->known_flags = PS_FLAGS_KNOWN;
	memcpy(info->tag, program.tag, sizeof(info->tag));
	return 0;
}

static void close_object(struct bpf_object **object)
{
	bpf_object__close(*object);
}

/* Into the dispatcher. libxdp loads the program itself, for its place there, and pins it. */
static int share_program(const struct ps_instance *instance, int slot, __u32 priority,
			 struct ps_hook_info *info, struct ps_error *error)
{
	__attribute__((cleanup(close_object))) struct bpf_object *object = NULL;
	PS_CLOSED_FD int prog_fd = -1;

	if (ps_object_check_extend(error) ||
	    ps_object_open_xdp(instance, (__u32)slot, &object, error) ||
	    ps_dispatcher_attach(object, info, priority, &prog_fd, error))
		return -1;
	return describe_program(prog_fd, info, error);
}

static int pin_program(struct ps_instance *instance, int slot, struct ps_hook_info *info,
		       struct ps_error *error)
{
	PS_CLOSED_FD int prog_fd = -1;
	char path[PS_PATH_SIZE];

	if (ps_loaded_get(instance, slot, &prog_fd, error) ||
	    describe_program(prog_fd, info, error))
		return -1;
	ps_instance_link_path(instance, info->hook, info->device, path);
	return ps_link_attach(prog_fd, path, info, error);
}

/* What @info says is attached, as far as we know, is taken off. */
static int take_off(struct ps_instance *instance, const struct ps_hook_info *info,
		    struct ps_error *error)
{
	char path[PS_PATH_SIZE];

	if (info->is_shared)
		return ps_dispatcher_detach(instance, info, 0, error);
	ps_instance_link_path(instance, info->hook, info->device, path);
	return ps_link_detach(path, info, error);
}

/* The kernel may have attached it although the answer was lost: then the slot says so. */
static void give_up(struct ps_instance *instance, struct ps_hook_info *made)
{
	struct ps_error error;

	if ((made->prog_id || made->is_shared) && take_off(instance, made, &error))
		ps_notice("warning: '%s': what became of the %s program is not known: %s",
			  made->device, ps_hook_name(made->hook), error.text);
	else
		memset(made, 0, sizeof(*made));
	ps_hook_rows_write(instance);
}

int ps_hook_index_attach(struct ps_instance *instance, int slot, const struct ps_hook_info *info,
			 __u32 priority, struct ps_error *error)
{
	struct ps_hook_info *made = &instance->hooks[slot]; /* what a kill leaves has to be true */
	int failed;

	ps_reasons_clear(instance, (__u32)slot);
	*made = *info;
	ps_hook_rows_write(instance);
	if (made->is_shared)
		failed = share_program(instance, slot, priority, made, error);
	else
		failed = pin_program(instance, slot, made, error);
	if (failed)
		give_up(instance, made);
	return failed;
}

/*
 * A dispatcher cannot exchange one program: for some milliseconds both are in
 * it, so that no packet passes unsteered (doc/adr/0017).
 */
static int renew_shared(struct ps_instance *instance, int slot, struct ps_error *error)
{
	struct ps_hook_info old = instance->hooks[slot], info = old;
	struct ps_error ignored;
	__u32 priority;

	if (ps_dispatcher_priority(&old, &priority, error) ||
	    share_program(instance, slot, priority, &info, error)) {
		ps_dispatcher_detach(instance, &old, old.prog_id, &ignored);
		return -1;
	}
	instance->hooks[slot] = info;
	if (!ps_dispatcher_detach(instance, &old, info.prog_id, error))
		return 0;
	ps_dispatcher_detach(instance, &info, old.prog_id, &ignored);
	instance->hooks[slot] = old;
	return -1;
}

int ps_hook_index_renew(struct ps_instance *instance, int slot, struct ps_error *error)
{
	struct ps_hook_info info = instance->hooks[slot];
	PS_CLOSED_FD int prog_fd = -1;
	char path[PS_PATH_SIZE];

	if (info.is_shared)
		return renew_shared(instance, slot, error);
	if (ps_loaded_get(instance, slot, &prog_fd, error) ||
	    describe_program(prog_fd, &info, error))
		return -1;
	ps_instance_link_path(instance, info.hook, info.device, path);
	if (ps_link_update(prog_fd, path, &info, error))
		return -1;
	instance->hooks[slot] = info;
	return 0;
}

static int refuse_unknown(int err, const char *path, struct ps_error *error)
{
	return ps_error_errno(error, -err, "cannot look up the program of %s", path);
}

int ps_hook_index_remember(const struct ps_instance *instance, int slot, struct ps_hook_before *ret,
			   struct ps_error *error)
{
	char path[PS_PATH_SIZE];
	struct ps_pin pin;

	ret->info = instance->hooks[slot];
	ret->prog_fd = -EOPNOTSUPP;
	if (ret->info.is_shared)
		return 0;
	ps_instance_link_path(instance, ret->info.hook, ret->info.device, path);
	if (ps_pin_look(path, &pin, error))
		return -1;
	ret->prog_fd = pin.kind == PS_PIN_NONE ? -ENOENT : bpf_prog_get_fd_by_id(pin.prog_id);
	if (ret->prog_fd >= 0 || ret->prog_fd == -ENOENT || ret->prog_fd == -EPERM)
		return 0;
	return refuse_unknown(ret->prog_fd, path, error);
}

int ps_hook_index_put_back(struct ps_instance *instance, int slot,
			   const struct ps_hook_before *before, struct ps_error *error)
{
	char path[PS_PATH_SIZE];

	ps_instance_link_path(instance, before->info.hook, before->info.device, path);
	if (before->prog_fd < 0)
		return refuse_unknown(before->prog_fd, path, error);
	if (ps_link_update(before->prog_fd, path, &before->info, error))
		return -1;
	instance->hooks[slot] = before->info;
	return 0;
}

int ps_hook_index_detach(struct ps_instance *instance, int slot, struct ps_error *error)
{
	struct ps_hook_info *info = &instance->hooks[slot];

	if (take_off(instance, info, error))
		return -1;
	memset(info, 0, sizeof(*info));
	ps_hook_rows_write(instance);
	return 0;
}
