// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The directory of instances. See dir.h.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "host/ask.h"
#include "pins/bpffs.h"
#include "pins/dir.h"
#include "pins/lock.h"

void ps_instance_locate(const char *name, struct ps_instance *ret)
{
	char escaped[PS_INSTANCE_NAME];

	snprintf(ret->name, sizeof(ret->name), "%s", name);
	ps_bpffs_escape(name, escaped, sizeof(escaped));
	snprintf(ret->path, sizeof(ret->path), PS_BASE_DIR "/%s", escaped);
}

bool ps_instance_is_there(const char *name)
{
	struct ps_instance instance;
	struct ps_answer there;

	ps_instance_locate(name, &instance);
	there = ps_ask_path(instance.path);
	return ps_is_yes(there) || there.err == EACCES;
}

/* The names of instances, without the lock and what is on its way. */
static int is_instance(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && entry->d_name[0] != *PS_LOCK_NAME;
}

int ps_instances_walk(ps_instances_see see, void *seer)
{
	struct dirent **entries;
	int count = scandir(PS_BASE_DIR, &entries, is_instance, alphasort);
	bool is_done = false;

	if (count < 0)
		return errno == ENOENT ? 0 : -errno;
	for (int i = 0; i < count; i++) {
		char name[PS_INSTANCE_NAME];

		ps_bpffs_unescape(entries[i]->d_name, name, sizeof(name));
		free(entries[i]);
		is_done = is_done || see(seer, name);
	}
	free(entries);
	return 0;
}

#define BESIDE "%grow" /* no instance has such a name */

void ps_instance_beside(__u64 inode, char ret_path[PS_PATH_SIZE])
{
	snprintf(ret_path, PS_PATH_SIZE, PS_BASE_DIR "/%s%llx", BESIDE, inode);
}

int ps_instance_inode(const char *path, __u64 *ret, struct ps_error *error)
{
	struct stat status;

	if (stat(path, &status))
		return ps_bpffs_error(error, errno, "look at", path);
	*ret = status.st_ino;
	return 0;
}

bool ps_instance_is_growing(const char *path)
{
	char beside[PS_PATH_SIZE];
	struct ps_error ignored;
	__u64 inode = 0;

	if (ps_instance_inode(path, &inode, &ignored))
		return false;
	ps_instance_beside(inode, beside);
	return ps_is_yes(ps_ask_path(beside));
}
