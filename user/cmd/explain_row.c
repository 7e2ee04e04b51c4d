// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An explanation as text, or as an object. See explain.h; the keys are those of
 * doc/schema/explain.json.
 */
#include <stdio.h>
#include <string.h>
#include "base/hook_name.h"
#include "base/reason.h"
#include "cmd/explain.h"
#include "table/contender.h"

#define MAC_TEXT 18

static const struct ps_column columns[] = {
	{ "number", "", true, 0 },	 { "endpoint", "BINDING", false, 0 },
	{ "words", "ACTION", false, 0 }, { "name", "NAME", false, 8 },
	{ "result", "", false, 0 },	 {},
};

static const char *mac_format(const __u8 mac[6], char text[MAC_TEXT])
{
	snprintf(text, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
		 mac[4], mac[5]);
	return text;
}

/* Counted from 1 among those that are shown; -v shows what is not bound as well. */
static int number_of(const struct ps_contenders *contenders, int wanted, bool is_verbose)
{
	int number = 0;

	for (int i = 0; i <= wanted; i++)
		number += contenders->item[i].is_bound || is_verbose;
	return number;
}

static const char *outcome_of(const struct ps_contenders *contenders, int at)
{
	if (!contenders->item[at].is_bound)
		return "unbound";
	return at == contenders->winner ? "wins" : "loses";
}

static const char *why_of(const struct ps_contenders *contenders, int at, bool is_verbose,
			  char text[PS_WHY_TEXT])
{
	if (!contenders->item[at].is_bound || at == contenders->winner)
		return "";
	return ps_contender_why(&contenders->item[contenders->winner].binding.endpoint,
				&contenders->item[at].binding.endpoint,
				number_of(contenders, contenders->winner, is_verbose), text);
}

static json_t *make_candidate(const struct ps_contenders *contenders, int at, bool is_verbose)
{
	const struct ps_binding *binding = &contenders->item[at].binding;
	char text[PS_ACTION_TEXT], why[PS_WHY_TEXT];
	json_t *row = json_object();

	ps_output_set_text(row, "endpoint", ps_endpoint_format(&binding->endpoint, text));
	ps_output_set_text(row, "words",
			   contenders->item[at].is_bound ? ps_action_format(binding, text) : "");
	ps_output_set_text(row, "name", binding->name);
	ps_output_set_text(row, "outcome", outcome_of(contenders, at));
	ps_output_set_text(row, "why", why_of(contenders, at, is_verbose, why));
	return row;
}

static void print_candidates(const struct ps_context *context,
			     const struct ps_contenders *contenders, struct ps_output *output)
{
	bool is_verbose = context->report.is_verbose;

	for (int i = 0; i < contenders->count; i++) {
		const char *why;
		char text[PS_WHY_TEXT * 2];
		json_t *row;

		if (!contenders->item[i].is_bound && !is_verbose)
			continue;
		row = make_candidate(contenders, i, is_verbose);
		why = json_string_value(json_object_get(row, "why"));
		snprintf(text, sizeof(text), "%s%s%s", outcome_of(contenders, i), *why ? ": " : "",
			 why);
		ps_output_set_text(row, "result", text);
		json_object_set_new(row, "number",
				    json_integer(number_of(contenders, i, is_verbose)));
		ps_output_add(output, row, NULL);
	}
}

static json_t *text_or_null(const char *text)
{
	return *text ? ps_output_text(text, strlen(text)) : json_null();
}

static json_t *binding_or_null(const struct ps_binding *binding, bool is_bound)
{
	char text[PS_ENDPOINT_TEXT];

	return is_bound ? json_string(ps_endpoint_format(&binding->endpoint, text)) : json_null();
}

static json_t *list_candidates(const struct ps_context *context,
			       const struct ps_contenders *contenders)
{
	bool is_verbose = context->report.is_verbose;
	json_t *list = json_array();

	for (int i = 0; i < contenders->count; i++)
		if (contenders->item[i].is_bound || is_verbose)
			json_array_append_new(list, make_candidate(contenders, i, is_verbose));
	return list;
}

static const struct ps_target *target_of(const struct ps_explanation *explanation)
{
	bool is_sent = explanation->explained.opinion.verdict == PS_VERDICT_REDIRECT;

	return is_sent && explanation->has_binding ? &explanation->binding.target : NULL;
}

/* Text of where a redirect goes; "" where there is nothing to say. */
static void format_hop(const struct ps_explanation *explanation, const struct ps_target *target,
		       char mac[MAC_TEXT], char via[PS_ADDRESS_TEXT])
{
	*mac = *via = '\0';
	if (!target || target->has_no_link || target->hop == PS_HOP_PEER)
		return;
	mac_format(explanation->explained.link, mac);
	if (target->hop == PS_HOP_VIA)
		ps_address_format(target->via_family, target->via, via);
}

static json_t *make_socket(const struct ps_explanation *explanation)
{
	const struct ps_registered *socket = &explanation->delivery.socket;
	char text[PS_ENDPOINT_TEXT];
	json_t *row;

	if (!explanation->has_delivery || !socket->info.cookie)
		return json_null();
	row = json_object();
	json_object_set_new(row, "name", ps_output_text(socket->name, PS_NAME_SIZE));
	ps_output_set_text(row, "socket", ps_registered_place(socket, text));
	json_object_set_new(row, "pid", json_integer(socket->info.pid));
	json_object_set_new(row, "command",
			    ps_output_text(socket->info.command, sizeof(socket->info.command)));
	return row;
}

static json_t *make_expected(const struct ps_explained *explained)
{
	const struct ps_opinion *opinion = &explained->expected.opinion;
	json_t *row;

	if (!explained->differs)
		return json_null();
	row = json_object();
	ps_output_set_text(row, "verdict", ps_verdict_name(opinion->verdict));
	ps_output_set_text(row, "reason", ps_reason_name(opinion->reason));
	json_object_set_new(row, "binding",
			    binding_or_null(&explained->expected.binding, opinion->is_bound));
	return row;
}

static void set_packet(json_t *row, const struct ps_frame_plan *plan)
{
	json_t *vlans = json_array();
	char text[PS_ADDRESS_TEXT];

	ps_output_set_text(row, "protocol", ps_proto_name(plan->proto));
	ps_output_set_text(row, "source", ps_address_format(plan->family, plan->source, text));
	json_object_set_new(row, "source_port", json_integer(plan->source_port));
	ps_output_set_text(row, "destination",
			   ps_address_format(plan->family, plan->destination, text));
	json_object_set_new(row, "destination_port", json_integer(plan->destination_port));
	for (int i = 0; i < plan->vlans; i++)
		json_array_append_new(vlans, json_integer(plan->vlan[i]));
	json_object_set_new(row, "vlan", vlans);
}

/* What it ends with: at sockets, if it got there. */
static const struct ps_opinion *last_of(const struct ps_explanation *explanation)
{
	return explanation->has_delivery ? &explanation->delivery.opinion
					 : &explanation->explained.opinion;
}

/* A file has none. */
static json_t *make_generation(const struct ps_explanation *explanation)
{
	if (explanation->file)
		return json_null();
	return json_integer((json_int_t)explanation->instance->state->generation);
}

static json_t *make_row(const struct ps_context *context, const struct ps_explanation *explanation)
{
	const struct ps_target *target = target_of(explanation);
	const struct ps_opinion *last = last_of(explanation);
	char mac[MAC_TEXT], via[PS_ADDRESS_TEXT];
	json_t *row = json_object();

	set_packet(row, &explanation->words.plan);
	json_object_set_new(row, "interface", text_or_null(explanation->arrival.device));
	ps_output_set_text(row, "hook", ps_hook_name(explanation->arrival.hook));
	json_object_set_new(row, "attached", json_boolean(explanation->arrival.is_attached));
	json_object_set_new(row, "generation", make_generation(explanation));
	ps_output_set_text(row, "verdict", ps_verdict_name(last->verdict));
	ps_output_set_text(row, "reason", ps_reason_name(last->reason));
	json_object_set_new(row, "binding",
			    binding_or_null(&explanation->binding, explanation->has_binding));
	ps_output_set_text(row, "name", explanation->binding.name);
	json_object_set_new(row, "candidates", list_candidates(context, &explanation->contenders));
	format_hop(explanation, target, mac, via);
	json_object_set_new(row, "device", text_or_null(target ? target->device : ""));
	json_object_set_new(row, "mac", text_or_null(mac));
	json_object_set_new(row, "via", text_or_null(via));
	json_object_set_new(row, "socket", make_socket(explanation));
	json_object_set_new(row, "expected", make_expected(&explanation->explained));
	return row;
}

/* How TC is attached is not known before. */
static void print_arrival(const struct ps_arrival *arrival)
{
	const char *mode = ps_mode_name(arrival->mode);

	if (*arrival->device) {
		fputs(", at ", stdout);
		ps_output_escaped(stdout, arrival->device);
	}
	if (!arrival->is_attached)
		mode = "not attached";
	else if (arrival->mode == PS_MODE_NONE)
		mode = "";
	printf(" (%s%s%s)", ps_hook_name(arrival->hook), *mode ? ", " : "", mode);
}

static void print_table(const struct ps_explanation *explanation)
{
	if (explanation->file) {
		fputs(", table of ", stdout);
		ps_output_escaped(stdout, explanation->file);
	} else {
		printf(", generation %llu", explanation->instance->state->generation);
	}
	putchar('\n');
}

static void print_head(const struct ps_explanation *explanation)
{
	const struct ps_frame_plan *plan = &explanation->words.plan;
	struct ps_endpoint from =
		ps_endpoint_at(plan->proto, plan->family, plan->source, plan->source_port);
	struct ps_endpoint to = ps_endpoint_at(plan->proto, plan->family, plan->destination,
					       plan->destination_port);
	char text[PS_ENDPOINT_TEXT];

	printf("%s", ps_endpoint_format(&from, text));
	printf(" -> %s", strchr(ps_endpoint_format(&to, text), ' ') + 1);
	for (int i = 0; i < plan->vlans; i++)
		printf(i ? ", %d" : ", VLAN %d", plan->vlan[i]);
	print_arrival(&explanation->arrival);
	print_table(explanation);
}

static void print_redirect(const struct ps_explanation *explanation)
{
	const struct ps_target *target = target_of(explanation);
	char mac[MAC_TEXT], via[PS_ADDRESS_TEXT];

	if (!target)
		return;
	fputs(", out of ", stdout);
	ps_output_escaped(stdout, target->device);
	format_hop(explanation, target, mac, via);
	if (target->hop == PS_HOP_PEER)
		fputs(", into the namespace of its peer", stdout);
	if (*mac)
		printf(" to %s", mac);
	if (*via)
		printf(" (via %s)", via);
}

static void print_socket(const struct ps_explanation *explanation)
{
	const struct ps_registered *socket = &explanation->delivery.socket;
	char text[PS_ENDPOINT_TEXT];

	if (!socket->info.cookie)
		return;
	printf(" %s, %s (", socket->name, ps_registered_place(socket, text));
	ps_output_escaped(stdout, socket->info.command);
	printf(", pid %u)", socket->info.pid);
}

/* Where the answer ends. */
static const char *end_of(const struct ps_explanation *explanation)
{
	enum ps_reason reason = explanation->explained.opinion.reason;

	switch (last_of(explanation)->verdict) {
	case PS_VERDICT_PASS:
		if (explanation->has_delivery && explanation->delivery.socket.info.cookie)
			return "if netfilter and routing deliver it to this host, which is not "
			       "looked into";
		if (reason == PS_REASON_SOCKET && explanation->file)
			return "to which socket is unchecked: those that the file names are looked "
			       "for when it is applied";
		if (reason == PS_REASON_SOCKET)
			return "nothing is attached where sockets are chosen, so the stack goes on "
			       "as if there were no binding";
		return "from here on netfilter, routing and sockets decide, which is not looked "
		       "into";
	case PS_VERDICT_REDIRECT:
		return "what becomes of it behind that interface is not looked into";
	default:
		return NULL;
	}
}

/* Sockets are chosen behind interfaces; the reason is the same. */
static void print_reason(enum ps_reason reason, const char *of_socket)
{
	printf("%s: %s", ps_reason_name(reason),
	       reason == PS_REASON_SOCKET ? of_socket : ps_reason_meaning(reason));
}

static void print_end(const struct ps_explanation *explanation)
{
	const struct ps_explained *explained = &explanation->explained;
	const char *end = end_of(explanation);

	print_reason(explained->opinion.reason, "passed for a socket");
	print_redirect(explanation);
	putchar('\n');
	if (explanation->has_delivery) {
		print_reason(explanation->delivery.opinion.reason, "handed to");
		print_socket(explanation);
		putchar('\n');
	}
	if (end)
		printf("%s\n", end);
}

static void format_opinion(const struct ps_opinion *opinion, const struct ps_binding *binding,
			   bool has_binding, char *text, size_t size)
{
	char endpoint[PS_ENDPOINT_TEXT];

	snprintf(text, size, "%s, reason %s%s%s", ps_verdict_name(opinion->verdict),
		 ps_reason_name(opinion->reason), has_binding ? ", by " : "",
		 has_binding ? ps_endpoint_format(&binding->endpoint, endpoint) : "");
}

static int refuse_difference(struct ps_context *context, const struct ps_explanation *explanation)
{
	const struct ps_explained *explained = &explanation->explained;
	char kernel[256], table[256];

	if (explanation->has_delivery && explanation->delivery.differs)
		return ps_error_set(
			&context->error, PS_EXIT_REFUSED,
			"the program that chooses sockets and the registry differ about "
			"this packet");
	if (!explained->differs)
		return 0;
	format_opinion(&explained->opinion, &explanation->binding, explanation->has_binding, kernel,
		       sizeof(kernel));
	format_opinion(&explained->expected.opinion, &explained->expected.binding,
		       explained->expected.opinion.is_bound, table, sizeof(table));
	return ps_error_set(&context->error, PS_EXIT_REFUSED,
			    "the kernel and the table differ about this packet: the programs say "
			    "%s; the table says %s",
			    kernel, table);
}

int ps_explanation_print(struct ps_context *context, const struct ps_explanation *explanation)
{
	struct ps_output *output;

	if (context->format == PS_TEXT)
		print_head(explanation);
	output = ps_output_open(context->format, columns);
	if (context->format == PS_TEXT)
		print_candidates(context, &explanation->contenders, output);
	else
		ps_output_add(output, make_row(context, explanation), NULL);
	if (ps_output_close(output, &context->error))
		return -1;
	if (context->format == PS_TEXT)
		print_end(explanation);
	return refuse_difference(context, explanation);
}
