/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Descriptors and directories that are closed where their scope ends:
 * PS_CLOSED_FD int fd = open(...); a negative one, or NULL, is let be.
 */
#ifndef PORTSTEER_BASE_SCOPE_H
#define PORTSTEER_BASE_SCOPE_H

#include <dirent.h>
#include <unistd.h>

static inline void ps_scope_close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void ps_scope_close_dir(DIR *const *dir)
{
	if (*dir)
		closedir(*dir);
}

#define PS_CLOSED_FD __attribute__((cleanup(ps_scope_close_fd)))
#define PS_CLOSED_DIR __attribute__((cleanup(ps_scope_close_dir)))

#endif
