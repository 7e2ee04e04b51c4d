// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A change on trial, for people and programs. See trial.h.
 */
#include <stdio.h>
#include <string.h>
#include "base/advice.h"
#include "cmd/output.h"
#include "cmd/trial.h"
#include "instance/trial_mark.h"

json_t *ps_trial_row(const struct ps_instance *instance)
{
	struct ps_trial_facts facts;
	struct ps_answer answer = ps_trial_find(instance->path, &facts);
	char since[32];
	json_t *row;

	if (ps_is_no(answer))
		return json_null();
	row = json_object();
	ps_output_real_time((__u64)facts.since_ns, since);
	json_object_set_new(row, "user", ps_output_text(facts.user, sizeof(facts.user)));
	json_object_set_new(row, "uid", json_integer(facts.uid));
	json_object_set_new(row, "since", json_string(since));
	json_object_set_new(row, "seconds_left", json_integer(ps_trial_facts_left(&facts)));
	json_object_set_new(row, "checked", json_boolean(facts.is_checked));
	return row;
}

void ps_trial_print(const struct ps_instance *instance)
{
	struct ps_trial_facts facts;
	struct ps_answer answer = ps_trial_find(instance->path, &facts);
	char since[32];

	if (ps_is_unknown(answer))
		printf("whether a change is on trial is not known: %s\n", strerror(answer.err));
	if (!ps_is_yes(answer))
		return;
	ps_output_real_time((__u64)facts.since_ns, since);
	printf("on trial: the last change, by ");
	ps_output_escaped(stdout, facts.user);
	printf(" since %s; reverted in %ld s, unless '%s' keeps it\n", since,
	       ps_trial_facts_left(&facts), ps_advice("confirm", NULL));
}
