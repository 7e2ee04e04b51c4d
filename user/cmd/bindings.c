// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * bindings.
 */
#include <stdio.h>
#include "cmd/context.h"
#include "pins/counts.h"
#include "table/read.h"

static const struct ps_column columns[] = {
	{ "endpoint", "ENDPOINT", false }, { "words", "ACTION", false },
	{ "name", "NAME", false },	   { "rx_packets", "RX PACKETS", true },
	{ "rx_bytes", "RX BYTES", true },  { "tx_packets", "TX PACKETS", true },
	{ "tx_bytes", "TX BYTES", true },  { NULL, NULL, false },
};

/* Where a redirect goes, and what keeps it from getting there. */
static void set_target(json_t *row, const struct ps_binding *binding)
{
	const struct ps_target *target = &binding->target;
	char text[256];

	json_object_set_new(row, "device", ps_output_text(target->device, PS_DEV_SIZE));
	if (target->hop == PS_HOP_VIA)
		ps_output_set_text(row, "via",
				   ps_address_format(target->via_family, target->via, text));
	if (target->hop == PS_HOP_VIA || target->hop == PS_HOP_MAC) {
		const __u8 *mac = target->dst_mac;

		snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
			 mac[2], mac[3], mac[4], mac[5]);
		ps_output_set_text(row, "mac",
				   target->state == PS_TARGET_OK || target->hop == PS_HOP_MAC ? text
											      : "");
	}
	json_object_set_new(row, "peer", json_boolean(target->hop == PS_HOP_PEER));
	if (ps_target_problem(target, text, sizeof(text)))
		ps_output_set_text(row, "problem", text);
}

static json_t *make_row(const struct ps_instance *instance, const struct ps_binding *binding)
{
	struct ps_counter counter = ps_table_counter(instance, binding->slot);
	bool passes = binding->flags & PS_ON_MISSING_PASS;
	char text[PS_ACTION_TEXT];
	json_t *row = json_object();

	ps_output_set_text(row, "endpoint", ps_endpoint_format(&binding->endpoint, text));
	ps_output_set_text(row, "protocol", ps_proto_name(binding->endpoint.proto));
	ps_output_set_text(row, "address", ps_prefix_format(&binding->endpoint, text));
	ps_output_set_text(row, "port", ps_ports_format(&binding->endpoint, text));
	ps_output_set_text(row, "action", ps_action_name(binding->action));
	ps_output_set_text(row, "words", ps_action_format(binding, text));
	json_object_set_new(row, "name", ps_output_text(binding->name, PS_NAME_SIZE));
	ps_output_set_text(row, "owner", binding->owner);
	if (binding->action == PS_REDIRECT)
		set_target(row, binding);
	if (binding->action == PS_SOCKET)
		ps_output_set_text(row, "socket", binding->target.socket);
	if (ps_action_has_target(binding->action))
		ps_output_set_text(row, "on_missing", passes ? "pass" : "drop");
	json_object_set_new(row, "rx_packets", json_integer((json_int_t)counter.rx_packets));
	json_object_set_new(row, "rx_bytes", json_integer((json_int_t)counter.rx_bytes));
	json_object_set_new(row, "tx_packets", json_integer((json_int_t)counter.tx_packets));
	json_object_set_new(row, "tx_bytes", json_integer((json_int_t)counter.tx_bytes));
	return row;
}

static int list_bindings(struct ps_context *context, const struct ps_instance *instance,
			 struct ps_output *output)
{
	struct ps_bindings bindings = {};
	int failed = ps_table_read(instance, &bindings, &context->error);

	for (size_t i = 0; !failed && i < bindings.count; i++)
		ps_output_add(output, make_row(instance, &bindings.item[i]), NULL);
	ps_bindings_done(&bindings);
	return failed;
}

static int run_bindings(struct ps_context *context)
{
	if (ps_context_has(context, "yaml"))
		return ps_context_print_yaml(context);
	return ps_context_list(context,
			       1 << PS_MAP_BINDINGS | 1 << PS_MAP_TARGETS | PS_COUNTS_READS,
			       columns, list_bindings);
}

static const struct ps_option bindings_options[] = { { "yaml", NULL, 0 }, {} };

PS_COMMAND(bindings) = {
	.kind = PS_NOUN,
	.name = "bindings",
	.arguments = "",
	.summary = "list bindings and what they counted",
	.details =
		"Sorted by protocol, family, address and port. RX is what arrived for the\n"
		"endpoint, whatever became of it; TX is what was sent from it.\n\n"
		"  --yaml        print table, interfaces, sockets and guard as a file, for which\n"
		"                'apply' finds nothing to do\n\n"
		"JSON keys: endpoint, protocol, address, port, action, words (the action as\n"
		"'bind' takes it), name, owner, rx_packets, rx_bytes, tx_packets, tx_bytes; for a\n"
		"redirect also device, via, mac, peer, on_missing, problem; for a socket also\n"
		"socket, on_missing.\n",
	.options = bindings_options,
	.is_table_only = true,
	.run = run_bindings,
};
