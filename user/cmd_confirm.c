// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * confirm; and the process that takes a change back which nobody confirms. It
 * has no terminal: what it does goes to syslog.
 */
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>
#include "cmd_confirm.h"

#define REVERT_TRIES 20
#define LOCK_SECONDS 3600

/* The file again, for each attempt: comparing takes its bindings over. */
static struct ps_file copy_file(const struct ps_file *file)
{
	struct ps_file copy = *file;

	copy.bindings = (struct ps_bindings){};
	copy.interfaces = (struct ps_interfaces){};
	copy.sockets = (struct ps_socket_places){};
	for (size_t i = 0; i < file->bindings.count; i++)
		*ps_bindings_add(&copy.bindings) = file->bindings.item[i];
	for (size_t i = 0; i < file->interfaces.count; i++)
		ps_interfaces_add(&copy.interfaces, &file->interfaces.item[i]);
	for (size_t i = 0; i < file->sockets.count; i++)
		ps_socket_places_add(&copy.sockets, &file->sockets.item[i]);
	return copy;
}

static int publish_former(struct ps_context *context, struct ps_instance *instance,
			  const struct ps_file *former)
{
	struct ps_transition transition = { .file = copy_file(former) };
	int failed = ps_transition_compare(context, instance, &transition) ||
		     ps_transition_carry_out(context, instance, &transition);

	ps_transition_done(&transition);
	return failed;
}

/* Makes the table what @former says, unless the change was confirmed at the last moment. */
static int take_back(struct ps_context *context, struct ps_trial *trial,
		     const struct ps_file *former)
{
	struct ps_instance instance;
	int failed = 0;

	context->max_bindings = former->max_bindings;
	if (ps_context_open(context, PS_CREATE, &instance))
		return -1;
	if (ps_trial_claim(trial))
		failed = publish_former(context, &instance, former);
	return ps_context_close(context, &instance, failed);
}

/* Tries until it is done; what cannot be attached must not keep the table. */
static void take_back_surely(struct ps_context *context, struct ps_trial *trial,
			     struct ps_file *former)
{
	for (int tries = 1; take_back(context, trial, former); tries++) {
		syslog(LOG_ERR, "%s: the former table is not in force again: %s", context->instance,
		       context->error.text);
		if (tries == REVERT_TRIES)
			_exit(PS_EXIT_REFUSED);
		former->has_sockets = former->has_sockets && former->has_guard;
		former->has_guard = former->has_guard && former->has_interfaces; /* one by one */
		former->has_interfaces = false;
		sleep(1);
	}
	syslog(LOG_NOTICE,
	       "%s: 'portsteer confirm' did not follow: the former table is in force again",
	       context->instance);
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
		     struct ps_transition *transition, int seconds, struct ps_trial *ret)
{
	struct ps_file former = {};
	int failed = ps_transition_former(context, instance, &transition->file, &former);

	fflush(stdout); /* or both would print what is waiting */
	failed = failed ? -1 : ps_trial_begin(context->instance, seconds, ret, &context->error);
	if (failed > 0) {
		ps_instance_close(instance);
		ps_transition_done(transition);
		run_process(context, ret, &former);
	}
	ps_file_done(&former);
	return failed;
}

static int run_confirm(struct ps_context *context)
{
	bool reverts = ps_context_has(context, "revert");

	if (ps_context_expect(context, 0))
		return -1;
	if (reverts ? ps_trial_revert(context->instance, context->wait_seconds, &context->error)
		    : ps_trial_confirm(context->instance, &context->error))
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
