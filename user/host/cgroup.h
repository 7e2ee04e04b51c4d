/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Control groups: where a process or a socket belongs, as a path below the
 * mount of cgroup v2, and the unit of systemd.unit(5) that this is.
 */
#ifndef PORTSTEER_HOST_CGROUP_H
#define PORTSTEER_HOST_CGROUP_H

#include <linux/types.h>
#include "base/answer.h"
#include "base/error.h"

/*
 * Opens the directory of a cgroup, "/" or "/system.slice", also with the mount before it:
 * "/sys/fs/cgroup/system.slice". The caller closes *@ret_fd.
 */
int ps_cgroup_open(const char *cgroup, int *ret_fd, struct ps_error *error);

/* An error where "/system.slice" is another cgroup than outside, or that is not known. */
int ps_cgroup_check(const char *cgroup, struct ps_error *error);

/* The path of @cgroup, given in either way, as the others here say it; in memory of the caller's.
 */
int ps_cgroup_path(const char *cgroup, char **ret, struct ps_error *error);

/* The cgroup of process @pid, in memory of the caller's; NULL when it is not known. */
char *ps_cgroup_of_process(const char *pid);

/* The same by the kernel's number; it is looked for among all there are. */
char *ps_cgroup_of_id(__u64 id);

/*
 * The innermost service or scope in @cgroup ("/system.slice/nginx.service/x" gives
 * "nginx.service"), in memory of the caller's; NULL when there is none, or no cgroup.
 */
char *ps_cgroup_unit(const char *cgroup);

#endif
