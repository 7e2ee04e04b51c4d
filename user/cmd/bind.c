// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * bind.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "binding/batch.h"
#include "binding/parse.h"
#include "cmd/context.h"

static int read_words(struct ps_context *context, struct ps_bindings *wanted)
{
	if (!context->count)
		return ps_error_at(&context->error, -1, 0,
				   "bind needs an endpoint and an action, or --batch FILE");
	return ps_binding_parse(context->count, context->word, wanted, &context->error);
}

static int read_batch(struct ps_context *context, struct ps_bindings *wanted)
{
	const char *path = ps_context_value(context, "batch");
	bool is_stdin = !strcmp(path, "-");
	FILE *file = is_stdin ? stdin : fopen(path, "re");
	int failed;

	if (context->count)
		return ps_error_at(&context->error, 0, 0,
				   "with --batch, bindings come from the file; '%s' is an "
				   "unexpected argument",
				   context->word[0]);
	if (!file)
		return ps_error_errno(&context->error, errno, "cannot open %s", path);
	ps_context_begin_reading(context, file);
	context->apply.source = is_stdin ? "<stdin>" : path;
	failed = ps_batch_read(file, context->apply.source, wanted, &context->error);
	ps_context_end();
	if (!is_stdin)
		fclose(file);
	return failed;
}

static int run_bind(struct ps_context *context)
{
	bool replaces = ps_context_has(context, "replace");
	struct ps_bindings wanted = {};
	int failed;

	context->apply.is_strict = ps_context_has(context, "strict");
	failed = ps_context_has(context, "batch") ? read_batch(context, &wanted)
						  : read_words(context, &wanted);
	failed = failed || ps_context_read_size(context) ||
		 ps_apply_bind(&context->apply, &wanted, replaces ? PS_REPLACE : PS_REFUSE);
	ps_bindings_done(&wanted);
	return failed ? -1 : PS_EXIT_DONE;
}

static const struct ps_option bind_options[] = {
	{ "replace", NULL, 0 },
	{ "strict", NULL, 0 },
	{ "batch", "FILE", 0 },
	{ "max-bindings", "N", 0 },
	{},
};

PS_COMMAND(bind) = {
	.kind = PS_VERB,
	.name = "bind",
	.arguments = "PROTO ADDRESS:PORT ACTION [name N] [owner OWNER]",
	.summary = "set what happens to an endpoint's packets",
	.details =
		"  PROTO         tcp, udp, sctp, or several: tcp,udp\n"
		"  ADDRESS       192.0.2.1  192.0.2.0/24  [2001:db8::1]  [2001:db8::/32]\n"
		"                any (both families)  any4  any6\n"
		"  PORT          443  8000-8999  any  https (a name of /etc/services)\n"
		"  ACTION        pass            to the stack, counted\n"
		"                count           the same, and account each flow\n"
		"                drop\n"
		"                redirect DEV [via ADDRESS | mac MAC | peer] [on-missing pass]\n"
		"                                out of DEV; unchanged, or with the link address\n"
		"                                of a neighbour, or MAC, or (hook tc) into the\n"
		"                                namespace of DEV's peer; on-missing pass:\n"
		"                                pass, not drop, what cannot be redirected\n"
		"                socket SOCKET [on-missing pass]\n"
		"                                to the socket registered by that name (see\n"
		"                                'socket'), for tcp and udp; needs 'attach netns'\n"
		"  name N        a name for 'unbind name N'\n"
		"  owner OWNER   its owner, the only one that may bind(2) it while the guard is\n"
		"                on: user:NAME, cgroup:/PATH, or, with 'socket', pid: the\n"
		"                processes whose sockets are registered by that name\n"
		"  --batch FILE  bindings, one a line; '-' reads stdin; all or none\n"
		"  --replace     change what is bound already, keeping its counters\n"
		"  --strict      refuse what would take traffic from a local socket or from\n"
		"                this host's outgoing connections, or meet no packet\n"
		"  --max-bindings N\n"
		"                the table may have N bindings (16000000); it grows by itself\n\n"
		"Preferred is the longest prefix, then the exact port, then the narrowest range,\n"
		"then any port.\n",
	.options = bind_options,
	.run = run_bind,
};
