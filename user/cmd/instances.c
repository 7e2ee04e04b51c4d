// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The part of 'status' about other instances than the one that is meant.
 */
#include <stdio.h>
#include <string.h>
#include "base/advice.h"
#include "cmd/context.h"
#include "cmd/rows.h"
#include "instance/instances.h"

static const struct ps_column columns[] = {
	{ "instance", "INSTANCE", false, 0 },
	{ "bindings", "BINDINGS", true, 0 },
	{ "attached", "ATTACHED", true, 0 },
	{ "namespace", "NAMESPACE", false, 0 },
	{},
};

void ps_context_set_instance(json_t *row, const struct ps_instance_item *item)
{
	json_object_set_new(row, "instance", ps_output_text(item->name, sizeof(item->name)));
	json_object_set_new(row, "path", ps_output_text(item->path, sizeof(item->path)));
	json_object_set_new(row, "namespace", json_string(ps_fate_name(item->fate)));
	json_object_set_new(row, "netns", ps_output_text(item->netns, sizeof(item->netns)));
	json_object_set_new(row, "abi_version", json_integer(item->meta.abi_version));
	json_object_set_new(row, "made_by", ps_output_text(item->meta.tool_version, 32));
	json_object_set_new(row, "generation", json_integer((json_int_t)item->state.generation));
	json_object_set_new(row, "pending", json_boolean(item->state.pending));
	json_object_set_new(row, "bindings", json_integer(item->state.bindings));
	json_object_set_new(row, "max_bindings", json_integer(item->meta.max_bindings));
	json_object_set_new(row, "capacity", json_integer(item->meta.capacity));
	json_object_set_new(row, "attached", json_integer(item->attached));
}

/* For the table: where it is, or what takes the instance away. */
static void say_fate(const struct ps_instance_item *item, json_t *row)
{
	static const char *const words[] = {
		[PS_NETNS_GONE] = "gone",
		[PS_NETNS_REPLACED] = "gone, and another has its name",
	};
	char text[3 * PS_NETNS_TEXT];

	if (item->fate == PS_NETNS_PRESENT)
		snprintf(text, sizeof(text), "present: %s", item->netns);
	else if (item->fate == PS_NETNS_UNKNOWN)
		snprintf(text, sizeof(text), "not known: not all could be looked at");
	else
		snprintf(text, sizeof(text), "%s; %s", words[item->fate],
			 ps_advice_remove(item->name));
	ps_output_set_text(row, "namespace", text);
}

static bool is_other(const struct ps_context *context, const struct ps_instance_item *item)
{
	return strcmp(item->name, context->apply.instance) != 0;
}

void ps_context_add_others(const struct ps_context *context, const struct ps_instances *instances,
			   struct ps_output *output)
{
	for (size_t i = 0; i < instances->count; i++) {
		const struct ps_instance_item *item = &instances->item[i];
		json_t *row;

		if (!is_other(context, item))
			continue;
		row = json_object();
		ps_context_set_instance(row, item);
		if (context->format == PS_TEXT)
			say_fate(item, row);
		ps_output_add(output, row, NULL);
	}
}

int ps_context_print_others(struct ps_context *context, const struct ps_instances *instances,
			    const char *head)
{
	struct ps_output *output;
	bool is_any = false;

	for (size_t i = 0; i < instances->count; i++)
		is_any |= is_other(context, &instances->item[i]);
	if (!is_any)
		return 0;
	if (context->format == PS_TEXT)
		fputs(head, stdout);
	output = ps_output_open(context->format, columns);
	ps_context_add_others(context, instances, output);
	return ps_output_close(output, &context->error);
}
