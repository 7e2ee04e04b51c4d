// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The process that takes a change back which nobody confirms, and what is asked
 * of it. It has no terminal: what it does goes to syslog. See apply.h.
 */
#include <syslog.h>
#include <unistd.h>
#include "apply/internal.h"
#include "base/advice.h"
#include "base/notice.h"
#include "instance/open.h"

#define REVERT_TRIES 20
#define LOCK_SECONDS 3600

/* Makes the table what @former says, unless the change was confirmed at the last moment: then 1. */
static int take_back(struct ps_apply *apply, const struct ps_trial *trial,
		     const struct ps_file *former)
{
	struct ps_instance instance;
	int failed;

	apply->max_bindings = former->max_bindings;
	if (ps_apply_open_on_trial(apply, PS_CREATE, &instance))
		return -1;
	if (!ps_trial_is_on(trial)) {
		ps_apply_close(apply, &instance, 0);
		return 1;
	}
	failed = ps_transition_go_back(apply, &instance, former);
	if (!failed)
		ps_trial_end(trial);
	return ps_apply_close(apply, &instance, failed);
}

/* Tries until it is done; what cannot be attached must not keep the table. */
static void take_back_surely(struct ps_apply *apply, const struct ps_trial *trial,
			     struct ps_file *former)
{
	int result;

	for (int tries = 1; (result = take_back(apply, trial, former)) < 0; tries++) {
		syslog(LOG_ERR, "%s: the previous table was not restored: %s", apply->instance,
		       apply->error->text);
		if (tries == REVERT_TRIES)
			_exit(PS_EXIT_REFUSED);
		former->has_sockets = former->has_sockets && former->has_guard;
		former->has_guard = former->has_guard && former->has_interfaces; /* one by one */
		former->has_interfaces = false;
		sleep(1);
	}
	if (!result)
		syslog(LOG_NOTICE, "%s: '%s' did not follow: the previous table is restored",
		       apply->instance, ps_advice("confirm", NULL));
}

static void log_note(void *to, const char *text)
{
	const struct ps_apply *apply = to;

	syslog(LOG_INFO, "%s: %s", apply->instance, text);
}

static _Noreturn void run_process(const struct ps_apply *asked, struct ps_trial *trial,
				  struct ps_file *former)
{
	struct ps_error error = {};
	struct ps_report report = { .note = log_note };
	struct ps_apply apply = {
		.instance = asked->instance,
		.wait_seconds = LOCK_SECONDS,
		.report = &report,
		.error = &error,
	};

	report.to = &apply;
	ps_notice_listen(log_note, &apply);
	openlog("portsteer", LOG_PID, LOG_DAEMON);
	if (ps_trial_wait(trial))
		take_back_surely(&apply, trial, former);
	_exit(PS_EXIT_DONE);
}

int ps_confirm_begin(struct ps_apply *apply, struct ps_instance *instance,
		     struct ps_transition *transition, struct ps_file *former, struct ps_trial *ret)
{
	int result = ps_trial_begin(instance, ret->seconds, ret, apply->error);

	if (result > 0) {
		ps_instance_close(instance);
		ps_transition_done(transition);
		run_process(apply, ret, former);
	}
	return result;
}

/* 4 also when there is no instance. */
static int open_on_trial(struct ps_apply *apply, struct ps_instance *instance)
{
	if (!ps_apply_open_on_trial(apply, PS_REMOVE, instance))
		return 0;
	if (apply->error->status != PS_EXIT_NOT_FOUND)
		return -1;
	return ps_error_set(apply->error, PS_EXIT_NOT_FOUND,
			    "no change of instance '%s' waits for confirmation", apply->instance);
}

int ps_apply_confirm(struct ps_apply *apply)
{
	struct ps_instance instance;
	int failed;

	if (open_on_trial(apply, &instance))
		return -1;
	failed = ps_trial_confirm(&instance, apply->error);
	return ps_apply_close(apply, &instance, failed);
}

int ps_apply_revert(struct ps_apply *apply)
{
	struct ps_instance instance;
	struct ps_trial trial;
	int failed;

	if (open_on_trial(apply, &instance))
		return -1;
	failed = ps_trial_ask_back(&instance, &trial, apply->error);
	if (ps_apply_close(apply, &instance, failed))
		return -1;
	return ps_trial_await_end(&trial, apply->wait_seconds, apply->error);
}
