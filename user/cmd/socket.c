// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * socket.
 */
#include <limits.h>
#include <string.h>
#include "binding/endpoint.h"
#include "binding/parse.h"
#include "cmd/context.h"
#include "socket/candidate.h"

/* What was asked for in words, read before anything is touched. */
struct asked {
	char name[PS_NAME_SIZE];
	long pid, fd; /* -1: not said */
	bool has_place;
	struct ps_endpoint place; /* where it listens */
};

static int read_place(struct ps_context *context, struct asked *asked)
{
	const char *proto = ps_context_value(context, "listening");
	struct ps_endpoints endpoints;

	asked->has_place = proto;
	if (!proto)
		return ps_context_expect(context, 2);
	if (context->count != 3)
		return ps_error_at(&context->error, -1, 0,
				   "--listening needs an address, such as '--listening tcp "
				   "127.0.0.1:8080'");
	if (ps_endpoints_parse(proto, context->word[2], &endpoints, &context->error)) {
		context->error.word = context->error.word == 1 ? 2 : -1;
		return -1;
	}
	asked->place = endpoints.item[0];
	if (ps_endpoints_are_place(&endpoints))
		return 0;
	return ps_error_at(&context->error, 2, 0,
			   "a socket listens at one port of one address, or of 'any'");
}

/* Exactly one way to find the sockets. */
static int check_ways(struct ps_context *context, const struct asked *asked)
{
	int ways = (asked->fd >= 0) + asked->has_place + ps_context_has(context, "systemd") +
		   ps_context_has(context, "unix");

	if (ways != 1)
		return ps_error_at(&context->error, -1, 0,
				   "say which socket: --fd N, --listening PROTO ADDRESS:PORT, "
				   "--systemd or --unix PATH, one of them");
	if (asked->pid >= 0 && asked->fd < 0 && !asked->has_place)
		return ps_error_at(&context->error, -1, 0, "--pid goes with --fd or --listening");
	return 0;
}

static int read_asked(struct ps_context *context, struct asked *asked)
{
	*asked = (struct asked){ .pid = -1, .fd = -1 };
	if (ps_context_number(context, "pid", 1, INT_MAX, &asked->pid) ||
	    ps_context_number(context, "fd", 0, INT_MAX, &asked->fd))
		return -1;
	if (ps_socket_name_parse(context->word[1], asked->name, &context->error)) {
		context->error.word = 1;
		return -1;
	}
	return read_place(context, asked) || check_ways(context, asked) ? -1 : 0;
}

static int find(struct ps_context *context, const struct asked *asked,
		struct ps_candidates *candidates)
{
	pid_t pid = asked->pid < 0 ? 0 : (pid_t)asked->pid;

	if (asked->has_place)
		return ps_candidates_find(candidates, pid, &asked->place, &context->error);
	if (ps_context_has(context, "systemd"))
		return ps_candidates_take_passed(candidates, &context->error);
	if (ps_context_has(context, "unix"))
		return ps_candidates_receive(candidates, ps_context_value(context, "unix"),
					     context->apply.wait_seconds, &context->error);
	return ps_candidates_take(candidates, pid, (int)asked->fd, &context->error);
}

static int add_all(struct ps_context *context, const struct asked *asked,
		   const struct ps_candidates *candidates)
{
	const struct ps_registering registering = {
		.name = asked->name,
		.candidate = candidates->item,
		.count = candidates->count,
		.how = ps_context_has(context, "replace") ? PS_REGISTER_INSTEAD
							  : PS_REGISTER_BESIDE,
	};

	return ps_apply_register(&context->apply, &registering);
}

static int run_add(struct ps_context *context)
{
	struct ps_candidates candidates = {};
	struct asked asked;
	int failed;

	if (read_asked(context, &asked))
		return -1;
	failed = find(context, &asked, &candidates) || add_all(context, &asked, &candidates);
	ps_candidates_done(&candidates);
	return failed ? -1 : PS_EXIT_DONE;
}

static bool has_option_of_add(const struct ps_context *context)
{
	static const char *const names[] = {
		"pid", "fd", "listening", "systemd", "unix", "replace"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (ps_context_has(context, names[i]))
			return true;
	return false;
}

static int run_remove(struct ps_context *context)
{
	if (has_option_of_add(context))
		return ps_error_at(
			&context->error, -1, 0,
			"'socket remove' takes no options: it forgets all sockets with the name");
	if (ps_context_expect(context, 2) || ps_apply_unregister(&context->apply, context->word[1]))
		return -1;
	return PS_EXIT_DONE;
}

static int run_socket(struct ps_context *context)
{
	static const char *const valid[] = { "add", "remove", NULL };

	if (context->count < 2)
		return ps_error_at(&context->error, -1, 0,
				   "socket needs 'add' or 'remove', and a name");
	if (!strcmp(context->word[0], "add"))
		return run_add(context);
	if (!strcmp(context->word[0], "remove"))
		return run_remove(context);
	return ps_error_unknown(&context->error, 0, context->word[0], "word", valid);
}

static const struct ps_option options[] = {
	{ "pid", "PID", 0 },
	{ "fd", "N", 0 },
	{ "listening", "tcp|udp", 0 },
	{ "systemd", NULL, 0 },
	{ "unix", "FILE", 0 },
	{ "replace", NULL, 0 },
	{},
};

PS_COMMAND(socket) = {
	.kind = PS_VERB,
	.name = "socket",
	.arguments = "add SOCKET [ADDRESS:PORT] | remove SOCKET",
	.summary = "register sockets of processes for bindings with 'socket'",
	.details =
		"TCP sockets must listen, UDP sockets be bound and not connected. Several\n"
		"with one name share the traffic, and each flow stays with its socket. A closed\n"
		"socket is forgotten when the next is registered.\n\n"
		"  --fd N        descriptor N of this process, or, with --pid PID, of another\n"
		"  --listening tcp|udp ADDRESS:PORT\n"
		"                all sockets that listen there; with --pid, of process PID\n"
		"  --systemd     what systemd passes (LISTEN_FDS) to the unit that runs this\n"
		"  --unix FILE   what the program that listens at this UNIX socket sends\n"
		"                (SCM_RIGHTS, with the first byte)\n"
		"  --replace     in place of all others with that name, which stay open\n"
		"                but get nothing new\n",
	.options = options,
	.run = run_socket,
};
