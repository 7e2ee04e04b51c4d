/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One command with one system call that fails: is anything lost, and is it told
 * as it is? What is wrong is printed as comments of TAP, with the words that
 * repeat it.
 */
#ifndef PORTSTEER_TESTS_JUDGE_H
#define PORTSTEER_TESTS_JUDGE_H

#include <stdbool.h>
#include "inject.h"
#include "picture.h"

#define JUDGE_ERRORS 7

/* A command that changes something. */
struct judge_row {
	const char *name, *command;
	const char *before; /* commands that make what it begins with, in the full world */
	const char *back; /* commands that make that again from what it leaves */
	const char *undo; /* what takes back what "before" did, if not nothing */
	int again; /* its status when all is done already, if not 0 */
	bool is_first; /* it begins with no instance at all */
	bool is_parallel; /* another process has a part in it */
	bool may_be_half; /* of several programs, those before the fault are done with */
	bool is_put_back; /* what was taken off before the fault is attached anew */
	bool may_be_refused; /* by this kernel: then it is skipped */
};

enum judge_ability { JUDGE_CAN, JUDGE_CANNOT, JUDGE_BROKEN };

/* The row that is looked at, and what came to be of it. */
struct judge {
	const struct judge_row *row;
	struct picture start, end; /* without any fault */
	struct inject_call calls[INJECT_CALLS_MAX];
	int count;
	struct tool_run healthy; /* what it says without any fault */
	char words[256]; /* that repeat the present fault */
	bool is_spoilt; /* something was wrong */
	long injected, refused, failures;
	long said; /* ended with status 0, not with all that was asked, and said why */
};

extern const char *const judge_errors[JUDGE_ERRORS];

/* What the row does when nothing fails. @ret: why it cannot be tried. */
enum judge_ability judge_learn(struct judge *judge, struct tool_run *ret);

/* Back to where the row begins, by its own way or from nothing. */
bool judge_restore(struct judge *judge);

/* Call @nth fails with one of judge_errors; nothing when the command does not come so far. */
void judge_fault(struct judge *judge, int nth, int error);

/* Takes back what the row is about. */
void judge_leave(struct judge *judge);

#endif
