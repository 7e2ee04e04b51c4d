// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * flows: what bindings of the action `count` saw.
 */
#include "base/advice.h"
#include "cmd/selection.h"
#include "instance/open.h"
#include "table/flows.h"
#include "table/listing.h"

enum key {
	ENDPOINT,
	PROTOCOL,
	SOURCE,
	SOURCE_PORT,
	DESTINATION,
	DESTINATION_PORT,
	PACKETS,
	BYTES,
	FIRST_SEEN,
	LAST_SEEN,
	KEYS,
};

static const struct ps_column keys[] = {
	[ENDPOINT] = { "endpoint", "BINDING", false, 12 },
	[PROTOCOL] = { "protocol", NULL, false, 0 },
	[SOURCE] = { "source", "SOURCE", false, 0 },
	[SOURCE_PORT] = { "source_port", "PORT", true, 0 },
	[DESTINATION] = { "destination", "DESTINATION", false, 0 },
	[DESTINATION_PORT] = { "destination_port", "PORT", true, 0 },
	[PACKETS] = { "packets", "PACKETS", true, 0 },
	[BYTES] = { "bytes", "BYTES", true, 0 },
	[FIRST_SEEN] = { "first_seen", "FIRST SEEN", false, PS_MAY_GO },
	[LAST_SEEN] = { "last_seen", "LAST SEEN", false, PS_MAY_GO },
	[KEYS] = {},
};

/* The rows, and the texts of the one that is made. */
struct rows {
	const struct ps_listing *bindings; /* by slot */
	struct ps_flows flows;
	char endpoint[PS_ENDPOINT_TEXT], source[PS_ADDRESS_TEXT], destination[PS_ADDRESS_TEXT];
	char first[32], last[32];
};

static void make_row(void *context, size_t number, struct ps_field *fields)
{
	struct rows *rows = context;
	const struct ps_seen_flow *seen = &rows->flows.item[number];
	const struct ps_flow_key *key = &seen->key;
	struct ps_endpoint endpoint = ps_listed_endpoint(&rows->bindings->item[key->slot]);

	fields[ENDPOINT] = ps_field_text(ps_endpoint_format(&endpoint, rows->endpoint));
	fields[PROTOCOL] = ps_field_text(ps_proto_name(key->proto));
	fields[SOURCE] = ps_field_text(ps_address_format(key->family, key->saddr, rows->source));
	fields[SOURCE_PORT] = ps_field_port(key->sport);
	fields[DESTINATION] =
		ps_field_text(ps_address_format(key->family, key->daddr, rows->destination));
	fields[DESTINATION_PORT] = ps_field_port(key->dport);
	fields[PACKETS] = ps_field_number(seen->flow.packets);
	fields[BYTES] = ps_field_number(seen->flow.bytes);
	fields[FIRST_SEEN] = ps_field_text(ps_output_time(seen->flow.first_ns, rows->first));
	fields[LAST_SEEN] = ps_field_text(ps_output_time(seen->flow.last_ns, rows->last));
}

/* A binding may have come or gone since they were read. */
static bool is_meant(const struct ps_listing *bindings, const struct ps_filter *filter,
		     const struct ps_seen_flow *seen)
{
	const struct ps_listed *binding = &bindings->item[seen->key.slot];
	struct ps_endpoint endpoint;

	if (seen->key.slot >= bindings->count || binding->proto == PS_NO_PROTO)
		return false;
	endpoint = ps_listed_endpoint(binding);
	return ps_filter_has_flow(filter, &seen->key, &endpoint,
				  ps_kinds_name(&bindings->kinds, ps_listed_kind(binding)));
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

/* Leaves those that are meant. */
static void choose(struct rows *rows, const struct ps_filter *filter)
{
	struct ps_flows *flows = &rows->flows;
	size_t kept = 0;

	for (size_t i = 0; i < flows->count; i++)
		if (is_meant(rows->bindings, filter, &flows->item[i]))
			flows->item[kept++] = flows->item[i];
	flows->count = kept;
}

/* On stderr, because an empty list says nothing. */
static void say_none(const struct ps_context *context, const struct ps_listing *bindings,
		     size_t seen)
{
	const struct ps_report *report = &context->report;

	if (seen)
		ps_report_note(report, "note: no flow matches, of %zu", seen);
	else if (bindings->counting)
		ps_report_note(report,
			       "note: no flow was seen yet; a TCP flow is, from its SYN on");
	else
		ps_report_note(report, "note: no binding counts flows; '%s' adds one",
			       ps_advice("bind PROTO ADDRESS:PORT count", NULL));
}

static int print_rows(struct ps_context *context, const struct ps_selection *selection,
		      struct rows *rows)
{
	struct ps_stream stream = ps_selection_stream(context, keys);
	struct ps_flows *flows = &rows->flows;
	size_t seen = flows->count;

	choose(rows, &selection->filter);
	ps_seen_flows_sort(flows->item, flows->count, rows->bindings->item,
			   (enum ps_flow_order)selection->order);
	if (!flows->count)
		say_none(context, rows->bindings, seen);
	if (flows->count > selection->limit)
		flows->count = selection->limit;
	return ps_stream_rows(&stream, make_row, rows, flows->count, &context->error);
}

static int list(struct ps_context *context, const struct ps_selection *selection)
{
	struct ps_listing bindings = { .is_by_slot = true };
	const struct ps_more more = { ps_listing_read, &bindings };
	struct rows rows = { .bindings = &bindings };
	struct ps_instance instance;
	int opened = ps_apply_read_more(&context->apply, PS_FLOWS_READS, more, &instance);
	int failed = opened < 0;

	if (!opened) {
		failed = ps_flows_read(&instance, &rows.flows, &context->error);
		if (!failed)
			say_fill(context, &instance, &rows.flows.fill);
		ps_instance_close(&instance);
	}
	failed = failed || print_rows(context, selection, &rows);
	ps_flows_done(&rows.flows);
	ps_listing_done(&bindings);
	return failed ? -1 : PS_EXIT_DONE;
}

static int run_flows(struct ps_context *context)
{
	struct ps_selection selection;

	if (ps_selection_read(context, PS_FILTER_FLOWS, ps_flow_order_words, &selection))
		return -1;
	return list(context, &selection);
}

static const struct ps_option flows_options[] = {
	{ "sort", "source|destination|endpoint|packets|bytes|first-seen|last-seen", 0 },
	{ "limit", "NUMBER", 0 },
	{ "units", NULL, 0 },
	{},
};

PS_COMMAND(flows) = {
	.kind = PS_NOUN,
	.name = "flows",
	.arguments = "[PROTO] [exact] [ADDRESS:PORT] [from ADDRESS:PORT] [name N]",
	.summary = "list the flows that 'count' bindings saw",
	.details =
		"One line for each 5-tuple; without room the least recently used are evicted, and\n"
		"a note says how many were. A TCP flow is listed from its SYN on.\n\n"
		"Filters are those of 'bindings': ADDRESS:PORT is the destination, 'from' the\n"
		"source, 'exact' and 'name' select the binding that saw the flow.\n\n"
		"  --sort KEY    by source (default), destination, endpoint (of the binding),\n"
		"                packets, bytes, first-seen or last-seen; the greatest number and\n"
		"                the latest time first\n"
		"  --limit N     the first N rows only\n"
		"  --units       large numbers as 1.23K, 45.6M, 789G (powers of 1000)\n\n"
		"Times are UTC. On a narrow terminal FIRST SEEN, then LAST SEEN are left out, and\n"
		"then BINDING is cut; a pipe gets all.\n\n"
		"JSON keys: endpoint, protocol, source, source_port, destination,\n"
		"destination_port, packets, bytes, first_seen, last_seen.\n",
	.options = flows_options,
	.is_table_only = true,
	.run = run_flows,
};
