// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * bindings --yaml: what is there, as a file that 'apply' takes back.
 */
#include <stdio.h>
#include "cmd.h"
#include "guard.h"
#include "quote.h"
#include "table.h"

/* A text that a file has: without quotes when it can be. */
static void print_text(const char *key, const char *text)
{
	char quoted[PS_QUOTED_TEXT];

	printf("%s: %s\n", key, ps_quote_yaml(text, quoted));
}

static void print_binding(const struct ps_binding *binding)
{
	struct ps_binding action = *binding;
	char text[PS_ACTION_TEXT];

	action.flags = 0;
	action.owner = NULL;
	printf("  - endpoint: %s\n", ps_endpoint_format(&binding->endpoint, text));
	print_text("    action", ps_action_format(&action, text));
	if (binding->flags & PS_ON_MISSING_PASS)
		print_text("    on-missing", "pass");
	if (binding->name[0])
		print_text("    name", binding->name);
	if (binding->owner)
		print_text("    owner", binding->owner);
}

/* A guard whose cgroup is gone, or not known, guards nothing that could be said. */
static void print_guard(const struct ps_guard_setting *setting)
{
	if (setting->mode == PS_GUARD_OFF || !*setting->cgroup)
		return;
	puts("guard:");
	print_text("  mode", ps_guard_modes[setting->mode]);
	print_text("  cgroup", setting->cgroup);
}

static int read(struct ps_context *context, struct ps_bindings *bindings,
		struct ps_guard_setting *guard)
{
	struct ps_instance instance;
	int opened =
		    ps_context_read(context, 1 << PS_MAP_BINDINGS | 1 << PS_MAP_TARGETS, &instance),
	    failed;

	if (opened)
		return opened < 0 ? -1 : 0;
	ps_guard_read_setting(&instance, guard);
	failed = ps_table_read(&instance, bindings, &context->error);
	ps_instance_close(&instance);
	return failed;
}

int ps_context_print_yaml(struct ps_context *context)
{
	struct ps_guard_setting guard = {};
	struct ps_bindings bindings = {};
	int failed;

	if (ps_context_expect(context, 0))
		return -1;
	if (context->format != PS_TEXT)
		return ps_error_at(&context->error, -1, 0,
				   "--yaml is YAML; it cannot be JSON, too");
	failed = read(context, &bindings, &guard);
	if (!failed) {
		print_guard(&guard);
		puts(bindings.count ? "bindings:" : "bindings: []");
	}
	for (size_t i = 0; !failed && i < bindings.count; i++)
		print_binding(&bindings.item[i]);
	ps_bindings_done(&bindings);
	return failed ? -1 : PS_EXIT_DONE;
}
