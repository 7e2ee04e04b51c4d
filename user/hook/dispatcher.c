// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * libxdp's dispatcher. See dispatcher.h.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <linux/if_link.h>
#include <bpf/bpf.h>
#include <xdp/libxdp.h>
#include "base/scope.h"
#include "hook/dispatcher.h"
#include "hook/ours.h"
#include "instance/object.h"

static void close_multiprog(struct xdp_multiprog **multiprog)
{
	xdp_multiprog__close(*multiprog);
}

/* 1 or 0, or -errno when it cannot be told. Cheaper than libxdp, which reads the program's BTF. */
static int is_dispatcher(__u32 prog_id)
{
	PS_CLOSED_FD int fd = bpf_prog_get_fd_by_id(prog_id);
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
		return errno == ENOENT ? 0 : -errno;
	return !strcmp(info.name, "xdp_dispatcher");
}

static int keep_log(enum libxdp_print_level level, const char *format, va_list args)
{
	if (level != LIBXDP_DEBUG)
		ps_object_log_add(format, args);
	return 0;
}

/* NULL when there is none; then @ret_err is 0, or -errno when that cannot be told. */
static struct xdp_multiprog *open_multiprog(const struct ps_hooked *hooked, int *ret_err)
{
	__u32 first = ps_xdp_first(&hooked->xdp);
	int result = first ? is_dispatcher(first) : 0;
	struct xdp_multiprog *multiprog;

	libxdp_set_print(keep_log);
	*ret_err = result < 0 ? result : 0;
	if (result <= 0)
		return NULL;
	multiprog = xdp_multiprog__get_from_ifindex((int)hooked->ifindex);
	*ret_err = (int)libxdp_get_error(multiprog);
	if (*ret_err)
		return NULL;
	if (!xdp_multiprog__is_legacy(multiprog))
		return multiprog;
	xdp_multiprog__close(multiprog);
	return NULL;
}

/* The same of the interface as it is now. */
static struct xdp_multiprog *ask_multiprog(__u32 ifindex, int *ret_err)
{
	struct ps_hooked hooked;
	struct ps_answer asked = ps_hooked_ask(NULL, ifindex, &hooked);

	*ret_err = -asked.err;
	return ps_is_yes(asked) ? open_multiprog(&hooked, ret_err) : NULL;
}

static void add(struct ps_programs *programs, enum ps_hook_mode mode,
		const struct xdp_program *shared)
{
	struct ps_program *program = ps_programs_add(programs, PS_HOOK_XDP, mode);

	program->prog_id = xdp_program__id(shared);
	program->priority = xdp_program__run_prio(shared);
	program->by = PS_BY_DISPATCHER;
}

struct ps_answer ps_dispatcher_read(const struct ps_hooked *hooked, struct ps_programs *programs)
{
	int err;
	__attribute__((cleanup(close_multiprog))) struct xdp_multiprog *multiprog =
		open_multiprog(hooked, &err);
	struct xdp_program *program = NULL;
	enum ps_hook_mode mode;

	if (!multiprog)
		return err ? ps_answer_unknown(-err) : ps_answer_no();
	mode = xdp_multiprog__attach_mode(multiprog) == XDP_MODE_SKB ? PS_MODE_GENERIC
								     : PS_MODE_NATIVE;
	while ((program = xdp_multiprog__next_prog(program, multiprog)))
		add(programs, mode, program);
	return ps_answer_yes();
}

static void close_program(struct xdp_program **program)
{
	xdp_program__close(*program);
}

static enum xdp_attach_mode mode_of(const struct ps_hook_info *info)
{
	return info->mode == PS_MODE_GENERIC ? XDP_MODE_SKB : XDP_MODE_NATIVE;
}

static int refuse(const struct ps_hook_info *info, int err, struct ps_error *error)
{
	if (err == -EOPNOTSUPP)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "the driver of '%s' has no native XDP, or libxdp cannot make "
				    "its dispatcher on this kernel (-v shows why); 'mode generic "
				    "shared' and 'hook tc' may work",
				    info->device);
	return ps_error_errno(error, -err, "cannot attach through libxdp's dispatcher to '%s'",
			      info->device);
}

/*
 * When libxdp cannot make a dispatcher it attaches the program alone, without
 * protection: that is not what was asked for, and taken back.
 */
static int check_is_shared(const struct ps_hook_info *info, const struct xdp_program *program,
			   struct ps_error *error)
{
	int err;
	__attribute__((cleanup(close_multiprog))) struct xdp_multiprog *multiprog =
		ask_multiprog(info->ifindex, &err);
	LIBBPF_OPTS(bpf_xdp_attach_opts, options, .old_prog_fd = xdp_program__fd(program));

	if (multiprog)
		return 0;
	bpf_xdp_detach((int)info->ifindex,
		       info->mode == PS_MODE_GENERIC ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE,
		       &options);
	return refuse(info, -EOPNOTSUPP, error);
}

int ps_dispatcher_attach(struct bpf_object *object, const struct ps_hook_info *info, __u32 priority,
			 int *ret_prog_fd, struct ps_error *error)
{
	DECLARE_LIBXDP_OPTS(xdp_program_opts, options, .obj = object);
	__attribute__((cleanup(close_program))) struct xdp_program *program =
		xdp_program__create(&options);
	int err = (int)libxdp_get_error(program);
	PS_CLOSED_FD int fd = -1;

	err = err ?: xdp_program__set_run_prio(program, priority);
	err = err ?: xdp_program__attach(program, (int)info->ifindex, mode_of(info), 0);
	if (err)
		return refuse(info, err, error);
	if (check_is_shared(info, program, error))
		return -1;
	fd = dup(xdp_program__fd(program));
	if (fd < 0) {
		ps_error_errno(error, errno, "cannot keep the program on '%s'", info->device);
		xdp_program__detach(program, (int)info->ifindex, mode_of(info), 0);
		return -1;
	}
	*ret_prog_fd = fd;
	fd = -1; /* now the caller's */
	return 0;
}

/* Its program in the dispatcher, found by id and tag, or NULL. */
static struct xdp_program *find_own(const struct xdp_multiprog *multiprog,
				    const struct ps_hook_info *info)
{
	struct xdp_program *program = NULL;

	while (multiprog && (program = xdp_multiprog__next_prog(program, multiprog)))
		if (xdp_program__id(program) == info->prog_id &&
		    !memcmp(xdp_program__tag(program), info->tag, sizeof(info->tag)))
			return program;
	return NULL;
}

/*
 * The next one to take out, or NULL; also one whose id a killed command did not
 * come to note: nobody else's has maps of @instance. -errno in @ret_err: one cannot be told.
 */
static struct xdp_program *find_ours(const struct xdp_multiprog *multiprog, __u32 map_id,
				     __u32 other_than, int *ret_err)
{
	struct xdp_program *program = NULL;

	while (multiprog && (program = xdp_multiprog__next_prog(program, multiprog))) {
		struct ps_answer ours;

		if (xdp_program__id(program) == other_than)
			continue;
		ours = ps_ours_has(xdp_program__fd(program), map_id);
		if (ps_is_yes(ours))
			return program;
		if (ps_is_unknown(ours))
			*ret_err = -ours.err;
	}
	return NULL;
}

/* 1: one is taken out, 0: there is none, or -errno. Afterwards there is another dispatcher. */
static int take_one_out(const struct ps_hook_info *info, __u32 map_id, __u32 other_than)
{
	int err;
	__attribute__((cleanup(close_multiprog))) struct xdp_multiprog *multiprog =
		ask_multiprog(info->ifindex, &err);
	struct xdp_program *ours = find_ours(multiprog, map_id, other_than, &err);

	if (!ours && !other_than)
		ours = find_own(multiprog, info);
	if (!ours)
		return err;
	err = xdp_program__detach(ours, (int)info->ifindex, xdp_multiprog__attach_mode(multiprog),
				  0);
	return err ?: 1;
}

int ps_dispatcher_detach(const struct ps_instance *instance, const struct ps_hook_info *info,
			 __u32 other_than, struct ps_error *error)
{
	__u32 map_id;
	struct ps_answer known = ps_ours_map(instance, &map_id);
	int result = -known.err;

	if (ps_is_yes(known))
		do
			result = take_one_out(info, map_id, other_than);
		while (result > 0);
	if (!result)
		return 0;
	return ps_error_errno(error, -result, "cannot take a program out of the dispatcher of '%s'",
			      info->device);
}

int ps_dispatcher_priority(const struct ps_hook_info *info, __u32 *ret, struct ps_error *error)
{
	int err;
	__attribute__((cleanup(close_multiprog))) struct xdp_multiprog *multiprog =
		ask_multiprog(info->ifindex, &err);
	struct xdp_program *own = find_own(multiprog, info);

	if (err)
		return ps_error_errno(error, -err, "cannot look into the dispatcher of '%s'",
				      info->device);
	*ret = own ? xdp_program__run_prio(own) : PS_PRIORITY_DEFAULT;
	return 0;
}
