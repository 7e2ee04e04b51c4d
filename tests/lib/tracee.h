/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * portsteer under ptrace(2), stopped before and after each system call that
 * changes something that outlives the process: what is pinned, what is in a
 * map, links, directories, locks, whatever is sent to the kernel by netlink.
 */
#ifndef PORTSTEER_TESTS_TRACEE_H
#define PORTSTEER_TESTS_TRACEE_H

#include <stdbool.h>
#include <sys/types.h>

struct tracee {
	pid_t pid;
	bool is_inside; /* of the system call at which it stopped */
	bool was_changing;
	int status; /* of its exit, when it has ended */
	char call[32]; /* where it stopped, for messages */
};

/* @words as for tool_run(). It has not begun yet. */
void tracee_start(const char *words, struct tracee *ret);

/* Lets it run to its next stop; false when it has ended. */
bool tracee_advance(struct tracee *tracee);

/* Kills it where it stands, and waits until it is gone. */
void tracee_kill(struct tracee *tracee);

#endif
