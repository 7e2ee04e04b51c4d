// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * confirm.
 */
#include "cmd/context.h"

static int run_confirm(struct ps_context *context)
{
	bool reverts = ps_context_has(context, "revert");

	if (ps_context_expect(context, 0) ||
	    (reverts ? ps_apply_revert(&context->apply) : ps_apply_confirm(&context->apply)))
		return -1;
	ps_report_note(&context->report, reverts ? "the previous table is restored" : "confirmed");
	return PS_EXIT_DONE;
}

static const struct ps_option confirm_options[] = { { "revert", NULL, 0 }, {} };

PS_COMMAND(confirm) = {
	.kind = PS_VERB,
	.name = "confirm",
	.arguments = "",
	.summary = "keep what 'apply --confirm' changed",
	.details = "Without it, the previous table is restored when the time is over.\n\n"
		   "  --revert      restore the previous table at once\n",
	.options = confirm_options,
	.is_table_only = true,
	.run = run_confirm,
};
