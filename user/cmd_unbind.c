// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * unbind, flush, refresh: changes that add nothing.
 */
#include <stdio.h>
#include <string.h>
#include "advice.h"
#include "cmd.h"
#include "publish.h"
#include "table.h"

/* With nothing else to do, looking up is all that was asked for. */
static int check_kept(struct ps_context *context, const struct ps_draft *draft)
{
	if (!draft->kept || !ps_plan_is_empty(draft->plan))
		return 0;
	return ps_error_set(&context->error, PS_EXIT_REFUSED,
			    "not every interface and next hop could be looked up; nothing was "
			    "changed");
}

static int publish(struct ps_context *context, struct ps_instance *instance, struct ps_plan *plan)
{
	struct ps_draft draft;
	int failed = ps_draft_make(instance, plan, &draft, &context->error) ||
		     check_kept(context, &draft) || ps_publish(instance, &draft, &context->error);

	ps_draft_done(&draft);
	if (!failed)
		ps_context_say_upgrade(context, instance);
	return failed;
}

static int find_named(struct ps_context *context, const struct ps_instance *instance,
		      struct ps_bindings *found)
{
	struct ps_bindings all = {};

	if (ps_table_read(instance, &all, &context->error))
		return -1;
	for (size_t i = 0; i < all.count; i++)
		if (!strncmp(all.item[i].name, context->word[1], PS_NAME_SIZE))
			*ps_bindings_add(found) = all.item[i];
	ps_bindings_done(&all);
	if (!found->count)
		return ps_error_set(&context->error, PS_EXIT_NOT_FOUND,
				    "no binding has the name '%s'", context->word[1]);
	return 0;
}

static int find_endpoints(struct ps_context *context, const struct ps_instance *instance,
			  const struct ps_endpoints *endpoints, struct ps_bindings *found)
{
	for (int i = 0; i < endpoints->count; i++) {
		struct ps_binding *binding = ps_bindings_add(found);
		char text[PS_ENDPOINT_TEXT];

		if (ps_table_find(instance, &endpoints->item[i], binding))
			continue;
		if (ps_table_check(&context->error))
			return -1;
		return ps_error_set(
			&context->error, PS_EXIT_NOT_FOUND, "%s is not bound; '%s' lists what is",
			ps_endpoint_format(&endpoints->item[i], text), ps_advice("bindings", NULL));
	}
	return 0;
}

/* Fills @endpoints, or leaves it empty when the words are a name. */
static int read_words(struct ps_context *context, struct ps_endpoints *endpoints)
{
	bool is_name = context->count && !strcmp(context->word[0], "name");

	if (context->count < 2)
		return ps_error_at(&context->error, context->count - 1, 0,
				   is_name ? "'name' must be followed by a name"
					   : "unbind needs an endpoint such as 'tcp any:23', or "
					     "'name N'");
	if (ps_context_expect(context, 2))
		return -1;
	return is_name ? 0
		       : ps_endpoints_parse(context->word[0], context->word[1], endpoints,
					    &context->error);
}

static int run_unbind(struct ps_context *context)
{
	struct ps_endpoints endpoints = {};
	struct ps_plan plan = {};
	struct ps_instance instance;
	int failed;

	if (read_words(context, &endpoints) || ps_context_open(context, PS_CHANGE, &instance))
		return -1;
	if (endpoints.count)
		failed = find_endpoints(context, &instance, &endpoints, &plan.removed);
	else
		failed = find_named(context, &instance, &plan.removed);
	failed = failed || publish(context, &instance, &plan);
	ps_plan_done(&plan);
	return ps_context_close(context, &instance, failed) ? -1 : PS_EXIT_DONE;
}

PS_COMMAND(unbind) = {
	.kind = PS_VERB,
	.name = "unbind",
	.arguments = "PROTO ADDRESS:PORT | name N",
	.summary = "remove a binding",
	.details = "Removes exactly this endpoint (of each protocol named), or every binding with\n"
		   "the name N. Its counters go with it.\n",
	.run = run_unbind,
};

static int run_flush(struct ps_context *context)
{
	struct ps_plan plan = {};
	struct ps_instance instance;
	int failed;

	if (ps_context_expect(context, 0))
		return -1;
	if (ps_context_open(context, PS_REMOVE, &instance))
		return context->error.status == PS_EXIT_NOT_FOUND ? PS_EXIT_DONE : -1;
	failed = ps_table_read(&instance, &plan.removed, &context->error);
	if (!failed && plan.removed.count)
		failed = publish(context, &instance, &plan);
	ps_plan_done(&plan);
	return ps_context_close(context, &instance, failed) ? -1 : PS_EXIT_DONE;
}

PS_COMMAND(flush) = {
	.kind = PS_VERB,
	.name = "flush",
	.arguments = "",
	.summary = "remove all bindings",
	.details = "Programs stay attached, and pass everything.\n",
	.is_table_only = true,
	.run = run_flush,
};

static void show_problems(const struct ps_context *context, const struct ps_instance *instance)
{
	const struct ps_target *targets = ps_instance_targets(instance, ps_instance_half(instance));
	char text[256];

	for (int i = 1; i < PS_TARGETS_MAX; i++) {
		const char *problem = ps_target_problem(&targets[i], text, sizeof(text));

		if (problem)
			ps_context_note(context, "warning: %s", problem);
	}
}

static int run_refresh(struct ps_context *context)
{
	struct ps_plan plan = {};
	struct ps_instance instance;
	int failed;

	if (ps_context_expect(context, 0) ||
	    ps_context_open_on_trial(context, PS_CHANGE, &instance))
		return -1;
	if (ps_context_has(context, "recover"))
		failed = ps_settle_anew(&instance, &context->error);
	else
		failed = ps_settle(&instance, &context->error);
	failed = failed || publish(context, &instance, &plan);
	if (!failed)
		show_problems(context, &instance);
	return ps_context_close(context, &instance, failed) ? -1 : PS_EXIT_DONE;
}

static const struct ps_option refresh_options[] = { { "recover", NULL, 0 }, {} };

PS_COMMAND(refresh) = {
	.kind = PS_VERB,
	.name = "refresh",
	.arguments = "",
	.summary = "look interfaces and next hops up again",
	.details =
		"Publishes the same table with the interface indexes and link addresses of today.\n"
		"Every bind and unbind does so as well.\n\n"
		"  --recover     also count everything anew, as after a command that was killed\n",
	.options = refresh_options,
	.run = run_refresh,
};
