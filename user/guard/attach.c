// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Attaching the guard. See attach.h. Links are made beside those that are there,
 * whose pins they then take over: until all pins are theirs, what was there
 * stays attached, and can be pinned again.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "base/advice.h"
#include "base/memory.h"
#include "base/scope.h"
#include "guard/attach.h"
#include "guard/internal.h"
#include "host/ask.h"
#include "host/cgroup.h"
#include "instance/object.h"
#include "instance/owners.h"
#include "pins/bpffs.h"
#include "pins/pins.h"

static const enum bpf_attach_type types[PS_GUARD_PROGRAMS] = { BPF_CGROUP_INET4_POST_BIND,
							       BPF_CGROUP_INET6_POST_BIND };

/* What is asked for. */
struct wish {
	enum ps_guard_mode mode;
	const char *cgroup;
	bool may_move; /* from another cgroup */
};

/* The cgroup of the link at @path; 0 when it is gone. -errno when it cannot be asked. */
static int read_link(const char *path, __u64 *ret_cgroup)
{
	PS_CLOSED_FD int fd = bpf_obj_get(path);
	struct bpf_link_info info = {};
	__u32 size = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
		return -errno;
	*ret_cgroup = info.cgroup.cgroup_id;
	return 0;
}

/* Adds the link at @path, which is pinned. Who only reads may be one who may not ask. */
static int add_link(const struct ps_instance *instance, const char *path, struct ps_guard *guard,
		    struct ps_error *error)
{
	int err = read_link(path, &guard->cgroup_id);
	bool is_reader = instance->lock_fd < 0;

	if (err && !(is_reader && (err == -EACCES || err == -EPERM)))
		return ps_error_errno(error, -err,
				      "cannot tell whether the guard is on, or where: %s", path);
	if (err)
		guard->state = PS_GUARD_HIDDEN;
	else if (!guard->cgroup_id)
		guard->state = PS_GUARD_GONE;
	return 0;
}

/* Counts in @ret_pinned those links of @mode that are, and adds what is wrong with them. */
static int read_links(const struct ps_instance *instance, enum ps_guard_mode mode,
		      struct ps_guard *guard, int *ret_pinned, struct ps_error *error)
{
	int pinned = 0;

	for (int at = 0; at < PS_GUARD_PROGRAMS; at++) {
		struct ps_answer answer;
		char path[PS_PATH_SIZE];

		ps_guard_pin_path(instance, ps_guard_pin(mode, at), path);
		answer = ps_ask_path(path);
		if (ps_is_unknown(answer))
			return ps_error_errno(error, answer.err,
					      "cannot tell whether the guard is on: %s", path);
		if (ps_is_no(answer))
			continue;
		pinned++;
		if (add_link(instance, path, guard, error))
			return -1;
	}
	if (pinned && pinned < PS_GUARD_PROGRAMS && guard->state == PS_GUARD_WHOLE)
		guard->state = PS_GUARD_PARTLY;
	*ret_pinned = pinned;
	return 0;
}

int ps_guard_read(const struct ps_instance *instance, struct ps_guard *ret, struct ps_error *error)
{
	struct ps_guard guard = {};
	int reporting, refusing;

	if (read_links(instance, PS_GUARD_REPORT, &guard, &reporting, error) ||
	    read_links(instance, PS_GUARD_ON, &guard, &refusing, error))
		return -1;
	if (refusing)
		guard.mode = PS_GUARD_ON;
	else if (reporting)
		guard.mode = PS_GUARD_REPORT;
	if (reporting && refusing && guard.state == PS_GUARD_WHOLE)
		guard.state = PS_GUARD_PARTLY;
	*ret = guard;
	return 0;
}

int ps_guard_read_setting(const struct ps_instance *instance, struct ps_guard_setting *ret,
			  struct ps_error *error)
{
	PS_FREED char *cgroup = NULL;
	struct ps_guard guard;

	if (ps_guard_read(instance, &guard, error))
		return -1;
	cgroup = ps_cgroup_of_id(guard.cgroup_id);
	*ret = (struct ps_guard_setting){ .mode = guard.mode, .state = guard.state };
	snprintf(ret->cgroup, sizeof(ret->cgroup), "%s", cgroup ?: "");
	return 0;
}

/* A link in place of what is pinned at @path, in one step. */
static int pin_link(const struct ps_instance *instance, int fd, const char *path)
{
	char name[64], fresh[PS_PATH_SIZE];

	snprintf(name, sizeof(name), "%.50s%s", strrchr(path, '/') + 1, PS_FRESH);
	ps_instance_pin_path(instance, name, fresh);
	unlink(fresh); /* of a command that was killed */
	if (bpf_obj_pin(fd, fresh))
		return -1;
	if (!rename(fresh, path))
		return 0;
	unlink(fresh);
	return -1;
}

/* Makes @fd what is pinned; -1: nothing. */
static int put(const struct ps_instance *instance, int pin, int fd)
{
	char path[PS_PATH_SIZE];

	ps_guard_pin_path(instance, pin, path);
	if (fd < 0)
		return unlink(path) && errno != ENOENT ? -1 : 0;
	return pin == PS_GUARD_ATTEMPTS ? ps_bpffs_pin(fd, instance->path, path)
					: pin_link(instance, fd, path);
}

/* Closing the last reference would detach it, too, but some time later. */
static void detach_others(const struct ps_guard_pins *pins, const struct ps_guard_pins *kept)
{
	for (int pin = 0; pin < PS_GUARD_LINKS; pin++)
		if (pins->fd[pin] >= 0 && pins->fd[pin] != kept->fd[pin])
			bpf_link_detach(pins->fd[pin]);
}

/* How many of the pins before @end are not again what they were. */
static int put_back(const struct ps_instance *instance, const struct ps_guard_pins *before,
		    const struct ps_guard_pins *after, int end)
{
	int lost = 0;

	for (int pin = 0; pin < end; pin++)
		if (before->fd[pin] != after->fd[pin] && put(instance, pin, before->fd[pin]))
			lost++;
	return lost;
}

/* From what is pinned to @after. After a failure that is as it was, or the error says that not. */
static int exchange(const struct ps_instance *instance, const struct ps_guard_pins *before,
		    const struct ps_guard_pins *after, struct ps_error *error)
{
	for (int pin = 0; pin < PS_GUARD_PINS; pin++) {
		char path[PS_PATH_SIZE];
		int err;

		if (before->fd[pin] == after->fd[pin] || !put(instance, pin, after->fd[pin]))
			continue;
		err = errno;
		ps_guard_pin_path(instance, pin, path);
		ps_error_errno(error, err, "cannot change %s", path);
		if (put_back(instance, before, after, pin + 1))
			ps_error_errno(error, err,
				       "cannot change %s, nor put back what was there; 'guard' "
				       "shows what is left",
				       path);
		return -1;
	}
	detach_others(before, after);
	return 0;
}

int ps_guard_stop(const struct ps_instance *instance, struct ps_error *error)
{
	__attribute__((cleanup(ps_guard_pins_close))) struct ps_guard_pins before =
		PS_GUARD_NO_PINS;
	const struct ps_guard_pins none = PS_GUARD_NO_PINS;

	return ps_guard_pins_open(instance, &before, error) ||
			       exchange(instance, &before, &none, error)
		       ? -1
		       : 0;
}

static int refuse(int err, const char *cgroup, struct ps_error *error)
{
	if (err == EPERM)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "cannot attach to the bind(2) hooks of cgroup %s: not "
				    "permitted, or a program is there, or above, that allows no "
				    "others ('bpftool cgroup tree' shows them)",
				    cgroup);
	return ps_error_errno(error, err, "cannot attach to the bind(2) hooks of cgroup %s",
			      cgroup);
}

static int refuse_other(const struct ps_guard *guard, struct ps_error *error)
{
	PS_FREED char *path = ps_cgroup_of_id(guard->cgroup_id);

	return ps_error_set(error, PS_EXIT_CONFLICT,
			    "the guard is at cgroup %s; '%s' takes it off first",
			    path ?: "(not found)", ps_advice("guard off", NULL));
}

/* Whether what was seen until now is forgotten, as another guard begins; -1: it must not begin. */
static int judge(const struct ps_instance *instance, const struct wish *wish, int cgroup_fd,
		 struct ps_error *error)
{
	struct ps_guard guard;
	struct stat status;
	bool is_elsewhere;

	if (fstat(cgroup_fd, &status))
		return ps_error_errno(error, errno, "cannot inspect the cgroup");
	if (ps_guard_read(instance, &guard, error))
		return -1;
	if (guard.mode == PS_GUARD_OFF)
		return 1;
	is_elsewhere = guard.state != PS_GUARD_GONE && guard.cgroup_id != status.st_ino;
	if (is_elsewhere && !wish->may_move)
		return refuse_other(&guard, error);
	return is_elsewhere || guard.mode != wish->mode || guard.state == PS_GUARD_GONE;
}

/* Beside the links that are there. Nothing is attached after a failure. */
static int attach(const struct ps_instance *instance, const struct wish *wish, int cgroup_fd,
		  struct ps_guard_pins *after, struct ps_error *error)
{
	__attribute__((cleanup(ps_guard_pins_close))) struct ps_guard_pins programs =
		PS_GUARD_NO_PINS;
	const struct ps_guard_pins none = PS_GUARD_NO_PINS;
	char attempts[PS_PATH_SIZE];

	ps_guard_pin_path(instance, PS_GUARD_ATTEMPTS, attempts);
	if (ps_object_load_guard(instance, wish->mode, attempts, programs.fd, error))
		return -1;
	for (int at = 0; at < PS_GUARD_PROGRAMS; at++) {
		int fd = bpf_link_create(programs.fd[at], cgroup_fd, types[at], NULL);

		if (fd < 0) {
			refuse(errno, wish->cgroup, error);
			detach_others(after, &none);
			return -1;
		}
		after->fd[ps_guard_pin(wish->mode, at)] = fd;
	}
	return 0;
}

/* Attaches, and lets the links take over; @after has only them. */
static int replace(const struct ps_instance *instance, const struct wish *wish, int cgroup_fd,
		   const struct ps_guard_pins *before, struct ps_error *error)
{
	__attribute__((cleanup(ps_guard_pins_close))) struct ps_guard_pins after = PS_GUARD_NO_PINS;
	struct ps_guard_pins wanted;

	if (attach(instance, wish, cgroup_fd, &after, error))
		return -1;
	wanted = after;
	wanted.fd[PS_GUARD_ATTEMPTS] = before->fd[PS_GUARD_ATTEMPTS]; /* as attach() left it */
	if (!exchange(instance, before, &wanted, error))
		return 0;
	detach_others(&after, before);
	return -1;
}

static int start(struct ps_instance *instance, const struct wish *wish, struct ps_error *error)
{
	__attribute__((cleanup(ps_guard_pins_close))) struct ps_guard_pins before =
		PS_GUARD_NO_PINS;
	PS_CLOSED_FD int cgroup_fd = -1;
	int forgets;

	if (ps_cgroup_open(wish->cgroup, &cgroup_fd, error) ||
	    ps_guard_pins_open(instance, &before, error) || ps_owners_need(instance, error))
		return -1;
	forgets = judge(instance, wish, cgroup_fd, error);
	if (forgets < 0)
		return -1;
	if (forgets && put(instance, PS_GUARD_ATTEMPTS, -1))
		return ps_error_errno(error, errno, "cannot remove %s/" PS_ATTEMPTS_PIN,
				      instance->path);
	if (!replace(instance, wish, cgroup_fd, &before, error))
		return 0;
	if (forgets)
		put(instance, PS_GUARD_ATTEMPTS, before.fd[PS_GUARD_ATTEMPTS]);
	return -1;
}

int ps_guard_start(struct ps_instance *instance, enum ps_guard_mode mode, const char *cgroup,
		   struct ps_error *error)
{
	return start(instance, &(struct wish){ mode, cgroup, false }, error);
}

int ps_guard_move(struct ps_instance *instance, enum ps_guard_mode mode, const char *cgroup,
		  struct ps_error *error)
{
	return start(instance, &(struct wish){ mode, cgroup, true }, error);
}
