// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Attaching the guard. See guard.h.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "bpffs.h"
#include "cgroup.h"
#include "guard.h"
#include "memory.h"
#include "object.h"
#include "owners.h"
#include "scope.h"

static const enum bpf_attach_type types[PS_GUARD_PROGRAMS] = { BPF_CGROUP_INET4_POST_BIND,
							       BPF_CGROUP_INET6_POST_BIND };

static void link_path(const struct ps_instance *instance, enum ps_guard_mode mode, int at,
		      char ret[PS_PATH_SIZE])
{
	snprintf(ret, PS_PATH_SIZE, "%.400s/links/guard-%s-ipv%d", instance->path,
		 mode == PS_GUARD_ON ? "on" : "report", at ? 6 : 4);
}

static void attempts_path(const struct ps_instance *instance, char ret[PS_PATH_SIZE])
{
	snprintf(ret, PS_PATH_SIZE, "%.400s/" PS_ATTEMPTS_PIN, instance->path);
}

/* The cgroup of the link at @path; 0 when it is gone, -errno when it cannot be asked. */
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

/* How many of the links of @mode are pinned; adds what is wrong with them to @guard. */
static int read_links(const struct ps_instance *instance, enum ps_guard_mode mode,
		      struct ps_guard *guard)
{
	int pinned = 0;

	for (int at = 0; at < PS_GUARD_PROGRAMS; at++) {
		char path[PS_PATH_SIZE];

		link_path(instance, mode, at, path);
		if (access(path, F_OK))
			continue;
		pinned++;
		if (read_link(path, &guard->cgroup_id))
			guard->state = PS_GUARD_HIDDEN;
		else if (!guard->cgroup_id)
			guard->state = PS_GUARD_GONE;
	}
	if (pinned && pinned < PS_GUARD_PROGRAMS && guard->state == PS_GUARD_WHOLE)
		guard->state = PS_GUARD_PARTLY;
	return pinned;
}

void ps_guard_read(const struct ps_instance *instance, struct ps_guard *ret)
{
	struct ps_guard guard = {};
	int reporting = read_links(instance, PS_GUARD_REPORT, &guard);

	if (reporting)
		guard.mode = PS_GUARD_REPORT;
	if (read_links(instance, PS_GUARD_ON, &guard))
		guard.mode = PS_GUARD_ON;
	if (reporting && guard.mode == PS_GUARD_ON && guard.state == PS_GUARD_WHOLE)
		guard.state = PS_GUARD_PARTLY;
	*ret = guard;
}

void ps_guard_read_setting(const struct ps_instance *instance, struct ps_guard_setting *ret)
{
	PS_FREED char *cgroup = NULL;
	struct ps_guard guard;

	ps_guard_read(instance, &guard);
	cgroup = ps_cgroup_of_id(guard.cgroup_id);
	*ret = (struct ps_guard_setting){ .mode = guard.mode, .state = guard.state };
	snprintf(ret->cgroup, sizeof(ret->cgroup), "%s", cgroup ?: "");
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

/* Puts the program where one is already, or makes the link. */
static int attach(int prog_fd, int cgroup_fd, enum bpf_attach_type type, const char *path)
{
	PS_CLOSED_FD int link_fd = bpf_obj_get(path);

	if (link_fd >= 0)
		return bpf_link_update(link_fd, prog_fd, NULL) ? -errno : 0;
	link_fd = bpf_link_create(prog_fd, cgroup_fd, type, NULL);
	return link_fd < 0 || bpf_obj_pin(link_fd, path) ? -errno : 0;
}

static int attach_all(const struct ps_instance *instance, enum ps_guard_mode mode,
		      const int prog_fd[PS_GUARD_PROGRAMS], int cgroup_fd)
{
	for (int at = 0; at < PS_GUARD_PROGRAMS; at++) {
		char path[PS_PATH_SIZE];
		int err;

		link_path(instance, mode, at, path);
		err = attach(prog_fd[at], cgroup_fd, types[at], path);
		if (err)
			return err;
	}
	return 0;
}

/* Closing the last reference would detach it, too, but some time later. */
static int detach(const char *path, struct ps_error *error)
{
	PS_CLOSED_FD int fd = bpf_obj_get(path);

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return ps_error_errno(error, errno, "cannot open %s", path);
	if (bpf_link_detach(fd) && errno != ENOLINK)
		return ps_error_errno(error, errno, "cannot detach %s", path);
	if (unlink(path))
		return ps_error_errno(error, errno, "cannot remove %s", path);
	return 0;
}

int ps_guard_stop(const struct ps_instance *instance, struct ps_error *error)
{
	char path[PS_PATH_SIZE];

	for (int at = 0; at < PS_GUARD_PROGRAMS; at++) {
		link_path(instance, PS_GUARD_REPORT, at, path);
		if (detach(path, error))
			return -1;
		link_path(instance, PS_GUARD_ON, at, path);
		if (detach(path, error))
			return -1;
	}
	attempts_path(instance, path);
	if (unlink(path) && errno != ENOENT)
		return ps_error_errno(error, errno, "cannot remove %s", path);
	return 0;
}

static int refuse_other(const struct ps_guard *guard, struct ps_error *error)
{
	PS_FREED char *path = ps_cgroup_of_id(guard->cgroup_id);

	return ps_error_set(error, PS_EXIT_CONFLICT,
			    "the guard is at cgroup %s; 'portsteer guard off' takes it off first",
			    path ?: "(not found)");
}

/* A guard of another mode, or whose cgroup is gone, is taken off; at another cgroup it stays. */
static int make_room(const struct ps_instance *instance, enum ps_guard_mode mode, int cgroup_fd,
		     struct ps_error *error)
{
	struct ps_guard guard;
	struct stat status;

	if (fstat(cgroup_fd, &status))
		return ps_error_errno(error, errno, "cannot inspect the cgroup");
	ps_guard_read(instance, &guard);
	if (guard.mode == PS_GUARD_OFF)
		return 0;
	if (guard.state != PS_GUARD_GONE && guard.cgroup_id != status.st_ino)
		return refuse_other(&guard, error);
	return guard.mode == mode && guard.state != PS_GUARD_GONE ? 0
								  : ps_guard_stop(instance, error);
}

static void close_all(int (*fds)[PS_GUARD_PROGRAMS])
{
	for (int at = 0; at < PS_GUARD_PROGRAMS; at++)
		if ((*fds)[at] >= 0)
			close((*fds)[at]);
}

int ps_guard_start(struct ps_instance *instance, enum ps_guard_mode mode, const char *cgroup,
		   struct ps_error *error)
{
	__attribute__((cleanup(close_all))) int prog_fd[PS_GUARD_PROGRAMS] = { -1, -1 };
	PS_CLOSED_FD int cgroup_fd = -1;
	char path[PS_PATH_SIZE];
	int err;

	attempts_path(instance, path);
	if (ps_cgroup_open(cgroup, &cgroup_fd, error) ||
	    make_room(instance, mode, cgroup_fd, error) || ps_owners_need(instance, error) ||
	    ps_object_load_guard(instance, mode, path, prog_fd, error))
		return -1;
	err = attach_all(instance, mode, prog_fd, cgroup_fd);
	return err ? refuse(-err, cgroup, error) : 0;
}
