// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A cgroup of the test's own. See group.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "group.h"
#include "host/cgroup.h"
#include "tool.h"

#define INNER_MAX 8

static int root_fd = -1; /* of the machine's cgroups */
static char former[256], own[64]; /* relative to it */
static char made[INNER_MAX][128]; /* in own, in the order in which they were made */
static int made_count;
static pid_t entered_by;

static bool find_mount(char path[256])
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *mount;
	bool found = false;

	while (mounts && !found && (mount = getmntent(mounts)))
		if (!strcmp(mount->mnt_type, "cgroup2")) {
			snprintf(path, 256, "%s", mount->mnt_dir);
			found = true;
		}
	if (mounts)
		endmntent(mounts);
	return found;
}

/* Moves this process to the cgroup of that path below the machine's root. */
static bool enter(const char *path)
{
	char procs[512];
	int fd;
	bool is_done;

	snprintf(procs, sizeof(procs), "%s/cgroup.procs", path);
	fd = openat(root_fd, procs, O_WRONLY | O_CLOEXEC);
	is_done = fd >= 0 && write(fd, "0", 1) == 1;
	if (fd >= 0)
		close(fd);
	return is_done;
}

static void leave(void)
{
	if (getpid() != entered_by)
		return;
	enter(former);
	while (made_count)
		unlinkat(root_fd, made[--made_count], AT_REMOVEDIR);
	if (unlinkat(root_fd, own, AT_REMOVEDIR))
		fprintf(stderr, "left behind: cgroup /%s: %s\n", own, strerror(errno));
}

bool group_enter(void)
{
	char mount_path[256], path[128], *cgroup = ps_cgroup_of_process("self");

	if (!cgroup || !find_mount(mount_path)) {
		free(cgroup);
		return false;
	}
	snprintf(former, sizeof(former), ".%s", cgroup);
	free(cgroup);
	snprintf(own, sizeof(own), "portsteer-test-%d", (int)getpid());
	root_fd = open(mount_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(root_fd >= 0);
	assert_int_equal(mkdirat(root_fd, own, 0755), 0);
	entered_by = getpid();
	atexit(leave);
	assert_true(enter(own));
	tool_set_cgroup(group_path("/", path));
	return true;
}

void group_move(const char *inner)
{
	char path[256];

	snprintf(path, sizeof(path), "%s%s", own, inner);
	if (!mkdirat(root_fd, path, 0755)) {
		assert_true(made_count < INNER_MAX);
		snprintf(made[made_count++], sizeof(made[0]), "%.120s", path);
	}
	assert_true(enter(path));
}

const char *group_path(const char *inner, char path[128])
{
	snprintf(path, 128, "/%s%s", own, strcmp(inner, "/") ? inner : "");
	return path;
}
