/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * portsteer with one system call that fails: the Nth that it makes once the
 * dynamic loader has done its work, whatever it is. Calls that cannot fail are
 * made all the same.
 */
#ifndef PORTSTEER_TESTS_INJECT_H
#define PORTSTEER_TESTS_INJECT_H

#include <stdbool.h>
#include "tool.h"

#define INJECT_NAME 32
#define INJECT_CALLS_MAX 4000

/* A system call that was made. */
struct inject_call {
	char name[INJECT_NAME]; /* "openat", "bpf link create" */
	long number;
	unsigned long argument[3];
	bool is_safe; /* it cannot fail, or not in this way */
};

struct inject_run {
	struct tool_run tool; /* its status is negative when it was ended by a signal */
	bool has_happened;
	bool is_late; /* it was killed, because it did not end */
};

/* The calls that @words make when nothing fails; how many. */
int inject_learn(const char *words, struct inject_call calls[INJECT_CALLS_MAX],
		 struct tool_run *ret);

/* Runs it, and call @nth, from 0, fails with @err. @ret_call: which that was. */
void inject(const char *words, int nth, int err, struct inject_call *ret_call,
	    struct inject_run *ret);

#endif
