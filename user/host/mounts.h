/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is mounted in this mount namespace: /proc/self/mountinfo, see proc_pid_mountinfo(5).
 */
#ifndef PORTSTEER_HOST_MOUNTS_H
#define PORTSTEER_HOST_MOUNTS_H

#include <stdbool.h>

/* Texts as they are, without the escapes of the file; they live until the walk goes on. */
struct ps_mount {
	const char *root; /* which directory of the file system is mounted, "/" for all of it */
	const char *point; /* where */
	const char *type; /* of the file system: "sysfs" */
	const char *source; /* what was mounted, as whoever did it called it */
};

/* Whether the walk may end at @mount. */
typedef bool (*ps_mounts_see)(void *seer, const struct ps_mount *mount);

/* Shows every mount, the oldest first. 0, or -errno when they cannot be read. */
int ps_mounts_walk(ps_mounts_see see, void *seer);

#endif
