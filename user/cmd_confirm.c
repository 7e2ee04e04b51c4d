// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * confirm; and the process that takes a change back which nobody confirms. It
 * has no terminal: what it does goes to syslog.
 */
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>
#include "advice.h"
#include "cmd_confirm.h"
#include "open.h"

#define REVERT_TRIES 20
#define LOCK_SECONDS 3600

/* Makes the table what @former says, unless the change was confirmed at the last moment: then 1. */
static int take_back(struct ps_context *context, const struct ps_trial *trial,
		     const struct ps_file *former)
{
	struct ps_instance instance;
	int failed;

	context->max_bindings = former->max_bindings;
	if (ps_context_open_on_trial(context, PS_CREATE, &instance))
		return -1;
	if (!ps_trial_is_on(trial)) {
		ps_context_close(context, &instance, 0);
		return 1;
	}
	failed = ps_transition_go_back(context, &instance, former);
	if (!failed)
		ps_trial_end(trial);
	return ps_context_close(context, &instance, failed);
}

/* Tries until it is done; what cannot be attached must not keep the table. */
static void take_back_surely(struct ps_context *context, const struct ps_trial *trial,
			     struct ps_file *former)
{
	int result;

	for (int tries = 1; (result = take_back(context, trial, former)) < 0; tries++) {
		syslog(LOG_ERR, "%s: the former table is not in force again: %s", context->instance,
		       context->error.text);
		if (tries == REVERT_TRIES)
			_exit(PS_EXIT_REFUSED);
		former->has_sockets = former->has_sockets && former->has_guard;
		former->has_guard = former->has_guard && former->has_interfaces; /* one by one */
		former->has_interfaces = false;
		sleep(1);
	}
	if (!result)
		syslog(LOG_NOTICE, "%s: '%s' did not follow: the former table is in force again",
		       context->instance, ps_advice("confirm", NULL));
}

static _Noreturn void run_process(const struct ps_context *outer, struct ps_trial *trial,
				  struct ps_file *former)
{
	struct ps_context context = {
		.instance = outer->instance,
		.is_quiet = true,
		.wait_seconds = LOCK_SECONDS,
	};

	openlog("portsteer", LOG_PID, LOG_DAEMON);
	if (ps_trial_wait(trial))
		take_back_surely(&context, trial, former);
	_exit(PS_EXIT_DONE);
}

int ps_confirm_begin(struct ps_context *context, struct ps_instance *instance,
		     struct ps_transition *transition, struct ps_file *former, struct ps_trial *ret)
{
	int result;

	fflush(stdout); /* or both would print what is waiting */
	result = ps_trial_begin(instance, ret->seconds, ret, &context->error);
	if (result > 0) {
		ps_instance_close(instance);
		ps_transition_done(transition);
		run_process(context, ret, former);
	}
	return result;
}

/* 4 also when there is no instance. */
static int open_on_trial(struct ps_context *context, struct ps_instance *instance)
{
	if (!ps_context_open_on_trial(context, PS_REMOVE, instance))
		return 0;
	if (context->error.status != PS_EXIT_NOT_FOUND)
		return -1;
	return ps_error_set(&context->error, PS_EXIT_NOT_FOUND,
			    "no change of instance '%s' waits to be confirmed", context->instance);
}

static int keep(struct ps_context *context)
{
	struct ps_instance instance;
	int failed;

	if (open_on_trial(context, &instance))
		return -1;
	failed = ps_trial_confirm(&instance, &context->error);
	return ps_context_close(context, &instance, failed);
}

static int revert(struct ps_context *context)
{
	struct ps_instance instance;
	struct ps_trial trial;
	int failed;

	if (open_on_trial(context, &instance))
		return -1;
	failed = ps_trial_ask_back(&instance, &trial, &context->error);
	if (ps_context_close(context, &instance, failed))
		return -1;
	return ps_trial_await_end(&trial, context->wait_seconds, &context->error);
}

static int run_confirm(struct ps_context *context)
{
	bool reverts = ps_context_has(context, "revert");

	if (ps_context_expect(context, 0) || (reverts ? revert(context) : keep(context)))
		return -1;
	ps_context_note(context, reverts ? "the former table is in force again" : "confirmed");
	return PS_EXIT_DONE;
}

static const struct ps_option confirm_options[] = { { "revert", NULL, 0 }, {} };

PS_COMMAND(confirm) = {
	.kind = PS_VERB,
	.name = "confirm",
	.arguments = "",
	.summary = "keep what 'apply --confirm' changed",
	.details = "Without it, the former table is published again when the time is over.\n\n"
		   "  --revert      publish the former table at once\n",
	.options = confirm_options,
	.is_table_only = true,
	.run = run_confirm,
};
