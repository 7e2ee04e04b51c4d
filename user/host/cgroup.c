// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Control groups. See cgroup.h. The number of a cgroup is the inode of its
 * directory, so finding it needs no right but to read the mount.
 */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <linux/magic.h>
#include "base/advice.h"
#include "base/memory.h"
#include "base/scope.h"
#include "host/cgroup.h"
#include "host/mounts.h"

#define ROOT_ID 1 /* of the root of cgroup v2, whatever is mounted */
#define FIRST_NAMESPACE 0xeffffffb /* PROC_CGROUP_INIT_INO of the kernel */

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

/* Where cgroup v2 is mounted, in memory of the caller's. */
struct mounted {
	char *root; /* all of it; NULL: nowhere */
	char *part; /* a part of it, NULL: none */
};

static void mounted_done(struct mounted *mounted)
{
	free(mounted->root);
	free(mounted->part);
}

#define MOUNTED_DONE __attribute__((cleanup(mounted_done)))

/*
 * Ends at the first mount of the root. mountinfo itself does not tell: in a cgroup namespace it
 * calls the namespace's part "/", too. But only the root has this number.
 */
static bool see_mount(void *seer, const struct ps_mount *mount)
{
	struct mounted *mounted = seer;
	struct statfs system;
	struct stat status;

	if (strcmp(mount->type, "cgroup2") || statfs(mount->point, &system) ||
	    system.f_type != CGROUP2_SUPER_MAGIC || stat(mount->point, &status))
		return false;
	if (status.st_ino == ROOT_ID)
		mounted->root = strdup(mount->point);
	else if (!mounted->part)
		mounted->part = strdup(mount->point);
	return mounted->root;
}

static int find_mount(struct mounted *ret, struct ps_error *error)
{
	int err = ps_mounts_walk(see_mount, ret);

	if (err)
		return ps_error_errno(error, -err, "cannot tell where cgroup v2 is mounted");
	if (ret->root)
		return 0;
	if (!ret->part)
		return ps_error_set(
			error, PS_EXIT_REFUSED, "cgroup v2 is not mounted; %s",
			ps_advice_inside("", "mount -t cgroup2 none /sys/fs/cgroup", NULL));
	return ps_error_set(error, PS_EXIT_REFUSED,
			    "%s is a part of cgroup v2, and its root is mounted nowhere here, so "
			    "where a cgroup is below the root is not known; run it where the root "
			    "is, outside of cgroup namespaces",
			    ret->part);
}

/* Whether paths in /proc are those of everybody, and not of a cgroup namespace. */
static struct ps_answer has_whole_paths(void)
{
	struct stat status;

	if (!stat("/proc/self/ns/cgroup", &status))
		return status.st_ino == FIRST_NAMESPACE ? ps_answer_yes() : ps_answer_no();
	if (errno != ENOENT)
		return ps_answer_unknown(errno);
	/* Kernels without such namespaces have only whole ones. */
	return stat("/proc/self/ns", &status) ? ps_answer_unknown(errno) : ps_answer_yes();
}

int ps_cgroup_check(const char *cgroup, struct ps_error *error)
{
	struct ps_answer answer = has_whole_paths();

	if (ps_is_unknown(answer))
		return ps_error_errno(error, answer.err,
				      "cannot tell whether '%s' is a path of a cgroup namespace",
				      cgroup);
	if (ps_is_no(answer))
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "this is a cgroup namespace, where '%s' is another cgroup than "
				    "outside; run it outside",
				    cgroup);
	return 0;
}

/* The path below the mount of the root, which may stand before it and leaves no doubt then. */
static int read_path(const char *cgroup, const char *root, const char **ret, struct ps_error *error)
{
	size_t length = strlen(root);

	if (*cgroup != '/')
		return ps_error_at(error, -1, 0,
				   "'%s' is not a cgroup: a cgroup begins with '/', as in "
				   "/proc/PID/cgroup",
				   cgroup);
	if (!strncmp(cgroup, root, length) && (!cgroup[length] || cgroup[length] == '/'))
		cgroup += length;
	else if (cgroup[1] && ps_cgroup_check(cgroup, error))
		return -1;
	*ret = cgroup;
	return 0;
}

int ps_cgroup_open(const char *cgroup, int *ret_fd, struct ps_error *error)
{
	MOUNTED_DONE struct mounted mounted = {};
	PS_CLOSED_FD int fd = -1;
	char path[PATH_MAX];
	struct statfs system;

	if (find_mount(&mounted, error) || read_path(cgroup, mounted.root, &cgroup, error))
		return -1;
	snprintf(path, sizeof(path), "%s%s", mounted.root, cgroup);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstatfs(fd, &system))
		return ps_error_set(error, errno == ENOENT ? PS_EXIT_NOT_FOUND : PS_EXIT_REFUSED,
				    "cannot open cgroup %s: %s", path, strerror(errno));
	if (system.f_type != CGROUP2_SUPER_MAGIC)
		return ps_error_set(error, PS_EXIT_USAGE, "%s is outside of cgroup v2", path);
	*ret_fd = fd;
	fd = -1; /* now the caller's */
	return 0;
}

char *ps_cgroup_of_id(__u64 id)
{
	MOUNTED_DONE struct mounted mounted = {};
	struct ps_error ignored;
	bool is_found = id && !find_mount(&mounted, &ignored);
	char *roots[] = { mounted.root, NULL }, *found = NULL;
	FTS *walk = is_found ? fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL) : NULL;
	FTSENT *entry;

	while (walk && !found && (entry = fts_read(walk))) {
		if (entry->fts_info == FTS_D && entry->fts_statp->st_ino == id)
			found = strdup(entry->fts_level ? entry->fts_path + strlen(mounted.root)
							: "/");
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
