// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * conflicts: of the whole live table, among itself and with this host.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cmd.h"
#include "draft.h"
#include "facts.h"
#include "table.h"

static const struct ps_column columns[] = {
	{ "severity", "SEVERITY", false }, { "kind", "KIND", false },
	{ "endpoint", "ENDPOINT", false }, { "with", "WITH", false },
	{ "message", "MESSAGE", false },   { NULL, NULL, false },
};

static json_t *make_row(const struct ps_conflict *conflict)
{
	char text[PS_ENDPOINT_TEXT];
	json_t *row = json_object();

	json_object_set_new(row, "kind", json_string(ps_conflict_kind_name(conflict->kind)));
	json_object_set_new(row, "severity", json_string(ps_severity_name(conflict->severity)));
	json_object_set_new(row, "endpoint",
			    json_string(ps_endpoint_format(&conflict->endpoint, text)));
	json_object_set_new(row, "with", ps_output_text(conflict->with, sizeof(conflict->with)));
	json_object_set_new(row, "message", ps_output_text(conflict->text, strlen(conflict->text)));
	return row;
}

/* Worst first, then by endpoint. */
static int compare(const void *a, const void *b)
{
	const struct ps_conflict *first = a, *second = b;
	int order = (int)second->severity - (int)first->severity;

	order = order ?: (int)first->kind - (int)second->kind;
	return order ?: ps_endpoint_compare(&first->endpoint, &second->endpoint);
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
					"portsteer refresh",
					now->device);
		}
		binding->target = *now;
	}
}

static int find_all(struct ps_context *context, const struct ps_instance *instance,
		    struct ps_bindings *bindings, struct ps_conflicts *conflicts)
{
	struct ps_plan nothing = {};
	struct ps_draft draft;
	struct ps_facts facts;
	int failed = ps_facts_read(instance, &facts, &context->error);

	if (!failed) {
		const struct ps_view view = { &draft.image, ps_draft_find, &draft };

		failed = ps_draft_make(instance, &nothing, &draft, &context->error);
		ps_conflicts_find_overlaps(conflicts, &view, bindings);
		ps_conflicts_find_overrides(conflicts, &view, bindings);
		ps_conflicts_find_shadowed(conflicts, bindings);
		find_outdated(conflicts, &draft, bindings);
		ps_conflicts_find_listeners(conflicts, &view, &facts, bindings);
		ps_conflicts_find_ephemeral(conflicts, &facts, bindings);
		ps_conflicts_find_unreachable(conflicts, &facts, bindings);
		ps_draft_done(&draft);
	}
	ps_facts_done(&facts);
	return failed;
}

static int check(struct ps_context *context, const struct ps_instance *instance,
		 struct ps_conflicts *conflicts)
{
	struct ps_bindings bindings = {};
	int failed = ps_table_read(instance, &bindings, &context->error) ||
		     find_all(context, instance, &bindings, conflicts);

	if (conflicts->count)
		qsort(conflicts->item, conflicts->count, sizeof(*conflicts->item), compare);
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

static int run_conflicts(struct ps_context *context)
{
	const __u32 reads = 1 << PS_MAP_BINDINGS | 1 << PS_MAP_DIRECTORY | 1 << PS_MAP_PROBE_LISTS |
			    1 << PS_MAP_TARGETS | 1 << PS_MAP_SLOTS | 1 << PS_MAP_HOOKS;
	struct ps_conflicts conflicts = {};
	struct ps_instance instance;
	struct ps_output *output;
	int opened, failed = 0;
	bool has_error;

	if (ps_context_expect(context, 0))
		return -1;
	opened = ps_context_read(context, reads, &instance);
	if (opened < 0)
		return -1;
	if (!opened) {
		failed = check(context, &instance, &conflicts);
		ps_instance_close(&instance);
	}
	if (failed)
		return -1;
	output = ps_output_open(context->format, columns);
	for (size_t i = 0; i < conflicts.count; i++)
		ps_output_add(output, make_row(&conflicts.item[i]),
			      color_of(context, conflicts.item[i].severity));
	has_error = ps_conflicts_has(&conflicts, PS_ERROR);
	ps_conflicts_done(&conflicts);
	if (ps_output_close(output, &context->error))
		return -1;
	return has_error ? PS_EXIT_CONFLICT : PS_EXIT_DONE;
}

PS_COMMAND(conflicts) = {
	.kind = PS_NOUN,
	.name = "conflicts",
	.arguments = "",
	.summary = "check the table against itself and this host",
	.details =
		"  error    duplicate   an endpoint is asked for twice (refused by 'bind')\n"
		"           overlap     ranges of one prefix cross (refused by 'bind')\n"
		"           listener    a local socket waits for what a binding takes away\n"
		"  warning  ephemeral   an outgoing connection may get a port that is taken away\n"
		"           unreachable no attached program can do what a binding asks\n"
		"           shadowed    more specific bindings leave it nothing\n"
		"  info     override    a more specific binding takes part of another\n\n"
		"Exit status 3 when there is an error among them.\n\n"
		"JSON keys: kind, severity, endpoint, with, message.\n",
	.run = run_conflicts,
};
