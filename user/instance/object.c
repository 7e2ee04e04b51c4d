// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Skeletons to file descriptors. See object.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <portsteer/abi.h> /* types of variables in skeletons */
#include "bind_guard.skel.h"
#include "extend.skel.h"
#include "host/capability.h"
#include "instance/netns.h"
#include "instance/internal.h"
#include "instance/object.h"
#include "loss.skel.h"
#include "pins/bpffs.h"
#include "pins/pins.h"
#include "sk_lookup.skel.h"
#include "tc.skel.h"
#include "xdp.skel.h"

int ps_object_load_error(struct ps_error *error, int err, const char *what)
{
	bool is_missing = ps_capability_is_missing(PS_NEED_LOADING);
	char text[128];

	if (is_missing) /* then the log only says so in other words */
		ps_object_log_start();
	if (is_missing && err == -EINVAL) /* of 6.12, to programs that it does not trust */
		err = -EPERM;
	snprintf(text, sizeof(text), "cannot load %s%s", what,
		 is_missing || err == -EPERM ? "" : " (-v shows the kernel's log)");
	return ps_capability_error(error, -err, PS_NEED_LOADING, text);
}

static int take_fd(const struct bpf_program *program, int *ret_fd)
{
	int fd = dup(bpf_program__fd(program));

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

static __u32 hash_of(const __u8 *byte, size_t size)
{
	__u32 hash = 2166136261; /* FNV-1a */

	for (; size; size--)
		hash = (hash ^ *byte++) * 16777619;
	return hash;
}

__u32 ps_object_build(enum ps_hook hook)
{
	static __u32 xdp, tc, sk_lookup;
	const void *bytes;
	size_t size;

	if (!xdp) {
		bytes = ps_xdp__elf_bytes(&size);
		xdp = hash_of(bytes, size);
		bytes = ps_tc__elf_bytes(&size);
		tc = hash_of(bytes, size);
		bytes = ps_sk_lookup__elf_bytes(&size);
		sk_lookup = hash_of(bytes, size);
	}
	if (hook == PS_HOOK_SK_LOOKUP)
		return sk_lookup;
	return hook == PS_HOOK_XDP ? xdp : tc;
}

static void close_object(struct bpf_object **object)
{
	bpf_object__close(*object);
}

static int open_xdp(const struct ps_instance *instance, __u32 hook_index, struct bpf_object **ret)
{
	const struct ps_xdp__rodata constants = {
		.cpu_rows = instance->meta->cpu_rows,
		.count_blocks = ps_blocks_of(instance->meta->capacity),
		.hook_index = hook_index,
		.has_no_link = instance->hooks[hook_index].has_no_link,
		.front_buckets = ps_front_buckets(instance->meta->capacity),
	};
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "ps_xdp");
	struct bpf_object *object;
	struct bpf_map *rodata;
	const void *bytes;
	size_t size;
	int err;

	bytes = ps_xdp__elf_bytes(&size);
	object = bpf_object__open_mem(bytes, size, &options);
	if (!object)
		return -errno;
	*ret = object;
	rodata = bpf_object__find_map_by_name(object, ".rodata");
	err = bpf_map__set_initial_value(rodata, &constants, sizeof(constants));
	return err ?: ps_object_reuse_maps(object, instance);
}

int ps_object_open_xdp(const struct ps_instance *instance, __u32 hook_index,
		       struct bpf_object **ret, struct ps_error *error)
{
	int err;

	ps_object_log_start();
	err = open_xdp(instance, hook_index, ret);
	return err ? ps_object_load_error(error, err, "the XDP program") : 0;
}

static int load_xdp(const struct ps_instance *instance, __u32 hook_index, int *ret_fd)
{
	__attribute__((cleanup(close_object))) struct bpf_object *object = NULL;
	int err = open_xdp(instance, hook_index, &object) ?: bpf_object__load(object);

	return err ?: take_fd(bpf_object__next_program(object, NULL), ret_fd);
}

static void close_extend(struct ps_extend **extend)
{
	ps_extend__destroy(*extend);
}

/* 0, or -errno of the step that the kernel refuses. */
static int try_extend(void)
{
	__attribute__((cleanup(close_extend))) struct ps_extend *first = ps_extend__open_and_load();
	__attribute__((cleanup(close_extend))) struct ps_extend *second = ps_extend__open();
	struct bpf_program *extension;
	int err, link_fd;

	if (!first || !second)
		return -errno;
	extension = second->progs.portsteer_try;
	bpf_program__set_type(extension, BPF_PROG_TYPE_EXT);
	err = bpf_program__set_attach_target(extension, bpf_program__fd(first->progs.portsteer_try),
					     "portsteer_try") ?:
	      bpf_program__set_expected_attach_type(extension, 0) ?:
	      ps_extend__load(second);
	if (err)
		return err;
	link_fd = bpf_raw_tracepoint_open(NULL, bpf_program__fd(extension));
	if (link_fd < 0)
		return -errno;
	close(link_fd);
	return 0;
}

int ps_object_check_extend(struct ps_error *error)
{
	int err;

	ps_object_log_start();
	err = try_extend();
	if (!err)
		return 0;
	return ps_error_errno(
		error, -err,
		"this kernel refuses BPF programs that extend others (freplace), of "
		"which libxdp's dispatcher is made; 'attach' without 'shared' works on "
		"a free XDP hook, 'hook tc' beside any program");
}

static void close_tc(struct ps_tc **tc)
{
	ps_tc__destroy(*tc);
}

static int load_tc(const struct ps_instance *instance, enum ps_hook hook, __u32 hook_index,
		   int *ret_fd)
{
	__attribute__((cleanup(close_tc))) struct ps_tc *tc = ps_tc__open();
	bool is_ingress = hook == PS_HOOK_TC_INGRESS;
	int err;

	if (!tc)
		return -errno;
	tc->rodata->hook_index = hook_index;
	tc->rodata->has_no_link = instance->hooks[hook_index].has_no_link;
	tc->rodata->cpu_rows = instance->meta->cpu_rows;
	tc->rodata->count_blocks = ps_blocks_of(instance->meta->capacity);
	tc->rodata->front_buckets = ps_front_buckets(instance->meta->capacity);
	bpf_program__set_autoload(tc->progs.portsteer_in, is_ingress);
	bpf_program__set_autoload(tc->progs.portsteer_out, !is_ingress);
	err = ps_object_reuse_maps(tc->obj, instance) ?: bpf_object__load(tc->obj);
	return err
		       ?: take_fd(is_ingress ? tc->progs.portsteer_in : tc->progs.portsteer_out,
				  ret_fd);
}

static void close_sk_lookup(struct ps_sk_lookup **sk_lookup)
{
	ps_sk_lookup__destroy(*sk_lookup);
}

static int load_sk_lookup(const struct ps_instance *instance, __u32 hook_index, int *ret_fd)
{
	__attribute__((cleanup(close_sk_lookup))) struct ps_sk_lookup *sk_lookup =
		ps_sk_lookup__open();
	int err;

	if (!sk_lookup)
		return -errno;
	sk_lookup->rodata->hook_index = hook_index;
	sk_lookup->rodata->cpu_rows = instance->meta->cpu_rows;
	sk_lookup->rodata->front_buckets = ps_front_buckets(instance->meta->capacity);
	err = ps_object_reuse_maps(sk_lookup->obj, instance) ?: bpf_object__load(sk_lookup->obj);
	return err ?: take_fd(sk_lookup->progs.portsteer_sk, ret_fd);
}

int ps_object_load_hook(const struct ps_instance *instance, enum ps_hook hook, __u32 hook_index,
			int *ret_fd, struct ps_error *error)
{
	int err;

	ps_object_log_start();
	switch (hook) {
	case PS_HOOK_XDP:
		err = load_xdp(instance, hook_index, ret_fd);
		return err ? ps_object_load_error(error, err, "the XDP program") : 0;
	case PS_HOOK_SK_LOOKUP:
		err = load_sk_lookup(instance, hook_index, ret_fd);
		return err ? ps_object_load_error(error, err, "the sk_lookup program") : 0;
	default:
		err = load_tc(instance, hook, hook_index, ret_fd);
		return err ? ps_object_load_error(error, err, "the TC program") : 0;
	}
}

static void close_loss(struct ps_loss **loss)
{
	ps_loss__destroy(*loss);
}

static int pin_watch(const struct bpf_program *program, const char *pin)
{
	struct bpf_link *link = bpf_program__attach_trace(program);
	int err = link ? bpf_link__pin(link, pin) : -errno;

	bpf_link__destroy(link); /* the pin holds it */
	return err;
}

int ps_object_watch_losses(const struct ps_instance *instance, const char *const pins[2],
			   struct ps_error *error)
{
	__attribute__((cleanup(close_loss))) struct ps_loss *loss = NULL;
	int err;

	if (ps_instance_check_record(instance, error))
		return -1;
	ps_object_log_start();
	loss = ps_loss__open();
	if (!loss)
		return ps_object_load_error(error, -errno, "the programs that watch redirects");
	loss->rodata->netns_cookie = instance->meta->netns_cookie;
	loss->rodata->cpu_rows = instance->meta->cpu_rows;
	err = ps_object_reuse_maps(loss->obj, instance) ?: ps_loss__load(loss);
	err = err ?: pin_watch(loss->progs.portsteer_err, pins[0]);
	err = err ?: pin_watch(loss->progs.portsteer_xmit, pins[1]);
	return err ? ps_object_load_error(error, err, "the programs that watch redirects") : 0;
}

static void close_guard(struct ps_bind_guard **guard)
{
	ps_bind_guard__destroy(*guard);
}

/* The map at @pin, if there is one. */
static int keep_attempts(struct bpf_map *map, const char *pin)
{
	int fd = bpf_obj_get(pin), err;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	err = bpf_map__reuse_fd(map, fd);
	close(fd);
	return err;
}

static int load_guard(struct ps_bind_guard *guard, const struct ps_instance *instance,
		      enum ps_guard_mode mode, const char *pin)
{
	int err;

	guard->rodata->netns_cookie = instance->meta->netns_cookie;
	guard->rodata->only_report = mode == PS_GUARD_REPORT;
	guard->rodata->front_buckets = ps_front_buckets(instance->meta->capacity);
	err = ps_object_reuse_maps(guard->obj, instance)
		      ?: bpf_map__reuse_fd(guard->maps.owners, instance->owners_fd)
		      ?: keep_attempts(guard->maps.attempts, pin)
		      ?: ps_bind_guard__load(guard);
	if (!err && ps_bpffs_pin(bpf_map__fd(guard->maps.attempts), instance->path, pin))
		err = -errno;
	return err;
}

int ps_object_load_guard(const struct ps_instance *instance, enum ps_guard_mode mode,
			 const char *pin, int ret_fd[PS_GUARD_PROGRAMS], struct ps_error *error)
{
	__attribute__((cleanup(close_guard))) struct ps_bind_guard *guard = NULL;
	int err;

	if (ps_instance_check_record(instance, error))
		return -1;
	ps_object_log_start();
	guard = ps_bind_guard__open();
	err = guard ? load_guard(guard, instance, mode, pin) : -errno;
	err = err ?: take_fd(guard->progs.portsteer_bind4, &ret_fd[0]);
	err = err ?: take_fd(guard->progs.portsteer_bind6, &ret_fd[1]);
	return err ? ps_object_load_error(error, err, "the programs that guard bind(2)") : 0;
}
