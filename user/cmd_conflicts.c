// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * conflicts: of the whole live table, among itself and with this host.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "advice.h"
#include "ask.h"
#include "cmd.h"
#include "cmd_rows.h"
#include "draft.h"
#include "facts.h"
#include "memory.h"
#include "netns_list.h"
#include "registry.h"
#include "table.h"

static const struct ps_column columns[] = {
	{ "severity", "SEVERITY", false }, { "kind", "KIND", false },
	{ "endpoint", "ENDPOINT", false }, { "with", "WITH", false },
	{ "message", "MESSAGE", false },   { NULL, NULL, false },
};

/* Of those in a file. */
static const struct ps_column file_columns[] = {
	{ "line", "LINE", true },  { "severity", "SEVERITY", false },
	{ "kind", "KIND", false }, { "endpoint", "ENDPOINT", false },
	{ "with", "WITH", false }, { "message", "MESSAGE", false },
	{ NULL, NULL, false },
};

/* What is checked, and with which hosts; conflicts point to their facts. */
struct check {
	struct ps_context *context;
	const struct ps_instance *instance;
	struct ps_bindings *bindings; /* sorted */
	struct ps_conflicts conflicts;
	struct ps_attempts attempts; /* that the guard saw */
	struct ps_facts **host;
	size_t host_count;
	size_t host_room;
};

static struct ps_facts *add_host(struct check *check)
{
	check->host = ps_memory_grow(check->host, check->host_count, &check->host_room,
				     sizeof(*check->host));
	return check->host[check->host_count++] = ps_memory_new(1, sizeof(**check->host));
}

static void check_done(struct check *check)
{
	ps_conflicts_done(&check->conflicts);
	for (size_t i = 0; i < check->host_count; i++) {
		ps_facts_done(check->host[i]);
		free(check->host[i]);
	}
	free(check->host);
	ps_attempts_done(&check->attempts);
}

/* Listeners of one host are in order. */
static int compare_parties(const struct ps_conflict *a, const struct ps_conflict *b)
{
	int order = strcmp(a->facts ? a->facts->netns : "", b->facts ? b->facts->netns : "");

	if (!order && a->facts == b->facts && a->listener && b->listener)
		return (a->listener > b->listener) - (a->listener < b->listener);
	return order ?: strcmp(a->text, b->text);
}

/* Worst first, then by endpoint. */
static int compare(const void *a, const void *b)
{
	const struct ps_conflict *first = a, *second = b;
	int order = (int)second->severity - (int)first->severity;

	order = order ?: (int)first->kind - (int)second->kind;
	order = order ?: ps_endpoint_compare(&first->endpoint, &second->endpoint);
	order = order ?: (int)first->position - (int)second->position;
	return order ?: compare_parties(first, second);
}

/* Packets use what was published; @now is what the same words mean today. */
static bool is_outdated(const struct ps_target *published, const struct ps_target *now)
{
	return now->state == PS_TARGET_OK &&
	       (published->state != PS_TARGET_OK || published->ifindex != now->ifindex ||
		memcmp(published->dst_mac, now->dst_mac, sizeof(now->dst_mac)) ||
		memcmp(published->src_mac, now->src_mac, sizeof(now->src_mac)));
}

/* Gives redirects the targets of @draft, which were looked up just now. */
static void find_outdated(struct ps_conflicts *conflicts, const struct ps_draft *draft,
			  struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++) {
		struct ps_binding *binding = &bindings->item[i];
		const struct ps_target *now = &draft->targets[binding->target_index];
		struct ps_conflict *conflict;

		if (binding->action != PS_REDIRECT)
			continue;
		if (is_outdated(&binding->target, now)) {
			conflict = ps_conflicts_add(conflicts, PS_UNREACHABLE, PS_WARNING, binding);
			ps_conflict_say(conflict,
					"the next hop or '%.15s' changed since it was looked up; "
					"%s",
					now->device, ps_advice("refresh", NULL));
		}
		binding->target = *now;
	}
}

/* Stays in the last namespace: from then on there is only output. */
static void check_elsewhere(struct check *check, const struct ps_view *view,
			    const struct ps_netns_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct ps_netns *netns = &list->item[i];
		struct ps_facts *facts = add_host(check);
		struct ps_error error;

		if (ps_netns_enter_path(netns->path, netns->name, &error))
			ps_facts_miss_elsewhere(netns->name, &error, facts);
		else
			ps_facts_read_elsewhere(netns->name, facts);
		ps_facts_check(facts, view, check->bindings, &check->conflicts);
	}
}

/* Without rights nobody expects them to be looked for. */
static void add_orphans(const struct check *check, struct ps_facts *here)
{
	struct ps_answer answer;

	if (check->instance->is_blank)
		return;
	answer = ps_attachments_add_orphans(check->instance, &here->attachments);
	if (ps_is_unknown(answer) && answer.err != EPERM)
		ps_unchecked_add(&here->unchecked, PS_NO_PROTO,
				 "programs that are attached and not on record could not be looked "
				 "for: %s",
				 strerror(answer.err));
}

static void check_hosts(struct check *check, const struct ps_view *view)
{
	struct ps_facts *here = add_host(check);
	struct ps_netns_list list = {};

	ps_facts_read(check->instance, here);
	add_orphans(check, here);
	if (ps_context_has(check->context, "all-netns"))
		ps_netns_list_read(&list);
	if (list.unseen)
		ps_unchecked_add(&here->unchecked, PS_NO_PROTO,
				 "the network namespaces of %zu processes were not looked at "
				 "(needs CAP_SYS_PTRACE)",
				 list.unseen);
	ps_facts_check(here, view, check->bindings, &check->conflicts);
	ps_conflicts_find_foreign(&check->conflicts, here);
	ps_conflicts_find_stale(&check->conflicts, here);
	ps_conflicts_find_closed(&check->conflicts, here);
	check_elsewhere(check, view, &list);
	ps_netns_list_done(&list);
}

/* Checks the table as it is when @plan is carried out. */
static int check_all(struct check *check, struct ps_plan *plan)
{
	struct ps_draft draft;
	const struct ps_view view = { &draft.image, ps_draft_find, &draft };
	int failed = ps_draft_make(check->instance, plan, &draft, &check->context->error);

	if (!failed) {
		ps_conflicts_find_shadowed(&check->conflicts, check->bindings);
		find_outdated(&check->conflicts, &draft, check->bindings);
		check_hosts(check, &view);
		failed = ps_table_check(&check->context->error);
	}
	ps_draft_done(&draft);
	return failed;
}

static int check_table(struct check *check)
{
	struct ps_bindings bindings = {};
	struct ps_plan nothing = {};
	int failed = ps_table_read(check->instance, &bindings, &check->context->error);

	check->bindings = &bindings;
	failed = failed || check_all(check, &nothing) ||
		 ps_attempts_read(check->instance, NULL, &check->attempts, &check->context->error);
	ps_conflicts_find_attempts(&check->conflicts, &check->attempts, &bindings);
	ps_bindings_done(&bindings);
	return failed;
}

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

	if (conflicts->count)
		qsort(conflicts->item, conflicts->count, sizeof(*conflicts->item), compare);
	for (size_t i = 0; i < conflicts->count; i++)
		ps_output_add(output, ps_conflict_row(&conflicts->item[i]),
			      color_of(context, conflicts->item[i].severity));
	if (ps_output_close(output, &context->error))
		return -1;
	return ps_conflicts_has(conflicts, PS_ERROR) ? PS_EXIT_CONFLICT : PS_EXIT_DONE;
}

static int run_live(struct ps_context *context)
{
	struct ps_instance instance;
	struct check check = { .context = context, .instance = &instance };
	int opened = ps_context_read(context, PS_DRAFT_READS, &instance), status = -1;

	if (opened > 0 || (!opened && !check_table(&check)))
		status = print(context, &check.conflicts);
	if (!opened)
		ps_instance_close(&instance);
	check_done(&check);
	return status;
}

/* 0 when it is not there. */
static void look_up(const struct ps_context *context, const char *device, __u32 *ret_index)
{
	struct ps_answer known = ps_ask_index(device, ret_index);

	if (ps_is_unknown(known))
		ps_context_note(context, "warning: '%s' was not checked: %s", device,
				strerror(known.err));
}

/* What would be attached: as the file says, or else what is. */
static void take_hooks(struct ps_context *context, const struct ps_file *file,
		       struct ps_instance *blank)
{
	struct ps_instance live;

	for (size_t i = 0; i < file->interfaces.count; i++) {
		const struct ps_interface *interface = &file->interfaces.item[i];
		struct ps_hook_info *info = &blank->hooks[i];

		info->hook = interface->hook;
		info->mode = interface->mode;
		look_up(context, interface->device, &info->ifindex);
		memcpy(info->device, interface->device, sizeof(info->device));
	}
	if (file->has_interfaces)
		return;
	if (!ps_context_read(context, 1 << PS_MAP_HOOKS, &live)) {
		memcpy(blank->hooks, live.hooks, PS_HOOKS_MAX * sizeof(*live.hooks));
		ps_instance_close(&live);
		return;
	}
	blank->hooks[0].hook = PS_HOOK_XDP;
	blank->hooks[1].hook = PS_HOOK_TC_INGRESS;
	ps_context_note(context,
			"note: nothing is known to be attached; whether a hook can do what "
			"a binding asks was not checked");
}

/* Bindings may mean the names that the file registers. */
static void take_sockets(const struct ps_file *file, struct ps_instance *blank)
{
	for (size_t i = 0; i < file->sockets.count; i++)
		ps_registry_pretend(blank, file->sockets.item[i].name,
				    &file->sockets.item[i].endpoint);
}

/* Of duplicates the first stays. */
static void drop_duplicates(struct ps_bindings *sorted)
{
	size_t kept = 0;

	for (size_t i = 0; i < sorted->count; i++)
		if (!kept || !ps_endpoint_is_equal(&sorted->item[kept - 1].endpoint,
						   &sorted->item[i].endpoint))
			sorted->item[kept++] = sorted->item[i];
	sorted->count = kept;
}

/* Drafts a table of the file's bindings, and checks that. */
static int check_file(struct check *check, struct ps_file *file)
{
	struct ps_plan plan = {};

	ps_file_find_duplicates(file, &check->conflicts);
	ps_bindings_sort(&file->bindings);
	drop_duplicates(&file->bindings);
	plan.added = file->bindings; /* stay the file's */
	check->bindings = &plan.added;
	return check_all(check, &plan);
}

static int run_file(struct ps_context *context)
{
	struct ps_instance blank;
	struct check check = { .context = context, .instance = &blank };
	struct ps_file file;
	int status = -1;

	if (!ps_context_parse_file(context, context->word[0], &file)) {
		ps_instance_blank(context->instance, file.max_bindings ?: PS_BINDINGS_MAX, &blank);
		take_hooks(context, &file, &blank);
		take_sockets(&file, &blank);
		if (!check_file(&check, &file))
			status = print(context, &check.conflicts);
		ps_instance_close(&blank);
	}
	check_done(&check);
	ps_file_done(&file);
	return status;
}

static int run_conflicts(struct ps_context *context)
{
	if (ps_context_expect(context, 1))
		return -1;
	return context->count ? run_file(context) : run_live(context);
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
		"With FILE (see portsteer.conf(5); '-' is stdin) the table is not looked at: what\n"
		"'apply' would make of the file is checked. That needs no root.\n\n"
		"  --all-netns           with sockets of other network namespaces too, named ones\n"
		"                        and those of processes\n\n"
		"  error    duplicate   an endpoint is asked for twice (refused by 'bind')\n"
		"           overlap     ranges of one prefix cross (refused by 'bind')\n"
		"           listener    a local socket waits for what a binding takes away\n"
		"  warning  ephemeral   an outgoing connection may get a port that is taken away\n"
		"           unreachable no attached program can do what a binding asks\n"
		"           shadowed    more specific bindings leave it nothing\n"
		"           unchecked   something could not be looked at\n"
		"           foreign     a program of others comes before ours (info: behind it)\n"
		"           stale       what was attached is not in place any more\n"
		"           refused-bind\n"
		"                       a local process tried to bind what is taken away (guard)\n"
		"  info     override    a more specific binding takes part of another\n\n"
		"Exit status 3 when there is an error among them.\n\n"
		"JSON keys: kind, severity, endpoint, interface, with, message, mend (a\n"
		"command), netns; listener (sockets, connected, device, user, unit, cgroup,\n"
		"owners (pid, command, user, unit, cgroup)); attempt (pid, command, user,\n"
		"cgroup, count, refused, first_seen, last_seen); of a FILE also line, column.\n",
	.options = options,
	.run = run_conflicts,
};
