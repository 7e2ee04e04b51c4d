// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * flows: what bindings of the action `count` saw.
 */
#include "base/memory.h"
#include "cmd/context.h"
#include "table/flows.h"
#include "table/read.h"

static const struct ps_column columns[] = {
	{ "endpoint", "BINDING", false },     { "source", "SOURCE", false },
	{ "source_port", "PORT", true },      { "destination", "DESTINATION", false },
	{ "destination_port", "PORT", true }, { "packets", "PACKETS", true },
	{ "bytes", "BYTES", true },	      { "first_seen", "FIRST SEEN", false },
	{ "last_seen", "LAST SEEN", false },  { NULL, NULL, false },
};

static json_t *make_row(const struct ps_binding *binding, const struct ps_flow_key *key,
			const struct ps_flow *flow)
{
	char text[PS_ENDPOINT_TEXT];
	json_t *row = json_object();

	json_object_set_new(row, "endpoint",
			    json_string(ps_endpoint_format(&binding->endpoint, text)));
	json_object_set_new(row, "protocol", json_string(ps_proto_name(key->proto)));
	json_object_set_new(row, "source",
			    json_string(ps_address_format(key->family, key->saddr, text)));
	json_object_set_new(row, "source_port", json_integer(key->sport));
	json_object_set_new(row, "destination",
			    json_string(ps_address_format(key->family, key->daddr, text)));
	json_object_set_new(row, "destination_port", json_integer(key->dport));
	json_object_set_new(row, "packets", json_integer((json_int_t)flow->packets));
	json_object_set_new(row, "bytes", json_integer((json_int_t)flow->bytes));
	json_object_set_new(row, "first_seen", json_string(ps_output_time(flow->first_ns, text)));
	json_object_set_new(row, "last_seen", json_string(ps_output_time(flow->last_ns, text)));
	return row;
}

/* For each slot the binding that has it, or NULL. */
static const struct ps_binding **index_slots(const struct ps_instance *instance,
					     const struct ps_bindings *bindings)
{
	const struct ps_binding **slots = ps_memory_new(instance->meta->capacity, sizeof(*slots));

	for (size_t i = 0; i < bindings->count; i++)
		slots[bindings->item[i].slot] = &bindings->item[i];
	return slots;
}

/* Whoever adds flows up is told when some are not there any more. */
static void say_fill(const struct ps_context *context, const struct ps_instance *instance,
		     const struct ps_flows_fill *fill)
{
	if (fill->evicted || context->report.is_verbose)
		ps_report_note(&context->report,
			       "note: %llu flows are kept, with room for %u; %llu were evicted",
			       (unsigned long long)fill->present, instance->meta->flow_room,
			       (unsigned long long)fill->evicted);
}

static int list_flows(struct ps_context *context, const struct ps_instance *instance,
		      struct ps_output *output)
{
	PS_FREED const struct ps_binding **slots = NULL;
	struct ps_bindings bindings = {};
	struct ps_flows flows = {};
	int failed = ps_table_read(instance, &bindings, &context->error) ||
		     ps_flows_read(instance, &flows, &context->error);

	if (!failed)
		slots = index_slots(instance, &bindings);
	for (size_t i = 0; !failed && i < flows.count; i++) {
		const struct ps_seen_flow *seen = &flows.item[i];
		const struct ps_binding *binding = slots[seen->key.slot];

		if (binding)
			ps_output_add(output, make_row(binding, &seen->key, &seen->flow), NULL);
	}
	if (!failed)
		say_fill(context, instance, &flows.fill);
	ps_flows_done(&flows);
	ps_bindings_done(&bindings);
	return failed ? -1 : 0;
}

static int run_flows(struct ps_context *context)
{
	return ps_context_list(context, 1 << PS_MAP_BINDINGS | 1 << PS_MAP_TARGETS | PS_FLOWS_READS,
			       columns, list_flows);
}

PS_COMMAND(flows) = {
	.kind = PS_NOUN,
	.name = "flows",
	.arguments = "",
	.summary = "list the flows that 'count' bindings saw",
	.details =
		"One line for each 5-tuple; without room the least recently used are evicted, and\n"
		"a note says how many were. A TCP flow is listed from its SYN on.\n\n"
		"JSON keys: endpoint, protocol, source, source_port, destination,\n"
		"destination_port, packets, bytes, first_seen, last_seen.\n",
	.is_table_only = true,
	.run = run_flows,
};
