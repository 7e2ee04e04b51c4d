// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * reserve, unreserve: ports that outgoing connections must not get.
 */
#include <stdio.h>
#include <string.h>
#include "advice.h"
#include "cmd.h"
#include "conflict.h"
#include "memory.h"
#include "open.h"
#include "reserved.h"
#include "table.h"

#define SYSCTL "net.ipv4.ip_local_reserved_ports"
#define LIST_SIZE (65536 * sizeof("65535,"))

static const struct ps_column columns[] = { { NULL, NULL, false } };

/* What a table needs, and what there is. */
struct need {
	struct ps_facts facts; /* of which only addresses and ports are read */
	struct ps_portset claimed; /* by the table, within ip_local_port_range */
	struct ps_portset own; /* reserved for the instance before */
	struct ps_portset others; /* reserved by anybody else */
	struct ps_portset wanted; /* all to be reserved */
	struct ps_endpoint left_out; /* the first of the bindings that no port is reserved for */
	size_t left_out_count;
};

static void note_left_out(struct need *need, const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++)
		if (ps_facts_cannot_reserve(&need->facts, &bindings->item[i]) &&
		    !need->left_out_count++)
			need->left_out = bindings->item[i].endpoint;
}

static int list_claimed(struct ps_context *context, const struct ps_instance *instance,
			struct need *need)
{
	struct ps_plan nothing = {};
	struct ps_draft draft;
	const struct ps_view view = { &draft.image, ps_draft_find, &draft };
	struct ps_bindings bindings = {};
	int failed = ps_draft_make(instance, &nothing, &draft, &context->error) ||
		     ps_table_read(instance, &bindings, &context->error);

	if (!failed) {
		ps_view_list_claimed(&view, &need->facts, &bindings, &need->claimed);
		note_left_out(need, &bindings);
		failed = ps_table_check(&context->error);
	}
	ps_bindings_done(&bindings);
	ps_draft_done(&draft);
	return failed ? -1 : 0;
}

/* Whoever may pick a port needs one that is left. */
static int check_rest(struct ps_context *context, const struct need *need)
{
	struct ps_portset rest = need->facts.ephemeral.ports;

	ps_portset_remove_all(&rest, &need->wanted);
	if (!ps_portset_is_empty(&rest) || ps_portset_is_empty(&need->claimed))
		return 0;
	return ps_error_set(&context->error, PS_EXIT_CONFLICT,
			    "the table claims every port of ip_local_port_range (%u-%u) that is "
			    "not reserved yet, and outgoing connections need some; bind fewer",
			    need->facts.ephemeral.first, need->facts.ephemeral.last);
}

/* NULL @instance: there is none. Release with need_free(). */
static int read_need(struct ps_context *context, const struct ps_instance *instance,
		     struct need *need)
{
	struct ps_ephemeral *ephemeral = &need->facts.ephemeral;

	if (ps_addresses_read(&need->facts.addresses, &context->error) ||
	    ps_ephemeral_read(ephemeral, &context->error) ||
	    (instance && ps_reserved_read(instance, &need->own, &context->error)))
		return -1;
	ps_portset_add(&ephemeral->ports, ephemeral->first, ephemeral->last);
	if (instance && list_claimed(context, instance, need))
		return -1;
	need->others = ephemeral->reserved;
	ps_portset_remove_all(&need->others, &need->own);
	need->wanted = need->others;
	ps_portset_add_all(&need->wanted, &need->claimed);
	return check_rest(context, need);
}

static void need_free(struct need *const *need)
{
	ps_addresses_done(&(*need)->facts.addresses);
	free(*need);
}

#define NEED_FREED __attribute__((cleanup(need_free)))

static const char *format(const struct ps_portset *ports, char list[LIST_SIZE])
{
	ps_portset_format(ports, list, LIST_SIZE);
	return list;
}

static void set_list(json_t *row, const char *key, const struct ps_portset *ports, char *list)
{
	json_object_set_new(row, key, json_string(format(ports, list)));
}

static int print_row(struct ps_context *context, const struct need *need, char *list)
{
	struct ps_output *output = ps_output_open(context->format, columns);
	json_t *row = json_object();

	json_object_set_new(row, "sysctl", json_string(SYSCTL));
	set_list(row, "value", &need->wanted, list);
	set_list(row, "present", &need->facts.ephemeral.reserved, list);
	set_list(row, "claimed", &need->claimed, list);
	set_list(row, "own", &need->own, list);
	ps_output_add(output, row, NULL);
	return ps_output_close(output, &context->error) ? -1 : PS_EXIT_DONE;
}

static void say_difference(const struct ps_context *context, const struct need *need, char *list)
{
	struct ps_portset missing = need->wanted, surplus = need->own;

	ps_portset_remove_all(&missing, &need->facts.ephemeral.reserved);
	ps_portset_remove_all(&surplus, &need->claimed);
	if (!ps_portset_is_empty(&missing))
		ps_context_note(context, "not reserved yet: %.1500s; '%s' does",
				format(&missing, list), ps_advice("reserve set", NULL));
	if (!ps_portset_is_empty(&surplus))
		ps_context_note(context,
				"reserved before, and not needed any more: %.1500s; '%s' takes "
				"them back",
				format(&surplus, list), ps_advice("reserve set", NULL));
}

static void say_left_out(const struct ps_context *context, const struct need *need)
{
	char text[PS_ENDPOINT_TEXT], more[64] = "";

	if (!need->left_out_count)
		return;
	if (need->left_out_count > 1)
		snprintf(more, sizeof(more), " and %zu more", need->left_out_count - 1);
	ps_context_note(context,
			"note: nothing is reserved for %s%s: that is every port of "
			"ip_local_port_range; connections lose nothing to it, a bind(2) to port 0 "
			"may get one of its ports",
			ps_endpoint_format(&need->left_out, text), more);
}

/* A line of sysctl.d(5), or JSON. */
static int print(struct ps_context *context, const struct need *need)
{
	PS_FREED char *list = ps_memory_new(1, LIST_SIZE);

	if (context->format != PS_TEXT)
		return print_row(context, need, list);
	printf(SYSCTL " = %s\n", format(&need->wanted, list));
	say_difference(context, need, list);
	say_left_out(context, need);
	return PS_EXIT_DONE;
}

static int show(struct ps_context *context)
{
	NEED_FREED struct need *need = ps_memory_new(1, sizeof(*need));
	struct ps_instance instance;
	int opened = ps_context_read(context, PS_DRAFT_READS, &instance), failed = opened < 0;

	failed = failed || read_need(context, opened ? NULL : &instance, need);
	if (!opened)
		ps_instance_close(&instance);
	return failed ? -1 : print(context, need);
}

static int set(struct ps_context *context)
{
	NEED_FREED struct need *need = ps_memory_new(1, sizeof(*need));
	struct ps_instance instance;
	int failed;

	if (ps_context_open(context, PS_CHANGE, &instance))
		return context->error.status == PS_EXIT_NOT_FOUND ? show(context) : -1;
	failed = read_need(context, &instance, need) ||
		 ps_reserved_set(&instance, &need->claimed, &need->facts.ephemeral.reserved,
				 &context->error) ||
		 ps_reserved_read(&instance, &need->own, &context->error);
	if (ps_context_close(context, &instance, failed))
		return -1;
	need->wanted = need->facts.ephemeral.reserved;
	return print(context, need);
}

static int run_reserve(struct ps_context *context)
{
	static const char *const words[] = { "set", NULL };

	if (ps_context_expect(context, 1))
		return -1;
	if (!context->count)
		return show(context);
	if (strcmp(context->word[0], "set"))
		return ps_error_unknown(&context->error, 0, context->word[0], "word", words);
	return set(context);
}

PS_COMMAND(reserve) = {
	.kind = PS_VERB,
	.name = "reserve",
	.arguments = "[set]",
	.summary = "keep ports that the table claims from outgoing connections",
	.details =
		"Prints a line of sysctl.d(5): what ip_local_reserved_ports must be, so that\n"
		"neither an outgoing connection nor bind(2) to port 0 gets a port whose packets\n"
		"a binding drops, redirects or hands to a socket. With 'set' it is made so: what\n"
		"others reserved stays, and what 'set' reserved before and the table does not\n"
		"need any more is taken back.\n\n"
		"JSON keys: sysctl, value (what it must be), present, claimed (by the table),\n"
		"own (reserved by 'set').\n",
	.run = run_reserve,
};

static int run_unreserve(struct ps_context *context)
{
	const struct ps_portset nothing = {};
	struct ps_portset now;
	struct ps_instance instance;
	int failed;

	if (ps_context_expect(context, 0))
		return -1;
	if (ps_context_open(context, PS_CHANGE, &instance))
		return context->error.status == PS_EXIT_NOT_FOUND ? PS_EXIT_DONE : -1;
	failed = ps_reserved_set(&instance, &nothing, &now, &context->error);
	return ps_context_close(context, &instance, failed) ? -1 : PS_EXIT_DONE;
}

PS_COMMAND(unreserve) = {
	.kind = PS_VERB,
	.name = "unreserve",
	.arguments = "",
	.summary = "take back what 'reserve set' reserved",
	.details = "What others reserved, before or since, stays.\n",
	.run = run_unreserve,
};
