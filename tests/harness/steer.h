/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An instance for a test, with the three programs loaded but attached nowhere:
 * bind words, run a frame, see the verdict and what was counted. Functions
 * without a result end the test when something fails.
 */
#ifndef PORTSTEER_TESTS_STEER_H
#define PORTSTEER_TESTS_STEER_H

#include "binding/binding.h"
#include "binding/plan.h"
#include "frame.h"
#include "pins/instance.h"

#define STEER_BINDINGS 512 /* enough room in an instance for most tests */

enum steer_outcome {
	STEER_PASS,
	STEER_DROP,
	STEER_REDIRECT,
	STEER_STRANGE, /* a verdict that the hook has no business to return */
};

struct steer {
	struct ps_instance instance;
	bool is_open;
	int program_fd[PS_HOOK_TC_EGRESS + 1]; /* by hook, whose number is its slot */
};

struct steer_answer {
	enum steer_outcome outcome;
	enum ps_reason reason; /* the one that was counted */
	int verdict; /* as the hook returned it */
	__u32 size;
	__u8 data[FRAME_MAX]; /* the frame afterwards */
};

/* A network namespace for this process alone. */
void steer_enter_netns(void);

/* Runs lines of ip(8). */
void steer_ip(const char *batch);

/* Release with steer_close(); the instance is also removed when the process exits. */
void steer_open(struct steer *steer, const char *name, __u32 max_bindings);
void steer_close(struct steer *steer);

/* Closes and opens the instance, as the next command would; programs stay. */
void steer_reopen(struct steer *steer);

/* Appends what @text says: bindings as `bind` takes them, separated by ';'. */
void steer_parse(const char *text, struct ps_bindings *bindings);

/* One publish each. With @replaces, what is bound is changed. */
int steer_add(struct steer *steer, const struct ps_bindings *wanted, enum ps_if_taken if_taken,
	      struct ps_error *error);
int steer_remove(struct steer *steer, const struct ps_bindings *endpoints, struct ps_error *error);

/* What makes the table equal to @text. Release with ps_plan_done(). */
void steer_plan(const struct steer *steer, const char *text, struct ps_plan *ret);

/* Does that, in one publish. */
void steer_set(struct steer *steer, const char *text);
void steer_read(const struct steer *steer, struct ps_bindings *ret);

/* Runs @frame @repeat times; only the verdict and the data of the last. */
int steer_run_raw(const struct steer *steer, enum ps_hook hook, const struct frame *frame,
		  int repeat, struct steer_answer *answer);

/* Runs it once, and exactly one reason must have been counted. */
void steer_run(const struct steer *steer, enum ps_hook hook, const struct frame *frame,
	       struct steer_answer *ret);

/* Reasons of @hook, summed over CPUs. */
void steer_reasons(const struct steer *steer, enum ps_hook hook, __u64 ret[PS_REASONS_MAX]);

enum steer_outcome steer_outcome_of(enum ps_hook hook, int verdict);
const char *steer_hook_name(enum ps_hook hook);

int steer_flows(const struct steer *steer);
void steer_forget_flows(const struct steer *steer);

#endif
