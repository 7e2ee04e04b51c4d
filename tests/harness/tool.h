/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The real command line, run by a test written in C: in a network namespace
 * with a BPF file system and a /run that nobody else sees, and that vanish with
 * the test. Functions without a result end the test when something fails.
 */
#ifndef PORTSTEER_TESTS_TOOL_H
#define PORTSTEER_TESTS_TOOL_H

#include <sys/types.h>

#define TOOL_ROOT "/sys/fs/bpf/portsteer"
#define TOOL_INSTANCE "scene" /* and the name of the network namespace */

/* Enters the namespaces, and opens $PORTSTEER, or build/portsteer. Needs root. */
void tool_enter(void);

struct tool_run {
	int status; /* of exit */
	char output[65536]; /* stdout and stderr, ended by a NUL */
};

/* Runs portsteer with @words, separated by blanks, and waits for its end. */
void tool_run(const char *words, struct tool_run *ret);

/* The last line of its output, where an error is; the output is cut. */
const char *tool_last_line(struct tool_run *run);

/* Runs it, and it must end with @status. */
void tool_expect(int status, const char *words);

/* From now on CGROUP in @words stands for @path. */
void tool_set_cgroup(const char *path);

/* In a child process: becomes portsteer. */
void tool_exec(const char *words) __attribute__((noreturn));

/* From now on without capabilities, in no other group than @group. */
void tool_drop_rights(gid_t group);

#endif
