// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * reasons.
 */
#include <string.h>
#include "base/advice.h"
#include "base/hook_name.h"
#include "base/reason.h"
#include "cmd/context.h"
#include "hook/attach.h"
#include "pins/counts.h"

static const struct ps_column columns[] = {
	{ "interface", "INTERFACE", false, 0 }, { "hook", "HOOK", false, 0 },
	{ "reason", "REASON", false, 0 },	{ "packets", "PACKETS", true, 0 },
	{ "meaning", "MEANING", false, 16 },	{},
};

static void print_hook(struct ps_output *output, const struct ps_instance *instance, int slot,
		       bool all)
{
	const struct ps_hook_info *info = &instance->hooks[slot];

	for (enum ps_reason reason = PS_REASON_UNBOUND; reason < PS_REASON_COUNT_OF; reason++) {
		__u64 packets = ps_reasons_sum(instance, (__u32)slot, reason);
		json_t *row;

		if (!packets && !(all && ps_reason_is_possible(reason, info->hook)))
			continue;
		row = json_object();
		json_object_set_new(row, "interface", ps_output_text(info->device, PS_DEV_SIZE));
		json_object_set_new(row, "hook", json_string(ps_hook_name(info->hook)));
		json_object_set_new(row, "reason", json_string(ps_reason_name(reason)));
		json_object_set_new(row, "packets", json_integer((json_int_t)packets));
		json_object_set_new(row, "meaning", json_string(ps_reason_meaning(reason)));
		ps_output_add(output, row, NULL);
	}
}

static int list_reasons(struct ps_context *context, const struct ps_instance *instance,
			struct ps_output *output)
{
	bool is_attached = false;

	for (int slot = 0; slot < PS_HOOKS_MAX; slot++) {
		if (instance->hooks[slot].hook == PS_HOOK_FREE)
			continue;
		is_attached = true;
		print_hook(output, instance, slot, context->report.is_verbose);
	}
	if (!is_attached)
		ps_report_note(&context->report,
			       "note: nothing is attached, so nothing is counted; '%s' attaches "
			       "an interface",
			       ps_advice("attach DEV", NULL));
	else if (!ps_output_rows(output))
		ps_report_note(&context->report, "note: no packet was seen yet");
	return 0;
}

static int run_reasons(struct ps_context *context)
{
	return ps_context_list(context, 1 << PS_MAP_REASONS | 1 << PS_MAP_HOOKS, columns,
			       list_reasons);
}

PS_COMMAND(reasons) = {
	.kind = PS_NOUN,
	.name = "reasons",
	.arguments = "",
	.summary = "count why packets were passed, dropped or redirected",
	.details = "Each packet at a hook counts exactly one reason. Reasons that never occurred\n"
		   "are shown with -v.\n\n"
		   "JSON keys: hook, interface, reason, packets, meaning.\n",
	.is_table_only = true,
	.run = run_reasons,
};
