// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * status, version.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <bpf/libbpf.h>
#include "cmd.h"
#include "hook.h"
#include "snapshot.h"
#include "version.h"

static const struct ps_column columns[] = {
	{ "interface", "INTERFACE", false },
	{ "hook", "HOOK", false },
	{ "mode", "MODE", false },
	{ "program_id", "PROGRAM", true },
	{ "tag", "TAG", false },
	{ "attached", "ATTACHED", false },
	{ "state", "STATE", false },
	{ NULL, NULL, false },
};

static void format_tag(const __u8 tag[8], char text[17])
{
	for (int i = 0; i < 8; i++)
		snprintf(text + 2 * i, 3, "%02x", tag[i]);
}

static json_t *make_hook(const struct ps_instance *instance, const struct ps_hook_info *info)
{
	time_t seconds = (time_t)(info->attached_ns / 1000000000);
	json_t *row = json_object();
	char text[32];
	struct tm parts;

	json_object_set_new(row, "interface", ps_output_text(info->device, PS_DEV_SIZE));
	json_object_set_new(row, "ifindex", json_integer(info->ifindex));
	json_object_set_new(row, "hook", json_string(ps_hook_name(info->hook)));
	json_object_set_new(row, "mode", json_string(ps_mode_name(info->mode)));
	json_object_set_new(row, "program_id", json_integer(info->prog_id));
	format_tag(info->tag, text);
	json_object_set_new(row, "tag", json_string(text));
	gmtime_r(&seconds, &parts);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
	json_object_set_new(row, "attached", json_string(text));
	json_object_set_new(row, "state",
			    json_string(ps_hook_is_alive(instance, info) ? "attached" : "defunct"));
	return row;
}

/* Calls @add with a row for each attached program. */
static void list_hooks(const struct ps_instance *instance, void (*add)(void *, json_t *),
		       void *context)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++)
		if (instance->hooks[slot].hook != PS_HOOK_FREE)
			add(context, make_hook(instance, &instance->hooks[slot]));
}

static void add_to_array(void *array, json_t *row)
{
	json_array_append_new(array, row);
}

static void add_to_table(void *output, json_t *row)
{
	ps_output_add(output, row, NULL);
}

static json_t *make_instance(const struct ps_instance *instance)
{
	json_t *row = json_object(), *interfaces = json_array();

	list_hooks(instance, add_to_array, interfaces);
	json_object_set_new(row, "instance", ps_output_text(instance->name, 256));
	json_object_set_new(row, "path", ps_output_text(instance->path, PS_PATH_SIZE));
	json_object_set_new(row, "abi_version", json_integer(instance->meta->abi_version));
	json_object_set_new(row, "made_by", ps_output_text(instance->meta->tool_version, 32));
	json_object_set_new(row, "generation",
			    json_integer((json_int_t)instance->state->generation));
	json_object_set_new(row, "pending", json_boolean(instance->state->pending));
	json_object_set_new(row, "bindings", json_integer(instance->state->bindings));
	json_object_set_new(row, "max_bindings", json_integer(instance->meta->max_bindings));
	json_object_set_new(row, "interfaces", interfaces);
	return row;
}

static const char *describe_pending(const struct ps_state *state)
{
	if (!state->pending)
		return "";
	return ps_snapshot_is_changing(state) ? ", a change is under way"
					      : ", a change was cut short (the next one mends it)";
}

static void print_head(const struct ps_instance *instance)
{
	printf("instance %s, %u of %u bindings, generation %" PRIu64 "%s\n", instance->name,
	       instance->state->bindings, instance->meta->max_bindings,
	       (uint64_t)instance->state->generation, describe_pending(instance->state));
	if (!ps_hook_is_any(instance))
		printf("nothing is attached; 'portsteer attach DEV' attaches an interface\n");
}

static int run_status(struct ps_context *context)
{
	struct ps_instance instance;
	struct ps_output *output;

	if (ps_context_expect(context, 0) ||
	    ps_context_read(context, 1 << PS_MAP_HOOKS, &instance)) /* none is an error, too */
		return -1;
	if (context->format == PS_TEXT)
		print_head(&instance);
	output = ps_output_open(context->format, columns);
	if (context->format == PS_TEXT)
		list_hooks(&instance, add_to_table, output);
	else
		ps_output_add(output, make_instance(&instance), NULL);
	ps_instance_close(&instance);
	return ps_output_close(output, &context->error) ? -1 : PS_EXIT_DONE;
}

PS_COMMAND(status) = {
	.kind = PS_NOUN,
	.name = "status",
	.arguments = "",
	.summary = "show what is attached, and how full the table is",
	.details = "A program is 'defunct' when its interface is gone or was made anew; 'attach'\n"
		   "mends that. Exit status 4 when there is no instance.\n\n"
		   "JSON: an array of one object with the keys instance, path, abi_version,\n"
		   "made_by, generation, pending, bindings, max_bindings, interfaces; the last is\n"
		   "an array of objects with interface, ifindex, hook, mode, program_id, tag,\n"
		   "attached, state.\n",
	.run = run_status,
};

static int run_version(struct ps_context *context)
{
	static const struct ps_column none[] = { { NULL, NULL, false } };
	struct ps_output *output;
	json_t *row;

	if (ps_context_expect(context, 0))
		return -1;
	if (context->format == PS_TEXT) {
		printf("portsteer %s, ABI %d, libbpf %s\n", PS_VERSION, PS_ABI_VERSION,
		       libbpf_version_string());
		return PS_EXIT_DONE;
	}
	output = ps_output_open(context->format, none);
	row = json_object();
	json_object_set_new(row, "version", json_string(PS_VERSION));
	json_object_set_new(row, "abi_version", json_integer(PS_ABI_VERSION));
	json_object_set_new(row, "libbpf", json_string(libbpf_version_string()));
	ps_output_add(output, row, NULL);
	return ps_output_close(output, &context->error) ? -1 : PS_EXIT_DONE;
}

PS_COMMAND(version) = {
	.kind = PS_NOUN,
	.name = "version",
	.arguments = "",
	.summary = "show the version of this tool",
	.details = "JSON keys: version, abi_version, libbpf.\n",
	.run = run_version,
};
