// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * conflicts: of the whole live table, among itself and with this host.
 */
#include "apply/inspect.h"
#include "cmd/context.h"
#include "cmd/rows.h"
#include "file/file.h"

static const struct ps_column columns[] = {
	{ "severity", "SEVERITY", false, 0 }, { "kind", "KIND", false, 0 },
	{ "endpoint", "ENDPOINT", false, 0 }, { "with", "WITH", false, 12 },
	{ "message", "MESSAGE", false, 24 },  {},
};

/* Of those in a file. */
static const struct ps_column file_columns[] = {
	{ "line", "LINE", true, 0 },
	{ "severity", "SEVERITY", false, 0 },
	{ "kind", "KIND", false, 0 },
	{ "endpoint", "ENDPOINT", false, 0 },
	{ "with", "WITH", false, 12 },
	{ "message", "MESSAGE", false, 24 },
	{},
};

static const char *color_of(const struct ps_context *context, enum ps_severity severity)
{
	static const char *const colors[] = {
		[PS_INFO] = NULL, [PS_WARNING] = "yellow", [PS_ERROR] = "red"
	};

	return context->has_color ? colors[severity] : NULL;
}

static int print(struct ps_context *context, const struct ps_conflicts *conflicts)
{
	struct ps_output *output =
		ps_output_open(context->format, context->count ? file_columns : columns);

	for (size_t i = 0; i < conflicts->count; i++)
		ps_output_add(output, ps_conflict_row(&conflicts->item[i]),
			      color_of(context, conflicts->item[i].severity));
	if (!conflicts->count)
		ps_report_note(&context->report, "note: no conflict was found");
	if (ps_output_close(output, &context->error))
		return -1;
	return ps_conflicts_has(conflicts, PS_ERROR) ? PS_EXIT_CONFLICT : PS_EXIT_DONE;
}

static int inspect_file(struct ps_inspection *inspection, struct ps_context *context)
{
	struct ps_file file;
	int failed = ps_context_parse_file(context, context->word[0], &file) ||
		     ps_inspect_file(inspection, &file);

	ps_file_done(&file);
	return failed;
}

static int run_conflicts(struct ps_context *context)
{
	struct ps_inspection inspection = {
		.apply = &context->apply,
		.is_everywhere = ps_context_has(context, "all-netns"),
	};
	int failed, status = -1;

	if (ps_context_expect(context, 1))
		return -1;
	failed =
		context->count ? inspect_file(&inspection, context) : ps_inspect_table(&inspection);
	if (!failed)
		status = print(context, &inspection.conflicts);
	ps_inspection_done(&inspection);
	return status;
}

static const struct ps_option options[] = {
	{ "all-netns", NULL, 0 },
	{},
};

PS_COMMAND(conflicts) = {
	.kind = PS_NOUN,
	.name = "conflicts",
	.arguments = "[FILE]",
	.summary = "check the table, or a file, against itself and this host",
	.details =
		"With FILE (see portsteer.conf(5); '-' is stdin) what 'apply' would make of\n"
		"the file is checked instead of the table. That needs no root.\n\n"
		"  --all-netns           with sockets of other network namespaces too, named ones\n"
		"                        and those of processes\n\n"
		"  error    duplicate   an endpoint is asked for twice (refused by 'bind')\n"
		"           overlap     ranges of one prefix cross (refused by 'bind')\n"
		"           listener    a local socket gets what a binding drops or diverts\n"
		"           not-owner   another process has a socket at an owner's endpoint\n"
		"           dnat        a NAT rule sends on what a binding takes away\n"
		"  warning  ephemeral   an outgoing connection may use a port of a binding\n"
		"           unguarded   others may have an owner's endpoint past the guard\n"
		"           packet-socket\n"
		"                       a DHCP client or server does not see what is taken away\n"
		"           unreachable no attached program can do what a binding asks\n"
		"           shadowed    more specific bindings cover all of it\n"
		"           unchecked   something could not be checked\n"
		"           foreign     another program runs before ours (info: after it)\n"
		"           stale       what was attached is not in place any more\n"
		"           refused-bind\n"
		"                       a local process tried to bind such a port (guard)\n"
		"  info     override    a more specific binding overrides part of another\n\n"
		"Exit status 3 when there is an error among them.\n\n"
		"JSON keys: kind, severity, endpoint, interface, with, message, fix (a\n"
		"command), netns; listener (sockets, connected, device, user, unit, cgroup,\n"
		"kernel, owners (pid, command, user, unit, cgroup)); attempt (pid, command, user,\n"
		"cgroup, count, refused, first_seen, last_seen); of a FILE also line, column.\n",
	.options = options,
	.run = run_conflicts,
};
