// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Attaching and detaching: hook slots, programs and links together. A slot of
 * `hooks` is written before its pin appears and cleared after it is gone, so a
 * slot without a pin is left over and is free.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "hook.h"
#include "link.h"
#include "netns.h"
#include "object.h"
#include "scope.h"

const char *ps_mode_name(enum ps_hook_mode mode)
{
	static const char *const names[] = {
		[PS_MODE_NONE] = "none", [PS_MODE_NATIVE] = "native", [PS_MODE_GENERIC] = "generic",
		[PS_MODE_TCX] = "tcx",	 [PS_MODE_CLSACT] = "clsact",
	};

	return names[mode <= PS_MODE_CLSACT ? mode : PS_MODE_NONE];
}

static bool has_device(const struct ps_hook_info *info, const char *device)
{
	return info->hook != PS_HOOK_FREE && !strncmp(info->device, device, PS_DEV_SIZE);
}

bool ps_hook_is_any(const struct ps_instance *instance)
{
	for (int i = 0; i < PS_HOOKS_MAX; i++)
		if (instance->hooks[i].hook != PS_HOOK_FREE)
			return true;
	return false;
}

/* A link whose interface is gone says so, also when another took its place and index. */
static bool is_dead_link(const char *path)
{
	PS_CLOSED_FD int fd = bpf_obj_get(path);
	struct bpf_link_info link = {};
	__u32 size = sizeof(link);

	if (fd < 0) /* who may only read maps cannot ask */
		return errno == ENOENT;
	return !bpf_obj_get_info_by_fd(fd, &link, &size) && !link.xdp.ifindex; /* tcx: same place */
}

bool ps_hook_is_alive(const struct ps_instance *instance, const struct ps_hook_info *info)
{
	char path[PS_PATH_SIZE];

	ps_instance_link_path(instance, info->hook, info->device, path);
	if (access(path, F_OK) || if_nametoindex(info->device) != info->ifindex ||
	    instance->meta->netns_cookie != ps_netns_cookie())
		return false;
	return info->mode == PS_MODE_CLSACT || !is_dead_link(path);
}

static int detach_slot(struct ps_instance *instance, int slot, struct ps_error *error)
{
	struct ps_hook_info *info = &instance->hooks[slot];
	char path[PS_PATH_SIZE];

	ps_instance_link_path(instance, info->hook, info->device, path);
	if (ps_link_detach(path, info, error))
		return -1;
	memset(info, 0, sizeof(*info));
	return 0;
}

/* Frees slots whose interface is gone or was never attached. */
static int remove_dead(struct ps_instance *instance, struct ps_error *error)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++) {
		const struct ps_hook_info *info = &instance->hooks[slot];

		if (info->hook != PS_HOOK_FREE && !ps_hook_is_alive(instance, info) &&
		    detach_slot(instance, slot, error))
			return -1;
	}
	return 0;
}

static int find_free_slot(const struct ps_instance *instance)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++)
		if (instance->hooks[slot].hook == PS_HOOK_FREE)
			return slot;
	return -1;
}

static void clear_reasons(const struct ps_instance *instance, int slot)
{
	for (__u32 cpu = 0; cpu < instance->meta->cpus; cpu++)
		memset(&instance->reasons[((size_t)cpu * PS_HOOKS_MAX + (size_t)slot) *
					  PS_REASONS_MAX],
		       0, PS_REASONS_MAX * sizeof(*instance->reasons));
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
	memcpy(info->tag, program.tag, sizeof(info->tag));
	return 0;
}

static int attach_one(struct ps_instance *instance, struct ps_hook_info info,
		      struct ps_error *error)
{
	PS_CLOSED_FD int prog_fd = -1;
	int slot = find_free_slot(instance);
	char path[PS_PATH_SIZE];

	if (slot < 0)
		return ps_error_set(error, PS_EXIT_REFUSED, "all %d hook slots are in use",
				    PS_HOOKS_MAX);
	if (ps_object_load_hook(instance, info.hook, (__u32)slot, &prog_fd, error) ||
	    describe_program(prog_fd, &info, error))
		return -1;
	clear_reasons(instance, slot);
	instance->hooks[slot] = info;
	ps_instance_link_path(instance, info.hook, info.device, path);
	if (ps_link_attach(prog_fd, path, &info, error)) {
		memset(&instance->hooks[slot], 0, sizeof(info));
		return -1;
	}
	instance->hooks[slot] = info;
	return 0;
}

/* How @device is attached for what arrives or, at @is_egress, for what it sends; or NULL. */
static const struct ps_hook_info *find(const struct ps_instance *instance, const char *device,
				       int is_egress)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++)
		if (has_device(&instance->hooks[slot], device) &&
		    (instance->hooks[slot].hook == PS_HOOK_TC_EGRESS) == is_egress)
			return &instance->hooks[slot];
	return NULL;
}

static int detach_device(struct ps_instance *instance, const char *device, struct ps_error *error)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++)
		if (has_device(&instance->hooks[slot], device) &&
		    detach_slot(instance, slot, error))
			return -1;
	return 0;
}

static int attach_ingress(struct ps_instance *instance, const struct ps_attach_options *options,
			  __u32 ifindex, struct ps_error *error)
{
	struct ps_hook_info info = { .ifindex = ifindex, .hook = options->hook };

	info.mode = options->hook == PS_HOOK_XDP ? options->mode : PS_MODE_NONE;
	memcpy(info.device, options->device, strlen(options->device));
	return attach_one(instance, info, error);
}

/* Beside the ingress program, whose interface and clsact qdisc are the same. */
static int attach_egress(struct ps_instance *instance, const struct ps_hook_info *ingress,
			 struct ps_error *error)
{
	struct ps_hook_info info = {
		.ifindex = ingress->ifindex,
		.hook = PS_HOOK_TC_EGRESS,
		.made_clsact = ingress->made_clsact,
	};

	memcpy(info.device, ingress->device, sizeof(info.device));
	return attach_one(instance, info, error);
}

/* Attaches what is missing: a command that was killed may have left one of the two. */
static int attach_both(struct ps_instance *instance, const struct ps_attach_options *options,
		       __u32 ifindex, struct ps_error *error)
{
	const struct ps_hook_info *present = find(instance, options->device, 0);
	struct ps_error ignored;

	if (!present && attach_ingress(instance, options, ifindex, error))
		return -1;
	if (find(instance, options->device, 1))
		return present ? 1 : 0;
	if (!attach_egress(instance, find(instance, options->device, 0), error))
		return 0;
	if (!present)
		detach_device(instance, options->device, &ignored);
	return -1;
}

int ps_hook_attach(struct ps_instance *instance, const struct ps_attach_options *options,
		   struct ps_error *error)
{
	__u32 ifindex = if_nametoindex(options->device);
	const struct ps_hook_info *present;

	if (!ifindex || strlen(options->device) >= PS_DEV_SIZE)
		return ps_error_set(error, PS_EXIT_NOT_FOUND,
				    "there is no interface '%s' in this network namespace",
				    options->device);
	if (remove_dead(instance, error))
		return -1;
	present = find(instance, options->device, 0);
	if (present && (present->hook != options->hook ||
			(present->hook == PS_HOOK_XDP && present->mode != options->mode)))
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "'%s' is attached at %s (%s) already; 'portsteer detach %s' "
				    "first",
				    options->device, ps_hook_name(present->hook),
				    ps_mode_name(present->mode), options->device);
	return attach_both(instance, options, ifindex, error);
}

int ps_hook_detach(struct ps_instance *instance, const char *device, struct ps_error *error)
{
	int found = 0;

	for (int slot = 0; slot < PS_HOOKS_MAX; slot++) {
		const struct ps_hook_info *info = &instance->hooks[slot];

		if (info->hook == PS_HOOK_FREE || (device && !has_device(info, device)))
			continue;
		found++;
		if (detach_slot(instance, slot, error))
			return -1;
	}
	if (!found)
		return ps_error_set(
			error, PS_EXIT_NOT_FOUND,
			device ? "'%s' is not attached; 'portsteer status' shows what is"
			       : "nothing is attached%s",
			device ?: "");
	return 0;
}
