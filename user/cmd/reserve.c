// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * reserve, unreserve: ports that outgoing connections must not get.
 */
#include <stdio.h>
#include <string.h>
#include "apply/claim.h"
#include "base/advice.h"
#include "base/memory.h"
#include "cmd/context.h"

#define SYSCTL "net.ipv4.ip_local_reserved_ports"
#define LIST_SIZE (65536 * sizeof("65535,"))

static const struct ps_column columns[] = { {} };

static const char *format(const struct ps_portset *ports, char list[LIST_SIZE])
{
	ps_portset_format(ports, list, LIST_SIZE);
	return list;
}

static void set_list(json_t *row, const char *key, const struct ps_portset *ports, char *list)
{
	json_object_set_new(row, key, json_string(format(ports, list)));
}

static int print_row(struct ps_context *context, const struct ps_claim *claim, char *list)
{
	struct ps_output *output = ps_output_open(context->format, columns);
	json_t *row = json_object();

	json_object_set_new(row, "sysctl", json_string(SYSCTL));
	set_list(row, "value", &claim->wanted, list);
	set_list(row, "present", &claim->facts.ephemeral.reserved, list);
	set_list(row, "claimed", &claim->claimed, list);
	set_list(row, "own", &claim->own, list);
	ps_output_add(output, row, NULL);
	return ps_output_close(output, &context->error) ? -1 : PS_EXIT_DONE;
}

static void say_difference(const struct ps_context *context, const struct ps_claim *claim,
			   char *list)
{
	struct ps_portset missing = claim->wanted, surplus = claim->own;

	ps_portset_remove_all(&missing, &claim->facts.ephemeral.reserved);
	ps_portset_remove_all(&surplus, &claim->claimed);
	if (!ps_portset_is_empty(&missing))
		ps_report_note(&context->report, "not reserved: %.1500s; '%s' reserves them",
			       format(&missing, list), ps_advice("reserve set", NULL));
	if (!ps_portset_is_empty(&surplus))
		ps_report_note(&context->report,
			       "reserved, but no longer needed: %.1500s; '%s' takes "
			       "them back",
			       format(&surplus, list), ps_advice("reserve set", NULL));
}

static void say_left_out(const struct ps_context *context, const struct ps_claim *claim)
{
	char text[PS_ENDPOINT_TEXT], more[64] = "";

	if (!claim->left_out_count)
		return;
	if (claim->left_out_count > 1)
		snprintf(more, sizeof(more), " and %zu more", claim->left_out_count - 1);
	ps_report_note(&context->report,
		       "note: nothing is reserved for %s%s: that is every port of "
		       "ip_local_port_range; connections lose nothing to it, a bind(2) to port 0 "
		       "may get one of its ports",
		       ps_endpoint_format(&claim->left_out, text), more);
}

/* A line of sysctl.d(5), or JSON. */
static int print(struct ps_context *context, const struct ps_claim *claim)
{
	PS_FREED char *list = ps_memory_new(1, LIST_SIZE);

	if (context->format != PS_TEXT)
		return print_row(context, claim, list);
	printf(SYSCTL " = %s\n", format(&claim->wanted, list));
	say_difference(context, claim, list);
	say_left_out(context, claim);
	return PS_EXIT_DONE;
}

static int run_reserve(struct ps_context *context)
{
	PS_CLAIM_FREED struct ps_claim *claim = ps_memory_new(1, sizeof(*claim));
	static const char *const words[] = { "set", NULL };

	if (ps_context_expect(context, 1))
		return -1;
	if (context->count && strcmp(context->word[0], "set"))
		return ps_error_unknown(&context->error, 0, context->word[0], "word", words);
	if (context->count ? ps_apply_reserve(&context->apply, claim)
			   : ps_claim_read(&context->apply, claim))
		return -1;
	context->is_in_force = context->count;
	return print(context, claim);
}

PS_COMMAND(reserve) = {
	.kind = PS_VERB,
	.name = "reserve",
	.arguments = "[set]",
	.summary = "reserve ports of bindings against outgoing connections",
	.details =
		"Prints a line for sysctl.d(5): the ip_local_reserved_ports with which neither an\n"
		"outgoing connection nor bind(2) to port 0 gets a port whose packets a binding\n"
		"drops, redirects or hands to a socket. 'set' applies it: ports that others\n"
		"reserved stay, and ports that 'set' reserved before and the table no longer\n"
		"needs are released.\n\n"
		"JSON keys: sysctl, value (what it must be), present, claimed (by the table),\n"
		"own (reserved by 'set').\n",
	.run = run_reserve,
};

static int run_unreserve(struct ps_context *context)
{
	if (ps_context_expect(context, 0) || ps_apply_unreserve(&context->apply))
		return -1;
	return PS_EXIT_DONE;
}

PS_COMMAND(unreserve) = {
	.kind = PS_VERB,
	.name = "unreserve",
	.arguments = "",
	.summary = "release what 'reserve set' reserved",
	.details = "What others reserved, before or since, stays.\n",
	.run = run_unreserve,
};
