/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which process it is: its number alone is given to another one later.
 */
#ifndef PORTSTEER_HOST_PROCESS_H
#define PORTSTEER_HOST_PROCESS_H

#include <stddef.h>
#include <sys/types.h>
#include <linux/types.h>

struct ps_process {
	pid_t pid;
	__u64 ticks; /* since boot, at which it started: field 22 of proc_pid_stat(5) */
};

struct ps_processes {
	struct ps_process *item;
	size_t count;
	size_t room;
};

/* 0, or -1 when there is none of that number. */
int ps_process_read(pid_t pid, struct ps_process *ret);

/*
 * All that /proc shows, the oldest first: parents before their children. Free @item. 0 or -errno;
 * -ENOENT where there is no /proc, which shows at least who asks.
 */
int ps_processes_read(struct ps_processes *ret);

/* The number of this process in /proc, which may be that of another pid namespace. */
pid_t ps_process_self(void);

/* Inode number of the pid namespace that numbers are of here; 0: it cannot be told. */
__u32 ps_process_namespace(void);

#endif
