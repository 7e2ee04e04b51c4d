// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The BPF file system. See bpffs.h.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <linux/magic.h>
#include "base/advice.h"
#include "base/notice.h"
#include "base/scope.h"
#include "host/ask.h"
#include "host/capability.h"
#include "host/mounts.h"
#include "pins/bpffs.h"

struct ps_answer ps_bpffs_is_there(void)
{
	struct statfs status;

	if (statfs(PS_BPFFS, &status))
		return ps_answer_unknown(errno);
	return status.f_type == BPF_FS_MAGIC ? ps_answer_yes() : ps_answer_no();
}

static const char *advise_mount(void)
{
	return ps_advice_inside("", "mount -t bpf bpf " PS_BPFFS, NULL);
}

/*
 * 'ip netns exec' makes a mount namespace for one command, and mounts there a
 * sysfs that it calls by the name of the network namespace.
 */
static bool is_sysfs_of_netns(void *ret_netns, const struct ps_mount *mount)
{
	if (strcmp(mount->point, "/sys") || strcmp(mount->type, "sysfs") ||
	    !strcmp(mount->source, "sysfs"))
		return false;
	snprintf(ret_netns, NAME_MAX + 1, "%s", mount->source);
	return true;
}

/* An error where a file system that is mounted now would vanish with this command. */
static int refuse_throw_away(struct ps_error *error)
{
	char netns[NAME_MAX + 1] = "";
	int err = ps_mounts_walk(is_sysfs_of_netns, netns);

	if (err)
		return ps_error_errno(error, -err,
				      "no BPF file system at " PS_BPFFS ", and whether this mount "
				      "namespace lasts is not known; where it does: %s",
				      advise_mount());
	if (!*netns)
		return 0;
	return ps_error_set(error, PS_EXIT_REFUSED,
			    "no BPF file system at " PS_BPFFS " in this mount namespace, and one "
			    "mounted here would vanish with it ('ip netns exec' makes such a "
			    "namespace); run it from outside instead: %s",
			    ps_advice_for(netns, "...", NULL));
}

int ps_bpffs_need(struct ps_error *error)
{
	struct ps_answer there = ps_bpffs_is_there();

	if (ps_is_unknown(there))
		return ps_error_errno(error, there.err, "cannot look at " PS_BPFFS);
	if (ps_is_yes(there))
		return 0;
	if (refuse_throw_away(error))
		return -1;
	if (mount("bpf", PS_BPFFS, "bpf", 0, "mode=0700"))
		return ps_error_errno(error, errno,
				      "no BPF file system at " PS_BPFFS ", and it cannot be "
				      "mounted; as root: %s",
				      advise_mount());
	ps_notice("note: mounted a BPF file system at " PS_BPFFS
		  ", which was not there; it stays, and holds what is attached and bound");
	return 0;
}

int ps_bpffs_hide(struct ps_error *error)
{
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("bpf", PS_BPFFS, "bpf", 0, "mode=0700"))
		return ps_capability_error(
			error, errno, PS_NEED_ADMIN,
			"cannot mount a BPF file system that no other process sees");
	return 0;
}

void ps_bpffs_escape(const char *name, char *ret, size_t size)
{
	size_t length = 0;

	for (; *name && length + 4 < size; name++) {
		if (*name == '.' || *name == '%')
			length += (size_t)snprintf(ret + length, size - length, "%%%02x", *name);
		else
			ret[length++] = *name;
	}
	ret[length] = '\0';
}

void ps_bpffs_unescape(const char *escaped, char *ret, size_t size)
{
	size_t length = 0;
	unsigned int byte;

	for (; *escaped && length + 1 < size; escaped++) {
		byte = (unsigned char)*escaped;
		if (*escaped == '%' && sscanf(escaped + 1, "%2x", &byte) == 1)
			escaped += 2;
		ret[length++] = (char)byte;
	}
	ret[length] = '\0';
}

/* The first directory on the way to @path that this user may not enter, else @path or its parent.
 */
static void find_closed(const char *path, char closed[PATH_MAX])
{
	const char *slash = path + strlen(PS_BPFFS);

	for (; *slash; slash = strchrnul(slash + 1, '/')) {
		snprintf(closed, PATH_MAX, "%.*s", (int)(slash - path), path);
		if (faccessat(AT_FDCWD, closed, X_OK, AT_EACCESS))
			return;
	}
	if (ps_is_yes(ps_ask_path(path)))
		snprintf(closed, PATH_MAX, "%s", path);
}

/* "root, user peter or, to read, group staff" */
static void name_entitled(const struct stat *status, char *text, size_t size)
{
	const struct passwd *user = getpwuid(status->st_uid);
	const struct group *group = getgrgid(status->st_gid);
	size_t length = (size_t)snprintf(text, size, "root");

	if (user && status->st_uid)
		length +=
			(size_t)snprintf(text + length, size - length, ", user %s", user->pw_name);
	else if (status->st_uid)
		length +=
			(size_t)snprintf(text + length, size - length, ", user %u", status->st_uid);
	if (!(status->st_mode & S_IRGRP))
		return;
	if (group)
		snprintf(text + length, size - length, " or, to read, group %s", group->gr_name);
	else
		snprintf(text + length, size - length, " or, to read, group %u", status->st_gid);
}

static void describe_closed(const char *path, char *text, size_t size)
{
	char closed[PATH_MAX], entitled[256];
	struct stat status;

	find_closed(path, closed);
	if (stat(closed, &status)) {
		snprintf(text, size, "%s", strerror(EACCES));
		return;
	}
	name_entitled(&status, entitled, sizeof(entitled));
	snprintf(text, size, "%s has mode %04o: this takes %s", closed, status.st_mode & 07777,
		 entitled);
}

int ps_bpffs_error(struct ps_error *error, int err, const char *verb, const char *path)
{
	char text[PATH_MAX + 512];

	if (err == EROFS)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "cannot %s %s: " PS_BPFFS " is mounted read-only; as root: %s",
				    verb, path,
				    ps_advice_inside("", "mount -o remount,rw " PS_BPFFS, NULL));
	if (err != EACCES)
		return ps_error_errno(error, err, "cannot %s %s", verb, path);
	describe_closed(path, text, sizeof(text));
	return ps_error_set(error, PS_EXIT_REFUSED, "cannot %s %s: %s", verb, path, text);
}

int ps_bpffs_mkdir(const char *path, struct ps_error *error)
{
	if (mkdir(path, 0750) && errno != EEXIST)
		return ps_bpffs_error(error, errno, "make", path);
	if (chmod(path, 0750) && errno != EPERM && errno != EROFS)
		return ps_error_errno(error, errno, "cannot set the mode of %s", path);
	return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

int ps_bpffs_remove(const char *path, struct ps_error *error)
{
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS))
		return ps_error_errno(error, errno, "cannot remove %s", path);
	return 0;
}

int ps_bpffs_share(const char *path, const char *except, struct ps_error *error)
{
	PS_CLOSED_DIR DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || entry->d_type == DT_DIR ||
		    !strcmp(entry->d_name, except))
			continue;
		if (fchmodat(dirfd(dir), entry->d_name, 0640, 0))
			return ps_error_errno(error, errno, "cannot set the mode of %s/%s", path,
					      entry->d_name);
	}
	return dir ? 0 : ps_error_errno(error, errno, "cannot read %s", path);
}

static int share_pin(const char *directory, const char *path)
{
	struct stat status;

	if (stat(directory, &status) || (chown(path, (uid_t)-1, status.st_gid) && errno != EPERM))
		return -1;
	return chmod(path, 0640);
}

int ps_bpffs_pin(int fd, const char *directory, const char *path)
{
	char fresh[PATH_MAX];

	snprintf(fresh, sizeof(fresh), "%.4000s%s", path, PS_FRESH);
	unlink(fresh); /* of a command that was killed */
	if (bpf_obj_pin(fd, fresh))
		return -1;
	return share_pin(directory, fresh) ?: rename(fresh, path);
}

bool ps_bpffs_is_left_over(const char *name)
{
	size_t length = strlen(name), end = strlen(PS_FRESH);

	return length > end && !strcmp(name + length - end, PS_FRESH);
}

void ps_bpffs_sweep(const char *directory)
{
	PS_CLOSED_DIR DIR *dir = opendir(directory);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (ps_bpffs_is_left_over(entry->d_name))
			unlinkat(dirfd(dir), entry->d_name, 0);
}
