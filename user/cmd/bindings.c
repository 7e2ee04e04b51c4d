// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * bindings.
 */
#include <stdio.h>
#include <string.h>
#include "base/advice.h"
#include "cmd/selection.h"
#include "instance/open.h"
#include "table/listing.h"

enum key {
	ENDPOINT,
	PROTOCOL,
	ADDRESS,
	PORT,
	ACTION,
	WORDS,
	NAME,
	OWNER,
	DEVICE,
	VIA,
	MAC,
	PEER,
	PROBLEM,
	SOCKET,
	ON_MISSING,
	RX_PACKETS,
	RX_BYTES,
	TX_PACKETS,
	TX_BYTES,
	KEYS,
};

static const struct ps_column keys[] = {
	[ENDPOINT] = { "endpoint", "ENDPOINT", false, 0 },
	[PROTOCOL] = { "protocol", NULL, false, 0 },
	[ADDRESS] = { "address", NULL, false, 0 },
	[PORT] = { "port", NULL, false, 0 },
	[ACTION] = { "action", NULL, false, 0 },
	[WORDS] = { "words", "ACTION", false, 10 },
	[NAME] = { "name", "NAME", false, 8 },
	[OWNER] = { "owner", NULL, false, 0 },
	[DEVICE] = { "device", NULL, false, 0 },
	[VIA] = { "via", NULL, false, 0 },
	[MAC] = { "mac", NULL, false, 0 },
	[PEER] = { "peer", NULL, false, 0 },
	[PROBLEM] = { "problem", NULL, false, 0 },
	[SOCKET] = { "socket", NULL, false, 0 },
	[ON_MISSING] = { "on_missing", NULL, false, 0 },
	[RX_PACKETS] = { "rx_packets", "RX PACKETS", true, 0 },
	[RX_BYTES] = { "rx_bytes", "RX BYTES", true, 0 },
	[TX_PACKETS] = { "tx_packets", "TX PACKETS", true, 0 },
	[TX_BYTES] = { "tx_bytes", "TX BYTES", true, 0 },
	[KEYS] = {},
};

_Static_assert(KEYS <= PS_STREAM_FIELDS, "keys have room");

/* The rows, and the texts of the one that is made. */
struct rows {
	const struct ps_instance *instance;
	const struct ps_listing *listing;
	char endpoint[PS_ENDPOINT_TEXT], address[PS_ADDRESS_TEXT], port[PS_ADDRESS_TEXT];
	char words[PS_ACTION_TEXT], via[PS_ADDRESS_TEXT], mac[18], problem[256];
	char device[PS_DEV_SIZE + 1], socket[PS_NAME_SIZE + 1];
};

static const char *format_mac(const struct ps_target *target, char text[18])
{
	const __u8 *mac = target->dst_mac;

	if (target->state != PS_TARGET_OK && target->hop != PS_HOP_MAC)
		return "";
	snprintf(text, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
		 mac[5]);
	return text;
}

/* Where a redirect goes, and what keeps it from getting there. */
static void set_target(struct rows *rows, const struct ps_target *target, struct ps_field *fields)
{
	snprintf(rows->device, sizeof(rows->device), "%.16s", target->device);
	fields[DEVICE] = ps_field_text(rows->device);
	if (target->hop == PS_HOP_VIA)
		fields[VIA] = ps_field_text(
			ps_address_format(target->via_family, target->via, rows->via));
	if (target->hop == PS_HOP_VIA || target->hop == PS_HOP_MAC)
		fields[MAC] = ps_field_text(format_mac(target, rows->mac));
	fields[PEER] = ps_field_boolean(target->hop == PS_HOP_PEER);
	if (ps_target_problem(target, rows->problem, sizeof(rows->problem)))
		fields[PROBLEM] = ps_field_text(rows->problem);
}

static void set_counters(const struct ps_listed *listed, struct ps_field *fields)
{
	fields[RX_PACKETS] = ps_field_number(listed->rx_packets);
	fields[RX_BYTES] = ps_field_number(listed->rx_bytes);
	fields[TX_PACKETS] = ps_field_number(listed->tx_packets);
	fields[TX_BYTES] = ps_field_number(listed->tx_bytes);
}

static void set_action(struct rows *rows, const struct ps_binding *binding, struct ps_field *fields)
{
	bool passes = binding->flags & PS_ON_MISSING_PASS;

	fields[ACTION] = ps_field_text(ps_action_name(binding->action));
	fields[WORDS] = ps_field_text(ps_action_format(binding, rows->words));
	fields[OWNER] = ps_field_text(binding->owner ?: "");
	if (binding->action == PS_REDIRECT)
		set_target(rows, &binding->target, fields);
	if (binding->action == PS_SOCKET) {
		snprintf(rows->socket, sizeof(rows->socket), "%.32s", binding->target.socket);
		fields[SOCKET] = ps_field_text(rows->socket);
	}
	if (ps_action_has_target(binding->action))
		fields[ON_MISSING] = ps_field_text(passes ? "pass" : "drop");
}

static void make_row(void *context, size_t number, struct ps_field *fields)
{
	struct rows *rows = context;
	const struct ps_listed *listed = &rows->listing->item[number];
	const char *name;
	struct ps_binding binding =
		ps_listing_binding(rows->listing, rows->instance, listed, &name);

	fields[ENDPOINT] = ps_field_text(ps_endpoint_format(&binding.endpoint, rows->endpoint));
	fields[PROTOCOL] = ps_field_text(ps_proto_name(binding.endpoint.proto));
	fields[ADDRESS] = ps_field_text(ps_prefix_format(&binding.endpoint, rows->address));
	fields[PORT] = ps_field_text(ps_ports_format(&binding.endpoint, rows->port));
	fields[NAME] = ps_field_text(name);
	set_action(rows, &binding, fields);
	set_counters(listed, fields);
}

/* On stderr, because an empty list says nothing. */
static void say_none(const struct ps_context *context, const struct ps_listing *listing)
{
	if (listing->total)
		ps_report_note(&context->report, "note: no binding matches, of %zu",
			       listing->total);
	else
		ps_report_note(&context->report, "note: there are no bindings; '%s' adds one",
			       ps_advice("bind PROTO ADDRESS:PORT ACTION", NULL));
}

static int print_rows(struct ps_context *context, const struct ps_selection *selection,
		      const struct ps_instance *instance, struct ps_listing *listing)
{
	struct ps_stream stream = ps_selection_stream(context, keys);
	struct rows rows = { .instance = instance, .listing = listing };
	size_t count = listing->count < selection->limit ? listing->count : selection->limit;

	ps_listed_sort(listing->item, listing->count, &listing->kinds,
		       (enum ps_order)selection->order);
	if (!count)
		say_none(context, listing);
	return ps_stream_rows(&stream, make_row, &rows, count, &context->error);
}

static int list(struct ps_context *context, const struct ps_selection *selection)
{
	struct ps_listing listing = { .filter = &selection->filter };
	const struct ps_more more = { ps_listing_read, &listing };
	struct ps_instance instance;
	int opened = ps_apply_read_more(&context->apply, 1 << PS_MAP_TARGETS, more, &instance);
	int failed = -1;

	if (opened >= 0)
		failed = print_rows(context, selection, &instance, &listing);
	if (!opened)
		ps_instance_close(&instance);
	ps_listing_done(&listing);
	return failed ? -1 : PS_EXIT_DONE;
}

/* A part of it, as a file, would take the rest away. */
static int print_yaml(struct ps_context *context)
{
	if (context->count || ps_context_has(context, "sort") || ps_context_has(context, "limit") ||
	    ps_context_has(context, "units"))
		return ps_error_at(&context->error, -1, 0,
				   "--yaml prints the whole table: no filter, --sort, --limit or "
				   "--units goes with it");
	return ps_context_print_yaml(context);
}

static int run_bindings(struct ps_context *context)
{
	struct ps_selection selection;

	if (ps_context_has(context, "yaml"))
		return print_yaml(context);
	if (ps_selection_read(context, PS_FILTER_BINDINGS, ps_order_words, &selection))
		return -1;
	return list(context, &selection);
}

static const struct ps_option bindings_options[] = {
	{ "sort", "endpoint|action|name|rx-packets|rx-bytes|tx-packets|tx-bytes", 0 },
	{ "limit", "NUMBER", 0 },
	{ "units", NULL, 0 },
	{ "yaml", NULL, 0 },
	{},
};

PS_COMMAND(bindings) = {
	.kind = PS_NOUN,
	.name = "bindings",
	.arguments = "[PROTO] [exact] [ADDRESS:PORT] [name N]",
	.summary = "list bindings and what they counted",
	.details =
		"Sorted by protocol, family, address and port. RX is what arrived for the\n"
		"endpoint, whatever became of it; TX is what was sent from it.\n\n"
		"Filters: a protocol, an ADDRESS:PORT or one part of it, a name. A single address\n"
		"or port shows every binding that packets to it may meet; a prefix, a range or\n"
		"'any' what is inside it; 'exact' the binding of exactly this endpoint.\n\n"
		"  --sort KEY    by endpoint (default), action, name, rx-packets, rx-bytes,\n"
		"                tx-packets or tx-bytes; the greatest counter first\n"
		"  --limit N     the first N rows only\n"
		"  --units       large numbers as 1.23K, 45.6M, 789G (powers of 1000)\n"
		"  --yaml        print table, interfaces, sockets and guard as a file, for which\n"
		"                'apply' finds nothing to do\n\n"
		"On a narrow terminal ACTION and NAME are cut; in a pipe nothing is.\n\n"
		"JSON keys: endpoint, protocol, address, port, action, words (the action as\n"
		"'bind' takes it), name, owner, rx_packets, rx_bytes, tx_packets, tx_bytes; for a\n"
		"redirect also device, via, mac, peer, on_missing, problem; for a socket also\n"
		"socket, on_missing.\n",
	.options = bindings_options,
	.is_table_only = true,
	.run = run_bindings,
};
