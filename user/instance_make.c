// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Making and removing instances. A directory is filled beside its place and
 * renamed into it, or renamed away and emptied, so that nobody ever opens half
 * of one; the lock on the directory above keeps makers apart.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "instance_dir.h"
#include "netns.h"
#include "object.h"
#include "scope.h"
#include "version.h"

#define NEW "%new" /* bpffs names of instances have no such beginning */
#define OLD "%old"

#define BASE_TRIES 100
#define REMOVE_WAIT_SECONDS 10

int ps_lock(int fd, int operation, int seconds, const char *path, struct ps_error *error)
{
	const struct timespec pause = { .tv_nsec = 5000000 }; /* flock(2) has no time limit */

	for (long tries = seconds * 200L;; tries--) {
		if (!flock(fd, operation | LOCK_NB))
			return 0;
		if (errno != EWOULDBLOCK)
			return ps_error_errno(error, errno, "cannot lock %s", path);
		if (tries <= 0)
			break;
		nanosleep(&pause, NULL);
	}
	return ps_error_set(error, PS_EXIT_LOCKED,
			    "another portsteer holds the lock on %s; waited %d s (--wait SECONDS "
			    "waits longer)",
			    path, seconds);
}

/* What a killed command left behind; the caller holds the lock on PS_BASE_DIR. */
static int remove_leftovers(struct ps_error *error)
{
	struct dirent **entries;
	int count = scandir(PS_BASE_DIR, &entries, NULL, alphasort), failed = 0;

	for (int i = 0; i < count; i++) {
		char path[PS_PATH_SIZE];

		snprintf(path, sizeof(path), PS_BASE_DIR "/%s", entries[i]->d_name);
		if (!strncmp(entries[i]->d_name, NEW, 4) || !strncmp(entries[i]->d_name, OLD, 4))
			failed |= ps_bpffs_remove(path, error);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return failed ? -1 : 0;
}

static int write_meta(const char *path, const struct ps_sizes *sizes, struct ps_error *error)
{
	struct ps_meta meta = {
		.abi_version = PS_ABI_VERSION,
		.max_bindings = sizes->max_bindings,
		.cpus = sizes->cpus,
		.netns_cookie = ps_netns_cookie(),
		.tool_version = PS_VERSION,
	};
	char pin[PS_PATH_SIZE + 64];
	__u32 zero = 0;
	int fd, failed;

	snprintf(pin, sizeof(pin), "%s/meta", path);
	fd = bpf_obj_get(pin);
	if (fd < 0)
		return ps_error_errno(error, errno, "cannot open %s", pin);
	failed = bpf_map_update_elem(fd, &zero, &meta, BPF_ANY);
	close(fd);
	return failed ? ps_error_errno(error, -failed, "cannot write %s", pin) : 0;
}

static int fill(const char *path, const struct ps_instance_options *options, struct ps_error *error)
{
	struct ps_sizes sizes = {
		.max_bindings = options->max_bindings ?: PS_BINDINGS_DEFAULT,
		.cpus = (__u32)libbpf_num_possible_cpus(),
	};
	char links[PS_PATH_SIZE + 64];

	snprintf(links, sizeof(links), "%s/links", path);
	if (ps_bpffs_mkdir(path, error) || ps_bpffs_mkdir(links, error) ||
	    ps_object_make_table(path, &sizes, error) || write_meta(path, &sizes, error))
		return -1;
	return ps_bpffs_share(path, error);
}

/* One try: another command may remove the directories at any moment before the lock. */
static int try_base(int seconds, int *ret_fd, struct ps_error *error)
{
	PS_CLOSED_FD int fd = -1;
	struct stat now, locked;

	if (ps_bpffs_mkdir(PS_TOP_DIR, error) || ps_bpffs_mkdir(PS_BASE_DIR, error))
		return -1;
	fd = open(PS_BASE_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ps_error_errno(error, errno, "cannot open " PS_BASE_DIR);
	if (ps_lock(fd, LOCK_EX, seconds, PS_BASE_DIR, error))
		return -1;
	if (stat(PS_BASE_DIR, &now) || fstat(fd, &locked) || now.st_ino != locked.st_ino)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    PS_BASE_DIR " is removed again and again; try once more");
	*ret_fd = fd;
	fd = -1; /* now the caller's */
	return 0;
}

static int lock_base(int seconds, int *ret_fd, struct ps_error *error)
{
	for (int tries = 0; tries < BASE_TRIES; tries++) {
		if (!try_base(seconds, ret_fd, error))
			return 0;
		if (error->status == PS_EXIT_LOCKED)
			break;
	}
	return -1;
}

int ps_instance_make(const struct ps_instance_options *options, const char *path,
		     struct ps_error *error)
{
	PS_CLOSED_FD int base_fd = -1;
	const char *fresh = PS_BASE_DIR "/" NEW;
	struct ps_error ignored;

	if (lock_base(options->wait_seconds, &base_fd, error) || remove_leftovers(error))
		return -1;
	if (!access(path, F_OK)) /* somebody else was first */
		return 0;
	if (fill(fresh, options, error)) {
		ps_bpffs_remove(fresh, &ignored);
		return -1;
	}
	if (rename(fresh, path))
		return ps_error_errno(error, errno, "cannot rename %s to %s", fresh, path);
	return 0;
}

int ps_instance_remove(struct ps_instance *instance, struct ps_error *error)
{
	PS_CLOSED_FD int base_fd = -1;
	char old[PS_PATH_SIZE];

	if (lock_base(REMOVE_WAIT_SECONDS, &base_fd, error))
		return -1;
	snprintf(old, sizeof(old), "%s/%s%d", PS_BASE_DIR, OLD, (int)getpid());
	if (rename(instance->path, old))
		return ps_error_errno(error, errno, "cannot rename %s", instance->path);
	if (ps_bpffs_remove(old, error))
		return -1;
	rmdir(PS_BASE_DIR); /* both stay while others have instances */
	rmdir(PS_TOP_DIR);
	return 0;
}
