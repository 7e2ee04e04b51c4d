// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * guard: whether local processes may bind what bindings take from them.
 */
#include <stdlib.h>
#include <string.h>
#include "base/advice.h"
#include "cmd/context.h"
#include "guard/attach.h"
#include "guard/attempts.h"
#include "host/cgroup.h"

static const struct ps_column columns[] = {
	{ "mode", "MODE", false, 0 },
	{ "cgroup", "CGROUP", false, 12 },
	{ "state", "STATE", false, 16 },
	{ "attempts", "ATTEMPTS", true, 0 },
	{},
};

static json_int_t count_all(const struct ps_attempts *attempts)
{
	json_int_t count = 0;

	for (size_t i = 0; i < attempts->count; i++)
		count += (json_int_t)attempts->item[i].value.count;
	return count;
}

static int list_guard(struct ps_context *context, const struct ps_instance *instance,
		      struct ps_output *output)
{
	struct ps_attempts attempts = {};
	struct ps_guard guard;
	json_t *row;
	char *cgroup;

	if (ps_guard_read(instance, &guard, &context->error))
		return -1;
	if (guard.mode == PS_GUARD_OFF) {
		ps_report_note(&context->report, "note: the guard is off; '%s' switches it on",
			       ps_advice("guard on", NULL));
		return 0;
	}
	if (ps_attempts_read(instance, NULL, &attempts, &context->error))
		return -1;
	cgroup = ps_cgroup_of_id(guard.cgroup_id);
	row = json_object();
	json_object_set_new(row, "mode", json_string(ps_guard_modes[guard.mode]));
	ps_output_set_text(row, "cgroup", cgroup);
	json_object_set_new(row, "state", json_string(ps_guard_state_name(guard.state)));
	json_object_set_new(row, "attempts", json_integer(count_all(&attempts)));
	ps_output_add(output, row, guard.state == PS_GUARD_WHOLE ? NULL : "yellow");
	free(cgroup);
	ps_attempts_done(&attempts);
	return 0;
}

static int put(struct ps_context *context, enum ps_guard_mode mode)
{
	const char *cgroup = context->count > 1 ? context->word[1] : "/";

	if (mode == PS_GUARD_OFF && ps_context_expect(context, 1))
		return -1;
	return ps_apply_guard(&context->apply, mode, cgroup) ? -1 : PS_EXIT_DONE;
}

static const char *const harmful[] = { "off", NULL };
static const struct ps_vocabulary modes = { "word", ps_guard_modes, harmful, NULL };

static int run_guard(struct ps_context *context)
{
	if (ps_context_expect(context, 2))
		return -1;
	if (!context->count)
		return ps_context_list(context, 0, columns, list_guard);
	for (enum ps_guard_mode mode = PS_GUARD_OFF; ps_guard_modes[mode]; mode++)
		if (!strcmp(context->word[0], ps_guard_modes[mode]))
			return put(context, mode);
	return ps_error_unknown_in(&context->error, 0, context->word[0], &modes);
}

PS_COMMAND(guard) = {
	.kind = PS_VERB,
	.name = "guard",
	.arguments = "[on | report | off] [CGROUP]",
	.summary = "refuse bind(2) of ports that bindings take",
	.details =
		"A process that binds a socket made in CGROUP (default /) gets EADDRINUSE for an\n"
		"endpoint that has another owner ('owner' of bind), or whose packets are dropped,\n"
		"redirected or handed to sockets of others. With 'report' it gets the endpoint.\n"
		"Either way 'conflicts' shows who tried (refused-bind). Sockets that are already\n"
		"bound are not affected. 'on' also reserves the ports that the kernel may pick,\n"
		"which no guard sees (see 'reserve'). 'off' removes both. Without arguments,\n"
		"shows its state.\n\n"
		"JSON keys: mode (on, report), cgroup, state (attached, incomplete, cgroup gone,\n"
		"unknown), attempts.\n",
	.is_table_only = true,
	.run = run_guard,
};
