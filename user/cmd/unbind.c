// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * unbind, flush, refresh: changes that add nothing.
 */
#include <string.h>
#include "binding/endpoint.h"
#include "cmd/context.h"

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
	int failed;

	if (read_words(context, &endpoints))
		return -1;
	if (endpoints.count)
		failed = ps_apply_unbind(&context->apply, &endpoints);
	else
		failed = ps_apply_unbind_name(&context->apply, context->word[1]);
	return failed ? -1 : PS_EXIT_DONE;
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
	if (ps_context_expect(context, 0) || ps_apply_flush(&context->apply))
		return -1;
	return PS_EXIT_DONE;
}

PS_COMMAND(flush) = {
	.kind = PS_VERB,
	.name = "flush",
	.arguments = "",
	.summary = "remove all bindings",
	.details = "Programs stay attached and pass everything.\n",
	.is_table_only = true,
	.run = run_flush,
};

static int run_refresh(struct ps_context *context)
{
	bool recovers = ps_context_has(context, "recover");

	if (ps_context_expect(context, 0) ||
	    ps_apply_refresh(&context->apply, recovers ? PS_REFRESH_RECOVER : PS_REFRESH))
		return -1;
	return PS_EXIT_DONE;
}

static const struct ps_option refresh_options[] = { { "recover", NULL, 0 }, {} };

PS_COMMAND(refresh) = {
	.kind = PS_VERB,
	.name = "refresh",
	.arguments = "",
	.summary = "look up interfaces and next hops again",
	.details =
		"Publishes the same table with the current interface indexes and link addresses.\n"
		"Every bind and unbind does so as well.\n\n"
		"  --recover     also recount everything, as after a command that was killed\n",
	.options = refresh_options,
	.run = run_refresh,
};
