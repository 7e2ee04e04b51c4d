// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The lock. See lock.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include "base/clock.h"
#include "base/scope.h"
#include "pins/bpffs.h"
#include "pins/lock.h"

/* flock(2) itself has no time limit. */
static int wait_for(int fd, const char *path, int seconds, struct ps_error *error)
{
	long until = ps_clock_ms() + seconds * 1000L;

	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK)
			return ps_error_errno(error, errno, "cannot lock %s", path);
		if (ps_clock_ms() >= until)
			return ps_error_set(error, PS_EXIT_LOCKED,
					    "another portsteer holds the lock on %s; waited %d s "
					    "(--wait SECONDS waits longer)",
					    path, seconds);
		ps_clock_nap();
	}
	return 0;
}

/* Who has the lock may have taken the directory away. */
static int is_at(int fd, const char *lock)
{
	struct stat now, locked;

	return !stat(lock, &now) && !fstat(fd, &locked) && now.st_ino == locked.st_ino;
}

static int open_lock(const char *path, const char *lock, int *ret_fd, struct ps_error *error)
{
	if (mkdir(lock, 0700) && errno != EEXIST && errno != ENOENT)
		return ps_bpffs_error(error, errno, "change", path);
	*ret_fd = open(lock, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*ret_fd >= 0)
		return 0;
	if (errno == ENOENT)
		return ps_error_set(error, PS_EXIT_NOT_FOUND, "%s is not there", path);
	return ps_bpffs_error(error, errno, "change", path);
}

int ps_lock_take(const char *path, int seconds, int *ret_fd, struct ps_error *error)
{
	char lock[600];

	snprintf(lock, sizeof(lock), "%s/%s", path, PS_LOCK_NAME);
	for (;;) {
		PS_CLOSED_FD int fd = -1;

		if (open_lock(path, lock, &fd, error) || wait_for(fd, path, seconds, error))
			return -1;
		if (!is_at(fd, lock))
			continue;
		*ret_fd = fd;
		fd = -1; /* now the caller's */
		return 0;
	}
}
