// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * apply: the table, and the interfaces it is for, become what a file says.
 */
#include <stdio.h>
#include <string.h>
#include "cmd.h"
#include "difference.h"
#include "table.h"

/* A file, and what it changes. */
struct change {
	struct ps_file file;
	struct ps_difference bindings;
	struct ps_interface_plan interfaces;
};

static bool is_nothing(const struct change *change)
{
	return ps_plan_is_empty(&change->bindings.plan) &&
	       ps_interface_plan_is_empty(&change->interfaces);
}

static void change_done(struct change *change)
{
	ps_file_done(&change->file);
	ps_difference_done(&change->bindings);
	ps_interface_plan_done(&change->interfaces);
}

static void meet(void *difference, const struct ps_binding *present)
{
	ps_difference_meet(difference, present);
}

/* Compares the file with @instance, NULL: with nothing. */
static int compare(struct ps_context *context, const struct ps_instance *instance,
		   struct change *change)
{
	int failed = 0;

	ps_difference_begin(&change->bindings, &change->file.bindings);
	if (instance)
		failed = ps_table_visit(instance, meet, &change->bindings, &context->error);
	ps_difference_end(&change->bindings);
	ps_context_plan_interfaces(context, &change->file, instance, &change->interfaces);
	return failed;
}

/* Compares it with another file. */
static int compare_files(struct ps_context *context, const char *path, struct change *change)
{
	struct ps_interface_plan *interfaces = &change->interfaces;
	struct ps_file from;
	int failed = ps_context_read_file(context, path, &from);

	ps_difference_begin(&change->bindings, &change->file.bindings);
	for (size_t i = 0; i < from.bindings.count; i++)
		ps_difference_meet(&change->bindings, &from.bindings.item[i]);
	ps_difference_end(&change->bindings);
	if (change->file.has_interfaces)
		ps_interfaces_compare(&change->file.interfaces, &from.interfaces, interfaces);
	ps_file_done(&from);
	return failed;
}

/* Compares it with the live table; what apply would refuse is refused. */
static int compare_live(struct ps_context *context, struct change *change)
{
	const __u32 reads = 1 << PS_MAP_BINDINGS | 1 << PS_MAP_DIRECTORY | 1 << PS_MAP_PROBE_LISTS |
			    1 << PS_MAP_TARGETS | 1 << PS_MAP_SLOTS | 1 << PS_MAP_HOOKS;
	struct ps_conflicts conflicts = {};
	struct ps_instance instance;
	int opened = ps_context_read(context, reads, &instance), failed;

	if (opened)
		return opened < 0 ? -1 : compare(context, NULL, change);
	failed = compare(context, &instance, change) ||
		 ps_context_rehearse(context, &instance, &change->bindings.plan, &conflicts);
	ps_conflicts_done(&conflicts);
	ps_instance_close(&instance);
	return failed;
}

static int dry_run(struct ps_context *context, struct change *change)
{
	const char *from = ps_context_value(context, "from");
	int failed = from ? compare_files(context, from, change) : compare_live(context, change);

	if (failed ||
	    ps_context_print_changes(context, &change->bindings.plan, &change->interfaces))
		return -1;
	return is_nothing(change) ? PS_EXIT_DONE : PS_EXIT_DIFFERS;
}

static int carry_out(struct ps_context *context, struct ps_instance *instance,
		     struct change *change)
{
	const struct ps_interface_plan *interfaces = &change->interfaces;
	struct ps_conflicts conflicts = {};
	struct ps_error cause;
	int failed;

	if (ps_context_attach_added(context, instance, interfaces))
		return -1;
	failed = ps_context_publish(context, instance, &change->bindings.plan, &conflicts);
	ps_conflicts_done(&conflicts);
	if (failed) {
		ps_context_detach_added(instance, interfaces, interfaces->added.count);
		return -1;
	}
	if (!ps_context_attach_rest(context, instance, interfaces))
		return 0;
	cause = context->error;
	return ps_error_set(&context->error, cause.status, "the table is as the file says, but: %s",
			    cause.text);
}

static int apply_to(struct ps_context *context, struct ps_instance *instance, struct change *change)
{
	if (compare(context, instance, change) || carry_out(context, instance, change) ||
	    ps_context_print_changes(context, &change->bindings.plan, &change->interfaces))
		return -1;
	if (context->is_verbose)
		ps_context_note(context,
				"generation %llu: %zu added, %zu changed, %zu removed, %zu stay",
				instance->state->generation, change->bindings.plan.added.count,
				change->bindings.plan.changed.count,
				change->bindings.plan.removed.count, change->bindings.same);
	return 0;
}

/* How large an instance is made for the file, when there is none. */
static __u32 choose_size(const struct ps_context *context, const struct ps_file *file)
{
	if (file->max_bindings || ps_instance_is_there(context->instance) ||
	    file->bindings.count <= PS_BINDINGS_DEFAULT)
		return file->max_bindings;
	return PS_BINDINGS_MAX;
}

static int apply(struct ps_context *context, struct change *change)
{
	struct ps_instance instance;
	int failed;

	context->max_bindings = choose_size(context, &change->file);
	if (ps_context_open(context, PS_CREATE, &instance))
		return -1;
	ps_context_say_masked(context, &change->file.bindings);
	failed = apply_to(context, &instance, change);
	return ps_context_close(context, &instance, failed) ? -1 : PS_EXIT_DONE;
}

static int check_words(struct ps_context *context)
{
	if (!context->count)
		return ps_error_at(&context->error, -1, 0, "apply needs a file, or - for stdin");
	if (ps_context_has(context, "from") && !ps_context_has(context, "dry-run"))
		return ps_error_at(&context->error, -1, 0, "--from is for --dry-run");
	return ps_context_expect(context, 1);
}

static int run_apply(struct ps_context *context)
{
	struct change change = {};
	int status = -1;

	if (check_words(context))
		return -1;
	if (!ps_context_read_file(context, context->word[0], &change.file))
		status = ps_context_has(context, "dry-run") ? dry_run(context, &change)
							    : apply(context, &change);
	change_done(&change);
	return status;
}

static const struct ps_option apply_options[] = {
	{ "dry-run", NULL, 0 },
	{ "from", "FILE", 0 },
	{ "strict", NULL, 0 },
	{ "max-bindings", "N", 0 },
	{},
};

PS_COMMAND(apply) = {
	.kind = PS_VERB,
	.name = "apply",
	.arguments = "FILE",
	.summary = "make the table what a file says",
	.details =
		"Reads FILE (YAML or JSON, see portsteer.conf(5)); '-' reads stdin. What is not\n"
		"in it goes away; counters of what stays go on. Packets see the old table or the\n"
		"new one. Printed is what was added (+), changed (~) and removed (-). When\n"
		"anything is wrong with the file, all of it is said, and nothing is changed.\n\n"
		"  --dry-run     only print; exit status 10 when there is something to do\n"
		"  --from FILE   with --dry-run: compare with FILE, not with the live table\n"
		"  --strict      refuse what would take packets from a local socket or from\n"
		"                this host's outgoing connections\n"
		"  --max-bindings N\n"
		"                room for N bindings (65536), when this makes the instance\n\n"
		"JSON keys: change (added, changed, removed), endpoint, words, name; of a change\n"
		"also words_before, name_before; or interface in the place of endpoint and name.\n",
	.options = apply_options,
	.run = run_apply,
};
