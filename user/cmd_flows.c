// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * flows: what bindings of the action `count` saw.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <bpf/bpf.h>
#include "cmd.h"
#include "memory.h"
#include "table.h"

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
	const struct ps_binding **slots =
		ps_memory_new(instance->meta->max_bindings, sizeof(*slots));

	for (size_t i = 0; i < bindings->count; i++)
		slots[bindings->item[i].slot] = &bindings->item[i];
	return slots;
}

struct seen_flow {
	struct ps_flow_key key;
	struct ps_flow flow;
};

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct ps_flow_key));
}

/* Adds the flow of @key, unless it was evicted. */
static struct ps_answer add_flow(int fd, const struct ps_flow_key *key, struct seen_flow *ret)
{
	ret->key = *key;
	return ps_map_ask(fd, key, &ret->flow);
}

/* Reads all flows, sorted. The caller frees them. */
static int read_flows(const struct ps_instance *instance, struct seen_flow **ret, size_t *ret_count,
		      struct ps_error *error)
{
	int fd = instance->map_fd[PS_MAP_FLOWS];
	struct ps_flow_key key, *from = NULL;
	PS_FREED struct seen_flow *flows = NULL;
	struct ps_answer seen = ps_answer_yes();
	size_t count = 0, room = 0;

	/* A flow may be evicted under the walk, which then starts again: bounded. */
	for (int steps = 0; steps < 2 * PS_FLOWS_MAX && !ps_is_unknown(seen); steps++) {
		seen = ps_answer_of(bpf_map_get_next_key(fd, from, &key) ? errno : 0);
		if (!ps_is_yes(seen))
			break;
		flows = ps_memory_grow(flows, count, &room, sizeof(*flows));
		seen = add_flow(fd, &key, &flows[count]);
		count += ps_is_yes(seen);
		from = &key;
	}
	if (ps_is_unknown(seen))
		return ps_error_errno(error, seen.err, "cannot read the flows");
	if (count)
		qsort(flows, count, sizeof(*flows), compare);
	*ret_count = count;
	*ret = flows;
	flows = NULL; /* now the caller's */
	return 0;
}

static int list_flows(struct ps_context *context, const struct ps_instance *instance,
		      struct ps_output *output)
{
	PS_FREED const struct ps_binding **slots = NULL;
	PS_FREED struct seen_flow *flows = NULL;
	struct ps_bindings bindings = {};
	size_t count = 0;

	if (ps_table_read(instance, &bindings, &context->error))
		return -1;
	slots = index_slots(instance, &bindings);
	if (read_flows(instance, &flows, &count, &context->error)) {
		ps_bindings_done(&bindings);
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		const struct ps_binding *binding = slots[flows[i].key.slot];

		if (i && !compare(&flows[i - 1], &flows[i]))
			continue;
		if (binding)
			ps_output_add(output, make_row(binding, &flows[i].key, &flows[i].flow),
				      NULL);
	}
	ps_bindings_done(&bindings);
	return 0;
}

static int run_flows(struct ps_context *context)
{
	return ps_context_list(context, 1 << PS_MAP_BINDINGS | 1 << PS_MAP_TARGETS, columns,
			       list_flows);
}

PS_COMMAND(flows) = {
	.kind = PS_NOUN,
	.name = "flows",
	.arguments = "",
	.summary = "list the flows that 'count' bindings saw",
	.details =
		"One line for each 5-tuple; the least recently used give way to new ones. A TCP\n"
		"flow is listed from its SYN on.\n\n"
		"JSON keys: endpoint, protocol, source, source_port, destination,\n"
		"destination_port, packets, bytes, first_seen, last_seen.\n",
	.is_table_only = true,
	.run = run_flows,
};
