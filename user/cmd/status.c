// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * status.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/advice.h"
#include "base/hook_name.h"
#include "cmd/context.h"
#include "cmd/rows.h"
#include "cmd/trial.h"
#include "hook/attach.h"
#include "hook/stale.h"
#include "instance/instances.h"
#include "instance/open.h"
#include "instance/snapshot.h"
#include "table/problems.h"
#include "table/usage.h"

static const struct ps_column columns[] = {
	{ "interface", "INTERFACE", false, 0 },
	{ "hook", "HOOK", false, 0 },
	{ "mode", "MODE", false, 0 },
	{ "program_id", "PROGRAM", true, 0 },
	{ "tag", "TAG", false, 0 },
	{ "attached", "ATTACHED", false, 0 },
	{ "state", "STATE", false, 16 },
	{},
};

static const struct ps_column program_columns[] = {
	{ "interface", "INTERFACE", false, 0 },
	{ "hook", "HOOK", false, 0 },
	{ "program_id", "PROGRAM", true, 0 },
	{ "name", "NAME", false, 8 },
	{ "tag", "TAG", false, 0 },
	{ "attached_by", "ATTACHED BY", false, 0 },
	{ "priority", "PRIORITY", true, 0 },
	{},
};

static const struct ps_column size_columns[] = {
	{ "what", "SIZE OF", false, 0 },
	{ "used", "USED", true, 0 },
	{ "room", "OF", true, 0 },
	{},
};

static json_t *make_tag(const __u8 tag[8])
{
	char text[17];

	for (int i = 0; i < 8; i++)
		snprintf(text + 2 * i, 3, "%02x", tag[i]);
	return json_string(text);
}

/* One program or filter in the way of packets. */
static json_t *make_program(const struct ps_attachments *attachments,
			    const struct ps_program *program)
{
	json_t *row = json_object();

	json_object_set_new(row, "hook", json_string(ps_hook_name(program->hook)));
	json_object_set_new(row, "mode", json_string(ps_mode_name(program->mode)));
	json_object_set_new(row, "program_id", json_integer(program->prog_id));
	json_object_set_new(row, "name", ps_output_text(program->name, sizeof(program->name)));
	json_object_set_new(row, "tag",
			    program->is_described ? make_tag(program->tag) : json_string(""));
	json_object_set_new(row, "attached_by", json_string(ps_program_by_name(program->by)));
	json_object_set_new(row, "link_id", json_integer(program->link_id));
	json_object_set_new(row, "priority", json_integer(program->priority));
	json_object_set_new(row, "ours", json_boolean(ps_attachments_have(attachments, program)));
	return row;
}

static json_t *make_programs(const struct ps_attachments *attachments,
			     const struct ps_attachment *attachment)
{
	json_t *programs = json_array();

	for (size_t i = 0; i < attachment->way.count; i++)
		json_array_append_new(programs,
				      make_program(attachments, &attachment->way.item[i]));
	return programs;
}

static json_t *make_hook(const struct ps_attachments *attachments,
			 const struct ps_attachment *attachment)
{
	const struct ps_hook_info *info = &attachment->info;
	json_t *row = json_object();
	char time[32];

	json_object_set_new(row, "interface", ps_output_text(info->device, PS_DEV_SIZE));
	json_object_set_new(row, "ifindex", json_integer(info->ifindex));
	json_object_set_new(row, "hook", json_string(ps_hook_name(info->hook)));
	json_object_set_new(row, "mode", json_string(ps_mode_name(info->mode)));
	json_object_set_new(row, "shared", json_boolean(info->is_shared));
	json_object_set_new(row, "program_id", json_integer(info->prog_id));
	json_object_set_new(row, "tag", make_tag(info->tag));
	json_object_set_new(row, "other_build", json_boolean(attachment->is_other_build));
	json_object_set_new(row, "attached",
			    json_string(ps_output_real_time(info->attached_ns, time)));
	json_object_set_new(row, "state",
			    json_string(attachment->state == PS_ATTACHED ? "attached" : "stale"));
	json_object_set_new(row, "checked", json_boolean(attachment->is_checked));
	json_object_set_new(row, "detail", json_string(ps_stale_detail(attachment->state)));
	json_object_set_new(row, "fix", json_string(ps_stale_command(attachments, attachment)));
	json_object_set_new(row, "programs", make_programs(attachments, attachment));
	return row;
}

static const char *describe_unchecked(const struct ps_attachment *attachment)
{
	static char text[128];

	if (!attachment->err || attachment->err == EPERM || attachment->err == EACCES)
		return "not asked for lack of rights";
	snprintf(text, sizeof(text), "not known: %s", strerror(attachment->err));
	return text;
}

/* The same for the table, where one column says it all. */
static void add_line(struct ps_output *output, const struct ps_attachments *attachments,
		     const struct ps_attachment *attachment)
{
	json_t *row = make_hook(attachments, attachment);
	const char *detail = ps_stale_detail(attachment->state);
	char text[1024] = "attached";

	if (attachment->info.is_shared)
		json_object_set_new(row, "mode",
				    json_sprintf("%s shared", ps_mode_name(attachment->info.mode)));
	if (attachment->state != PS_ATTACHED)
		snprintf(text, sizeof(text), "stale: %s; %s", detail,
			 ps_stale_command(attachments, attachment));
	else if (!attachment->is_checked)
		snprintf(text, sizeof(text), "attached (as recorded; %s)",
			 describe_unchecked(attachment));
	else if (attachment->is_other_build)
		snprintf(text, sizeof(text), "attached, by another build; '%s' upgrades it",
			 ps_advice("attach", attachment->info.device, NULL));
	ps_output_set_text(row, "state", text);
	ps_output_add(output, row, NULL);
}

static int print_hooks(const struct ps_attachments *attachments, struct ps_error *error)
{
	struct ps_output *output = ps_output_open(PS_TEXT, columns);

	for (size_t i = 0; i < attachments->count; i++)
		add_line(output, attachments, &attachments->item[i]);
	return ps_output_close(output, error);
}

/* For -v: what packets meet on each attached interface, in order. */
static int print_programs(const struct ps_attachments *attachments, struct ps_error *error)
{
	struct ps_output *output = ps_output_open(PS_TEXT, program_columns);

	printf("\nwhat packets meet, in this order:\n");
	for (size_t i = 0; i < attachments->count; i++) {
		const struct ps_attachment *attachment = &attachments->item[i];

		for (size_t j = 0; j < attachment->way.count; j++) {
			json_t *row = make_program(attachments, &attachment->way.item[j]);

			json_object_set_new(row, "interface",
					    ps_output_text(attachment->now, PS_DEV_SIZE));
			ps_output_add(output, row, NULL);
		}
	}
	return ps_output_close(output, error);
}

static json_t *make_sizes(const struct ps_instance *instance, const struct ps_usage *usage)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "shapes",
			 (json_int_t)usage->shapes, "probe_lists", (json_int_t)usage->lists,
			 "ports", (json_int_t)usage->ports, "targets", (json_int_t)usage->targets,
			 "front_entries", (json_int_t)usage->seats, "max_front_entries",
			 (json_int_t)ps_front_buckets(instance->meta->capacity) * PS_BUCKET_ENTRIES,
			 "overflow", (json_int_t)usage->overflow, "memory_bytes",
			 (json_int_t)usage->bytes, "flows", (json_int_t)usage->flows.present,
			 "flow_room", (json_int_t)instance->meta->flow_room, "flows_evicted",
			 (json_int_t)usage->flows.evicted);
}

static void add_size(struct ps_output *output, const char *what, __u64 used, __u64 room)
{
	json_t *row = json_pack("{s:s, s:I}", "what", what, "used", (json_int_t)used);

	if (room)
		json_object_set_new(row, "room", json_integer((json_int_t)room));
	ps_output_add(output, row, NULL);
}

/* For -v: how much of what is in use. */
static int print_sizes(const struct ps_instance *instance, const struct ps_usage *usage,
		       struct ps_error *error)
{
	struct ps_output *output = ps_output_open(PS_TEXT, size_columns);
	struct ps_table_size size = ps_table_size_of(instance->meta);

	printf("\n");
	add_size(output, "bindings", instance->state->bindings, instance->meta->max_bindings);
	add_size(output, "bindings before it grows", instance->state->bindings,
		 instance->meta->capacity);
	add_size(output, "shapes of bindings", usage->shapes, ps_map_entries(PS_MAP_SHAPES, &size));
	add_size(output, "ports in the directory", usage->ports, PS_HALF_PORTS);
	add_size(output, "probe lists", usage->lists, PS_LISTS_MAX - 1);
	add_size(output, "redirect targets", usage->targets, PS_TARGETS_MAX - 1);
	add_size(output, "front entries", usage->seats,
		 (__u64)ps_front_buckets(instance->meta->capacity) * PS_BUCKET_ENTRIES);
	add_size(output, "bindings without a front entry", usage->overflow, 0);
	add_size(output, "flows of 'count'", usage->flows.present, instance->meta->flow_room);
	add_size(output, "evicted flows", usage->flows.evicted, 0);
	add_size(output, "kernel memory, bytes", usage->bytes, 0);
	return ps_output_close(output, error);
}

/* What status prints. */
struct report {
	const struct ps_instance *instance;
	const struct ps_attachments *attachments;
	const struct ps_instances *all; /* among them the instance, others without -n */
	const struct ps_usage *usage; /* NULL without -v */
};

static json_t *make_instance(const struct report *report)
{
	json_t *row = json_object(), *interfaces = json_array();

	for (size_t i = 0; i < report->all->count; i++)
		if (!strcmp(report->all->item[i].name, report->instance->name))
			ps_context_set_instance(row, &report->all->item[i]);
	for (size_t i = 0; i < report->attachments->count; i++)
		json_array_append_new(
			interfaces, make_hook(report->attachments, &report->attachments->item[i]));
	json_object_set_new(row, "problems", json_integer(ps_problems_count(report->instance)));
	json_object_set_new(row, "trial", ps_trial_row(report->instance));
	json_object_set_new(row, "interfaces", interfaces);
	if (report->usage)
		json_object_set_new(row, "sizes", make_sizes(report->instance, report->usage));
	return row;
}

static const char *describe_pending(const struct ps_state *state)
{
	if (!state->pending)
		return "";
	return ps_snapshot_is_changing(state)
		       ? ", a change is under way"
		       : ", a change was interrupted (the next one repairs it)";
}

static void print_problems(__u32 count)
{
	if (count)
		printf("%u %s; '%s' shows why\n", count,
		       count == 1 ? "binding has a problem" : "bindings have problems",
		       ps_advice("conflicts", NULL));
}

static void print_head(const struct ps_instance *instance)
{
	printf("instance %s, %u of %u bindings, generation %" PRIu64 "%s\n", instance->name,
	       instance->state->bindings, instance->meta->max_bindings,
	       (uint64_t)instance->state->generation, describe_pending(instance->state));
	ps_trial_print(instance);
	print_problems(ps_problems_count(instance));
	if (!ps_hook_is_any(instance))
		printf("nothing is attached; '%s' attaches an interface\n",
		       ps_advice("attach DEV", NULL));
}

static int print_text(struct ps_context *context, const struct report *report)
{
	const struct ps_attachments *attachments = report->attachments;
	struct ps_error *error = &context->error;

	print_head(report->instance);
	if (print_hooks(attachments, error))
		return -1;
	if (report->usage && attachments->count && print_programs(attachments, error))
		return -1;
	if (report->usage && print_sizes(report->instance, report->usage, error))
		return -1;
	return ps_context_print_others(context, report->all, "\nother instances:\n");
}

static int print_report(struct ps_context *context, struct report *report)
{
	struct ps_usage usage;
	struct ps_output *output;

	if (context->report.is_verbose) {
		if (ps_usage_read(report->instance, &usage, &context->error))
			return -1;
		report->usage = &usage;
	}
	if (context->format == PS_TEXT)
		return print_text(context, report);
	output = ps_output_open(context->format, columns);
	ps_output_add(output, make_instance(report), NULL);
	ps_context_add_others(context, report->all, output);
	return ps_output_close(output, &context->error);
}

/* Without rights nobody expects it to be looked for. */
static void say_unseen(const struct ps_context *context, struct ps_answer answer)
{
	if (ps_is_unknown(answer) && answer.err != EPERM)
		ps_report_note(&context->report,
			       "note: programs that are attached and not on record could not be "
			       "looked for: %s",
			       strerror(answer.err));
}

static int print(struct ps_context *context, const struct ps_instance *instance,
		 const struct ps_instances *all)
{
	struct ps_attachments attachments;
	struct report report = { instance, &attachments, all, NULL };
	int failed;

	ps_attachments_read(instance, &attachments);
	say_unseen(context, ps_attachments_add_orphans(instance, &attachments));
	failed = print_report(context, &report);
	ps_attachments_done(&attachments);
	return failed;
}

/* None is an error, but then the others are worth to be seen. */
static int print_others(struct ps_context *context)
{
	const struct ps_error none = context->error;
	struct ps_instances all;

	if (none.status != PS_EXIT_NOT_FOUND || ps_context_value(context, "netns"))
		return -1;
	ps_instances_read(NULL, context->apply.wait_seconds, &all);
	if (!ps_context_print_others(context, &all, "other instances:\n"))
		context->error = none;
	ps_instances_done(&all);
	return -1;
}

static int run_status(struct ps_context *context)
{
	__u32 reads = 1 << PS_MAP_HOOKS | PS_PROBLEMS_READS |
		      (context->report.is_verbose ? PS_USAGE_READS : 0);
	const char *only = ps_context_value(context, "netns") ? context->apply.instance : NULL;
	struct ps_instance instance;
	struct ps_instances all;
	int failed;

	if (ps_context_expect(context, 0))
		return -1;
	if (ps_apply_read(&context->apply, reads, &instance))
		return print_others(context);
	ps_instances_read(only, context->apply.wait_seconds, &all);
	failed = print(context, &instance, &all);
	ps_instances_done(&all);
	ps_instance_close(&instance);
	return failed ? -1 : PS_EXIT_DONE;
}

PS_COMMAND(status) = {
	.kind = PS_NOUN,
	.name = "status",
	.arguments = "",
	.summary = "show what is attached, and how full the table is",
	.details =
		"A program is stale when its interface was deleted, recreated, renamed or moved,\n"
		"or when the program was taken off; the command that repairs it is shown. With -v\n"
		"also the programs and filters that packets meet, in that order, and how full the\n"
		"maps are. Exit status 4 when there is no instance. Without -n the\n"
		"instances of other network namespaces follow, a line each: where the namespace\n"
		"is, or the commands that remove the instance of one that is gone.\n\n"
		"JSON: an array of objects, that of the instance first, with the keys instance,\n"
		"path, namespace (present, gone, replaced, unknown), netns (where it is found\n"
		"now), abi_version, made_by, generation, pending, bindings, max_bindings,\n"
		"capacity (for which there is room now), attached, problems (bindings that cannot\n"
		"do what they say), trial (null, or user, uid, since, seconds_left, checked:\n"
		"whether its process lives), interfaces; other instances have none of the last\n"
		"three, and\n"
		"the last is an array of objects with interface, ifindex, hook, mode, shared,\n"
		"program_id, tag, other_build, attached, state, checked, detail, fix, programs;\n"
		"and that again of objects with hook, mode, program_id, name, tag, attached_by,\n"
		"link_id, priority, ours. With -v also sizes, an object: shapes, probe_lists,\n"
		"ports, targets, front_entries, max_front_entries, overflow,\n"
		"memory_bytes, flows, flow_room, flows_evicted.\n",
	.is_table_only = true,
	.run = run_status,
};
