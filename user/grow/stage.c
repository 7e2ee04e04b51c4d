// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Making an instance beside itself. See stage.h. What is pinned in both places is
 * one object: a map whose size stays, a link, a program.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "base/scope.h"
#include "grow/stage.h"
#include "grow/v1_layout.h"
#include "instance/object.h"
#include "pins/bpffs.h"
#include "pins/lock.h"
#include "pins/pins.h"

/* Made with the table (or computed anew, where ABI 1 had another map), or of this moment only:
 * locks, what is on its way, names not written. */
static bool is_made(const char *name)
{
	for (enum ps_map map = 0; map < PS_MAP_COUNT_OF; map++)
		if (!strcmp(name, ps_map_name(map)))
			return true;
	return ps_v1_kind(name) || *name == '.' || *name == *PS_LOCK_NAME ||
	       ps_bpffs_is_left_over(name) || !strcmp(name, PS_STORE_PIN) ||
	       !strcmp(name, PS_OWNERS_PIN);
}

static int pin_again(const char *from, const char *to, struct ps_error *error)
{
	PS_CLOSED_FD int fd = bpf_obj_get(from);

	if (fd < 0)
		return ps_bpffs_error(error, errno, "open", from);
	return bpf_obj_pin(fd, to) ? ps_error_errno(error, errno, "cannot pin %s", to) : 0;
}

/* What is pinned in @from, also in @to. */
static int pin_rest(const char *from, const char *to, struct ps_error *error)
{
	PS_CLOSED_DIR DIR *dir = opendir(from);
	struct dirent *entry;

	if (!dir)
		return ps_bpffs_error(error, errno, "read", from);
	while ((entry = readdir(dir))) {
		char old[PS_PATH_SIZE], new[PS_PATH_SIZE];

		if (entry->d_type == DT_DIR || is_made(entry->d_name))
			continue;
		ps_pins_path(from, entry->d_name, old);
		ps_pins_path(to, entry->d_name, new);
		if (pin_again(old, new, error))
			return -1;
	}
	return 0;
}

/* What was not there is as a map that was. */
static int share_one(int from_fd, int to_fd, const char *name, struct ps_error *error)
{
	const char *like = ps_map_name(PS_MAP_META);
	struct stat status;

	if (fstatat(from_fd, name, &status, AT_SYMLINK_NOFOLLOW) &&
	    (errno != ENOENT || fstatat(from_fd, like, &status, AT_SYMLINK_NOFOLLOW)))
		return ps_error_errno(error, errno, "cannot look at %s", name);
	if (fchownat(to_fd, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) ||
	    fchmodat(to_fd, name, status.st_mode & 07777, 0))
		return ps_error_errno(error, errno, "cannot set the mode of %s", name);
	return 0;
}

/* Every pin in @to, and the directory itself, is for whom that of @from is. */
static int share_like(const char *from, const char *to, struct ps_error *error)
{
	PS_CLOSED_DIR DIR *old = opendir(from), *new = opendir(to);
	struct dirent *entry;

	if (!old || !new)
		return ps_bpffs_error(error, errno, "read", old ? to : from);
	while ((entry = readdir(new)))
		if (strcmp(entry->d_name, "..") &&
		    share_one(dirfd(old), dirfd(new), entry->d_name, error))
			return -1;
	return 0;
}

static int make_dirs(const char *path, const char *links, struct ps_error *error)
{
	return ps_bpffs_mkdir(path, error) || ps_bpffs_mkdir(links, error) ? -1 : 0;
}

int ps_stage_make(const struct ps_instance *former, const struct ps_table_size *size,
		  const char *path, struct ps_error *error)
{
	char links[PS_PATH_SIZE], former_links[PS_PATH_SIZE];

	ps_pins_path(path, PS_LINKS_DIR, links);
	ps_instance_pin_path(former, PS_LINKS_DIR, former_links);
	if (make_dirs(path, links, error) || ps_object_make_table(path, size, former, error) ||
	    pin_rest(former->path, path, error) || pin_rest(former_links, links, error) ||
	    share_like(former_links, links, error) || share_like(former->path, path, error))
		return -1;
	return 0;
}

void ps_stage_describe(struct ps_instance *next, const struct ps_meta *former,
		       const struct ps_table_size *size)
{
	*next->meta = *former;
	next->meta->capacity = size->capacity;
	next->meta->cpu_rows = size->cpu_rows;
	next->meta->sent_rows = size->sent_rows;
	next->meta->carried_slots = size->carried_slots;
	next->meta->argument_slots = size->argument_slots;
	next->meta->flow_room = size->flow_room;
}
