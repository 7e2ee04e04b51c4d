// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Control groups. See cgroup.h. The number of a cgroup is the inode of its
 * directory, so finding it needs no right but to read the mount.
 */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <mntent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "cgroup.h"
#include "memory.h"
#include "scope.h"

/* The path in a line of /proc/PID/cgroup, "0::/system.slice" or "9:name=systemd:/"; else NULL. */
static char *path_of_line(char *line, const char *hierarchy)
{
	char *path = strstr(line, hierarchy);

	line[strcspn(line, "\n")] = '\0';
	return path && strchr(line, ':') == path ? path + strlen(hierarchy) : NULL;
}

/* Version 2 first; where systemd keeps units in a hierarchy of version 1, that one. */
char *ps_cgroup_of_process(const char *pid)
{
	PS_FREED char *line = NULL;
	char path[64], *found = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%.20s/cgroup", pid);
	file = fopen(path, "re");
	while (file && getline(&line, &size, file) >= 0) {
		const char *unified = path_of_line(line, "::");
		const char *cgroup = unified ?: path_of_line(line, ":name=systemd:");

		if (!cgroup || (found && !strcmp(cgroup, "/")))
			continue;
		free(found);
		found = strdup(cgroup);
	}
	if (file)
		fclose(file);
	return found;
}

/* Where cgroup v2 is mounted, in memory of the caller's; NULL when it is not. */
static char *find_mount(void)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	char *found = NULL;
	struct mntent *mount;

	while (mounts && !found && (mount = getmntent(mounts)))
		if (!strcmp(mount->mnt_type, "cgroup2"))
			found = strdup(mount->mnt_dir);
	if (mounts)
		endmntent(mounts);
	return found;
}

int ps_cgroup_open(const char *cgroup, int *ret_fd, struct ps_error *error)
{
	PS_FREED char *mount = find_mount();
	size_t length = mount ? strlen(mount) : 0;
	char path[PATH_MAX];
	int fd;

	if (!mount)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "cgroup v2 is not mounted; mount -t cgroup2 none "
				    "/sys/fs/cgroup");
	if (*cgroup != '/')
		return ps_error_at(error, -1, 0,
				   "'%s' is no cgroup: it begins with '/', as in /proc/PID/cgroup",
				   cgroup);
	if (!strncmp(cgroup, mount, length) && (!cgroup[length] || cgroup[length] == '/'))
		cgroup += length;
	snprintf(path, sizeof(path), "%s%s", mount, cgroup);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ps_error_set(error, errno == ENOENT ? PS_EXIT_NOT_FOUND : PS_EXIT_REFUSED,
				    "cannot open cgroup %s: %s", path, strerror(errno));
	*ret_fd = fd;
	return 0;
}

char *ps_cgroup_of_id(__u64 id)
{
	PS_FREED char *mount = id ? find_mount() : NULL;
	char *roots[] = { mount, NULL }, *found = NULL;
	FTS *walk = mount ? fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL) : NULL;
	FTSENT *entry;

	while (walk && !found && (entry = fts_read(walk))) {
		if (entry->fts_info == FTS_D && entry->fts_statp->st_ino == id)
			found = strdup(entry->fts_level ? entry->fts_path + strlen(mount) : "/");
	}
	if (walk)
		fts_close(walk);
	return found;
}

int ps_cgroup_path(const char *cgroup, char **ret, struct ps_error *error)
{
	PS_CLOSED_FD int fd = -1;
	struct stat status;
	char *path;

	if (ps_cgroup_open(cgroup, &fd, error))
		return -1;
	path = fstat(fd, &status) ? NULL : ps_cgroup_of_id(status.st_ino);
	if (!path)
		return ps_error_errno(error, errno ?: ENOENT, "cannot inspect the cgroup");
	*ret = path;
	return 0;
}

static bool ends_with(const char *text, size_t length, const char *ending)
{
	size_t size = strlen(ending);

	return length > size && !memcmp(text + length - size, ending, size);
}

char *ps_cgroup_unit(const char *cgroup)
{
	const char *unit = NULL;
	size_t unit_length = 0;

	while (cgroup && *cgroup) {
		size_t length = strcspn(cgroup, "/");

		if (ends_with(cgroup, length, ".service") || ends_with(cgroup, length, ".scope")) {
			unit = cgroup;
			unit_length = length;
		}
		cgroup += length + (cgroup[length] == '/');
	}
	return unit ? strndup(unit, unit_length) : NULL;
}
