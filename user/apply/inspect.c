// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Looking for all that is wrong. See inspect.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "apply/inspect.h"
#include "apply/internal.h"
#include "apply/planned.h"
#include "base/advice.h"
#include "base/memory.h"
#include "conflict/duplicate.h"
#include "host/netns_list.h"
#include "instance/blank.h"
#include "instance/open.h"
#include "socket/registry.h"
#include "table/read.h"

/* What is looked at. */
struct check {
	struct ps_inspection *inspection;
	const struct ps_instance *instance;
	struct ps_bindings *bindings; /* sorted */
	struct ps_conflicts *conflicts; /* of the inspection */
	struct ps_error *error;
};

static struct ps_facts *add_host(struct ps_inspection *inspection)
{
	inspection->host = ps_memory_grow(inspection->host, inspection->host_count,
					  &inspection->host_room, sizeof(*inspection->host));
	return inspection->host[inspection->host_count++] =
		       ps_memory_new(1, sizeof(**inspection->host));
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
		struct ps_facts *facts = add_host(check->inspection);
		struct ps_error error;

		if (ps_netns_enter_path(netns->path, netns->name, &error))
			ps_facts_miss_elsewhere(netns->name, &error, facts);
		else
			ps_facts_read_elsewhere(netns->name, facts);
		ps_facts_check(facts, view, check->bindings, check->conflicts);
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
	struct ps_facts *here = add_host(check->inspection);
	struct ps_netns_list list = {};

	ps_facts_read(check->instance, here);
	add_orphans(check, here);
	if (check->inspection->is_everywhere)
		ps_netns_list_read(&list);
	if (list.unseen)
		ps_unchecked_add(&here->unchecked, PS_NO_PROTO,
				 "the network namespaces of %zu process%s were not looked at "
				 "(needs CAP_SYS_PTRACE)",
				 list.unseen, list.unseen == 1 ? "" : "es");
	ps_facts_check(here, view, check->bindings, check->conflicts);
	ps_conflicts_find_foreign(check->conflicts, here);
	ps_conflicts_find_stale(check->conflicts, here);
	ps_conflicts_find_closed(check->conflicts, here);
	ps_conflicts_find_packet_sockets(check->conflicts, here, check->bindings);
	ps_facts_find_processes(here);
	ps_conflicts_say_listeners(check->conflicts);
	check_elsewhere(check, view, &list);
	ps_netns_list_done(&list);
}

/* Checks the table as it is when @plan is carried out. */
static int check_all(struct check *check, struct ps_plan *plan)
{
	struct ps_draft draft;
	const struct ps_view view = { &draft.image, ps_draft_find, &draft };
	int failed = ps_draft_make(check->instance, plan, &draft, check->error);

	if (!failed) {
		ps_conflicts_find_shadowed(check->conflicts, check->bindings);
		find_outdated(check->conflicts, &draft, check->bindings);
		check_hosts(check, &view);
		failed = ps_table_check(check->error);
	}
	ps_draft_done(&draft);
	return failed;
}

static int check_table(struct check *check)
{
	struct ps_bindings bindings = {};
	struct ps_plan nothing = {};
	int failed = ps_table_read(check->instance, &bindings, check->error);

	check->bindings = &bindings;
	failed =
		failed || check_all(check, &nothing) ||
		ps_attempts_read(check->instance, NULL, &check->inspection->attempts, check->error);
	ps_conflicts_find_attempts(check->conflicts, &check->inspection->attempts, &bindings);
	ps_bindings_done(&bindings);
	return failed;
}

/* Where nothing is known to be attached, both kinds of hooks may be. */
static void take_hooks(struct ps_apply *apply, const struct ps_file *file,
		       struct ps_instance *blank)
{
	if (ps_is_yes(ps_planned_hooks(apply, file, blank->hooks)))
		return;
	blank->hooks[0].hook = PS_HOOK_XDP;
	blank->hooks[1].hook = PS_HOOK_TC_INGRESS;
	ps_report_note(apply->report,
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

	ps_file_find_duplicates(&file->bindings, check->conflicts);
	ps_bindings_sort(&file->bindings);
	drop_duplicates(&file->bindings);
	plan.added = file->bindings; /* stay the file's */
	check->bindings = &plan.added;
	return check_all(check, &plan);
}

static void sort(struct ps_conflicts *conflicts)
{
	if (conflicts->count)
		qsort(conflicts->item, conflicts->count, sizeof(*conflicts->item), compare);
}

static struct check begin(struct ps_inspection *inspection, const struct ps_instance *instance)
{
	return (struct check){
		.inspection = inspection,
		.instance = instance,
		.conflicts = &inspection->conflicts,
		.error = inspection->apply->error,
	};
}

int ps_inspect_table(struct ps_inspection *inspection)
{
	struct ps_instance instance;
	struct check check;
	int opened = ps_apply_read(inspection->apply, PS_DRAFT_READS, &instance), failed;

	if (opened)
		return opened < 0 ? -1 : 0;
	check = begin(inspection, &instance);
	failed = check_table(&check);
	sort(&inspection->conflicts);
	ps_instance_close(&instance);
	return failed ? -1 : 0;
}

int ps_inspect_file(struct ps_inspection *inspection, struct ps_file *file)
{
	struct ps_apply *apply = inspection->apply;
	struct ps_device_names names = {};
	struct ps_instance blank;
	struct check check;
	int failed = ps_device_names_take_all(&names, &file->bindings, apply);

	ps_device_names_done(&names);
	if (failed)
		return -1;
	ps_instance_blank(apply->instance, file->max_bindings ?: PS_BINDINGS_MAX, &blank);
	take_hooks(apply, file, &blank);
	take_sockets(file, &blank);
	check = begin(inspection, &blank);
	failed = check_file(&check, file);
	sort(&inspection->conflicts);
	ps_instance_close(&blank);
	return failed ? -1 : 0;
}

void ps_inspection_done(struct ps_inspection *inspection)
{
	ps_conflicts_done(&inspection->conflicts);
	for (size_t i = 0; i < inspection->host_count; i++) {
		ps_facts_done(inspection->host[i]);
		free(inspection->host[i]);
	}
	free(inspection->host);
	ps_attempts_done(&inspection->attempts);
}
