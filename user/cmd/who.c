// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * who: what has an endpoint, and gets packets for it.
 */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include "apply/who.h"
#include "cmd/context.h"
#include "cmd/rows.h"

static const struct ps_column columns[] = {
	{ "gets", "GETS", false, 0 },	      { "what", "WHAT", false, 0 },
	{ "endpoint", "ENDPOINT", false, 0 }, { "who", "WHO", false, 0 },
	{ "note", "NOTE", false, 0 },	      {},
};

/* With other namespaces. */
static const struct ps_column all_columns[] = {
	{ "netns", "NETNS", false, 0 },
	{ "gets", "GETS", false, 0 },
	{ "what", "WHAT", false, 0 },
	{ "endpoint", "ENDPOINT", false, 0 },
	{ "who", "WHO", false, 0 },
	{ "note", "NOTE", false, 0 },
	{},
};

static const char *color_of(const struct ps_context *context, const struct ps_who_row *row)
{
	if (!context->has_color)
		return NULL;
	if (row->what == PS_WHO_UNCHECKED)
		return "yellow";
	return row->gets == PS_GETS_ALL || row->gets == PS_GETS_SOME ? "green" : NULL;
}

static json_t *make_row(const struct ps_who_row *row, const struct ps_who_question *question)
{
	char endpoint[PS_ENDPOINT_TEXT], who[PS_WHO_TEXT];
	json_t *object = json_object();

	ps_output_set_text(object, "netns", row->facts->netns);
	ps_output_set_text(object, "gets", ps_who_gets_name(row->gets));
	ps_output_set_text(object, "what", ps_who_what_name(row));
	ps_output_set_text(object, "endpoint", ps_who_place(row, question, endpoint));
	ps_output_set_text(object, "who", ps_who_format(row, who));
	ps_output_set_text(object, "note", row->note);
	if (row->listener)
		json_object_set_new(object, "listener", ps_listener_row(row->facts, row->listener));
	return object;
}

static void name_service(struct ps_who_question *question)
{
	struct servent *service = getservbyport(htons(question->endpoint.port_first),
						ps_proto_name(question->endpoint.proto));

	if (service)
		snprintf(question->service, sizeof(question->service), "%s", service->s_name);
}

static void add_question(const struct ps_context *context, struct ps_who *who,
			 const struct ps_endpoint *endpoint)
{
	struct ps_who_question *question = &who->asked[who->count++].question;

	question->endpoint = *endpoint;
	question->has_connected = context->report.is_verbose;
	name_service(question);
}

static void print(struct ps_context *context, const struct ps_who_asked *asked,
		  struct ps_output *output)
{
	for (size_t i = 0; i < asked->rows.count; i++)
		ps_output_add(output, make_row(&asked->rows.item[i], &asked->question),
			      color_of(context, &asked->rows.item[i]));
}

static bool is_one_port(const struct ps_endpoint *endpoint)
{
	return endpoint->port_first == endpoint->port_last &&
	       (ps_endpoint_is_any_address(endpoint) || ps_endpoint_is_one_address(endpoint));
}

/* "443" is "any:443"; a port alone is of TCP and UDP. */
static int read_question(struct ps_context *context, struct ps_endpoints *ret)
{
	const char *protocols = context->count > 1 ? context->word[0] : "tcp,udp";
	const char *place = context->word[context->count - 1];
	char at[256];

	snprintf(at, sizeof(at), strchr(place, ':') ? "%s" : "any:%s", place);
	if (ps_endpoints_parse(protocols, at, ret, &context->error))
		return -1;
	if (!is_one_port(&ret->item[0]))
		return ps_error_at(&context->error, context->count - 1, 0,
				   "'%s' is not one port at one address, or at any", place);
	return 0;
}

static int answer(struct ps_context *context, const struct ps_endpoints *endpoints)
{
	struct ps_who who = {
		.apply = &context->apply,
		.is_everywhere = ps_context_has(context, "all-netns"),
	};
	struct ps_output *output =
		ps_output_open(context->format, who.is_everywhere ? all_columns : columns);

	for (int i = 0; i < endpoints->count; i++)
		add_question(context, &who, &endpoints->item[i]);
	ps_who_ask(&who);
	for (int i = 0; i < who.count; i++)
		print(context, &who.asked[i], output);
	ps_who_done(&who);
	return ps_output_close(output, &context->error) ? -1 : PS_EXIT_DONE;
}

/* A protocol without a port is taken for a service by nobody who types it. */
static bool has_port(const struct ps_context *context)
{
	struct ps_endpoints endpoints;
	struct ps_error ignored;

	return context->count > 1 ||
	       (context->count &&
		ps_endpoints_parse(context->word[0], "any:any", &endpoints, &ignored));
}

static int run_who(struct ps_context *context)
{
	struct ps_endpoints asked;

	if (!has_port(context))
		return ps_error_at(&context->error, -1, 0,
				   "who needs a port or an endpoint, such as tcp 443");
	if (ps_context_expect(context, 2) || read_question(context, &asked))
		return -1;
	return answer(context, &asked);
}

static const struct ps_option options[] = {
	{ "all-netns", NULL, 0 },
	{},
};

PS_COMMAND(who) = {
	.kind = PS_NOUN,
	.name = "who",
	.arguments = "PROTO ADDRESS:PORT | PROTO PORT | PORT",
	.summary = "say who gets a port's packets, and what else has to do with it",
	.details =
		"First what gets a packet that arrives for it in this network namespace now,\n"
		"then sockets in the order in which the kernel prefers them, then the rest.\n"
		"Needs neither an instance nor root: what cannot be seen then is listed. With\n"
		"-v also connected sockets.\n\n"
		"  --all-netns           with sockets of other network namespaces too, by name\n\n"
		"  GETS     all, some (of the addresses or interfaces), perhaps, passes (sees\n"
		"           them and passes them on), none; empty: does not apply\n"
		"  WHAT     binding       of this instance\n"
		"           dnat          a rule of nftables or iptables sends them elsewhere\n"
		"           listener      a socket that listens, or of UDP is bound\n"
		"           refused       no socket: the kernel refuses them\n"
		"           route         the address is not of this host\n"
		"           bound         a socket of TCP that does not listen\n"
		"           connected     a socket with a peer (-v)\n"
		"           packet-socket reads what no hook takes away before\n"
		"           guard         who may bind(2) it\n"
		"           reserved, ephemeral\n"
		"                         the kernel does not pick it for connections, or may\n"
		"           range         what kind of port it is, by RFC 6335\n"
		"           unchecked     something could not be looked at\n\n"
		"JSON keys: netns, gets, what, endpoint, who, note; listener, as 'conflicts' has\n"
		"it: sockets, connected, device, user, unit, cgroup, kernel, owners (pid,\n"
		"command, user, unit, cgroup).\n",
	.options = options,
	.run = run_who,
};
