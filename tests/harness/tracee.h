/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * portsteer under ptrace(2), stopped before and after each system call that
 * changes something that outlives the process: what is pinned, what is in a
 * map, links, directories, locks, whatever is sent to the kernel by netlink.
 * Or run with system calls that fail.
 */
#ifndef PORTSTEER_TESTS_TRACEE_H
#define PORTSTEER_TESTS_TRACEE_H

#include <stdbool.h>
#include <sys/types.h>
#include "tool.h"

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

/* The same with its output going to @output_fd. */
void tracee_start_into(const char *words, int output_fd, struct tracee *ret);

/* At the entry of a system call: it is not made. At its exit: what it returns. */
void tracee_refuse(pid_t pid);
void tracee_set_result(pid_t pid, long result);

/* A system call that fails with @err, and is not made; also those that change nothing. */
struct tracee_fault {
	const char *call; /* its name in tracee.c */
	int err;
	int nth; /* of that name, from 1; 0: each */
};

/*
 * Runs portsteer to its end, with one or two of @faults; the second may have no
 * call. Returns whether the last one came to pass.
 */
bool tracee_run(const char *words, const struct tracee_fault faults[2], struct tool_run *ret);

#endif
