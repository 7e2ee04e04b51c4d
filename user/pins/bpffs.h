/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The BPF file system: that it is there, names that it takes, directories that
 * appear and vanish whole.
 */
#ifndef PORTSTEER_PINS_BPFFS_H
#define PORTSTEER_PINS_BPFFS_H

#include <stdbool.h>
#include <stddef.h>
#include "base/answer.h"
#include "base/error.h"

#define PS_BPFFS "/sys/fs/bpf"

/* Ends the name of a pin that is about to replace another; no escaped name ends so. */
#define PS_FRESH "%new"

/* Whether it is mounted; in this mount namespace. */
struct ps_answer ps_bpffs_is_there(void);

/* Mounts it, with a notice, where that lasts; else says what to do instead. */
int ps_bpffs_need(struct ps_error *error);

/*
 * Moves this process to a mount namespace of its own, which sees an empty one in its place. It
 * goes, with all that is pinned in it, when the process ends, however that is.
 */
int ps_bpffs_hide(struct ps_error *error);

/* @name with '.' (which bpffs does not allow) and '%' as %2e and %25. */
void ps_bpffs_escape(const char *name, char *ret, size_t size);

/* The reverse. */
void ps_bpffs_unescape(const char *escaped, char *ret, size_t size);

/*
 * "cannot VERB PATH: ..." for a failed system call, with what stands in the
 * way: who owns the directory that is closed, a mount that is read-only.
 */
int ps_bpffs_error(struct ps_error *error, int err, const char *verb, const char *path);

/* Makes a directory of mode 0750, if it is not there. */
int ps_bpffs_mkdir(const char *path, struct ps_error *error);

/* Removes @path with all pins in it and in its directories. */
int ps_bpffs_remove(const char *path, struct ps_error *error);

/* Gives the pins of @path, not @except and those in its directories, mode 0640. */
int ps_bpffs_share(const char *path, const char *except, struct ps_error *error);

/*
 * Pins @fd at @path, where a pin is replaced, for who may read @directory: a
 * kill leaves nothing there that is pinned but not shared. -1 with errno.
 */
int ps_bpffs_pin(int fd, const char *directory, const char *path);

/* Whether a kill left the pin @name behind, on its way to replace another. */
bool ps_bpffs_is_left_over(const char *name);

/* Removes what kills left in @directory. */
void ps_bpffs_sweep(const char *directory);

#endif
