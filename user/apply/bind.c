// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Bindings one by one: added, removed, and looked up again. See apply.h.
 */
#include <string.h>
#include "apply/devices.h"
#include "apply/internal.h"
#include "base/advice.h"
#include "base/nearest.h"
#include "table/publish.h"
#include "table/read.h"

struct table {
	const struct ps_instance *instance;
	struct ps_device_names *names;
};

static bool find_in_table(void *context, const struct ps_endpoint *endpoint, struct ps_binding *ret)
{
	const struct table *table = context;

	if (!table->instance->state->bindings || !ps_table_find(table->instance, endpoint, ret))
		return false;
	ps_device_names_take(table->names, ret);
	return true;
}

static void say_same(const struct ps_report *report, const struct ps_plan *plan)
{
	char text[PS_ENDPOINT_TEXT];

	if (plan->same.count == 1)
		ps_report_note(report, "note: %s is already bound that way",
			       ps_endpoint_format(&plan->same.item[0].endpoint, text));
	else if (plan->same.count)
		ps_report_note(report, "note: %zu bindings exist already", plan->same.count);
}

/* Duplicates forbid it whatever else there is. */
static int add_all(struct ps_apply *apply, struct ps_instance *instance, struct ps_plan *plan,
		   const struct ps_duplicates *duplicates)
{
	struct ps_conflicts conflicts = {};
	int failed;

	ps_conflicts_find_duplicates(&conflicts, duplicates);
	if (ps_table_check(apply->error))
		failed = -1;
	else if (conflicts.count)
		failed = ps_apply_refuse(apply, &conflicts);
	else
		failed = ps_apply_publish(apply, instance, plan, &conflicts);
	ps_conflicts_done(&conflicts);
	return failed;
}

static int bind_all(struct ps_apply *apply, struct ps_instance *instance,
		    struct ps_device_names *names, struct ps_bindings *wanted,
		    enum ps_if_taken if_taken)
{
	struct table table = { instance, names };
	struct ps_duplicates duplicates = {};
	struct ps_plan plan = {};
	int failed;

	ps_plan_bind(wanted, find_in_table, &table, if_taken, &plan, &duplicates);
	failed = add_all(apply, instance, &plan, &duplicates);
	if (!failed)
		say_same(apply->report, &plan);
	if (!failed && apply->report->is_verbose)
		ps_report_note(apply->report, "generation %llu: %zu added, %zu changed",
			       instance->state->generation, plan.added.count, plan.changed.count);
	ps_plan_done(&plan);
	ps_duplicates_done(&duplicates);
	return failed;
}

static int bind_named(struct ps_apply *apply, struct ps_device_names *names,
		      struct ps_bindings *wanted, enum ps_if_taken if_taken)
{
	struct ps_instance instance;
	int failed;

	if (ps_device_names_take_all(names, wanted, apply) ||
	    ps_apply_open(apply, PS_CREATE, &instance))
		return -1;
	ps_report_masked(apply->report, wanted);
	failed = bind_all(apply, &instance, names, wanted, if_taken);
	return ps_apply_close(apply, &instance, failed);
}

int ps_apply_bind(struct ps_apply *apply, struct ps_bindings *wanted, enum ps_if_taken if_taken)
{
	struct ps_device_names names = {};
	int failed = bind_named(apply, &names, wanted, if_taken);

	ps_device_names_done(&names);
	return failed;
}

/* With nothing else to do, looking up is all that was asked for. */
static int check_kept(const struct ps_draft *draft, struct ps_error *error)
{
	if (!draft->kept || !ps_plan_is_empty(draft->plan))
		return 0;
	return ps_error_set(error, PS_EXIT_REFUSED,
			    "not every interface and next hop could be looked up; nothing was "
			    "changed");
}

/* A plan that adds nothing gets into no conflict. */
static int publish(struct ps_apply *apply, struct ps_instance *instance, struct ps_plan *plan)
{
	struct ps_draft draft;
	int failed = ps_draft_make(instance, plan, &draft, apply->error) ||
		     check_kept(&draft, apply->error) || ps_publish(instance, &draft, apply->error);

	ps_draft_done(&draft);
	if (!failed)
		ps_report_upgrade(apply->report, instance);
	return failed;
}

static void refuse_name(const struct ps_bindings *all, const char *name, struct ps_error *error)
{
	struct ps_nearest nearest = ps_nearest_of(name);
	char guess[PS_NEAREST_TEXT];

	for (size_t i = 0; i < all->count; i++)
		ps_nearest_offer(&nearest, all->item[i].name);
	ps_error_set(error, PS_EXIT_NOT_FOUND, "no binding has the name '%s'%s", name,
		     ps_nearest_format(&nearest, guess));
}

static int find_named(const struct ps_instance *instance, const char *name,
		      struct ps_bindings *found, struct ps_error *error)
{
	struct ps_bindings all = {};

	if (ps_table_read(instance, &all, error))
		return -1;
	for (size_t i = 0; i < all.count; i++)
		if (!strncmp(all.item[i].name, name, PS_NAME_SIZE))
			*ps_bindings_add(found) = all.item[i];
	if (!found->count)
		refuse_name(&all, name, error);
	ps_bindings_done(&all);
	return found->count ? 0 : -1;
}

static int find_endpoints(const struct ps_instance *instance, const struct ps_endpoints *endpoints,
			  struct ps_bindings *found, struct ps_error *error)
{
	for (int i = 0; i < endpoints->count; i++) {
		struct ps_binding *binding = ps_bindings_add(found);
		char text[PS_ENDPOINT_TEXT];

		if (ps_table_find(instance, &endpoints->item[i], binding))
			continue;
		if (ps_table_check(error))
			return -1;
		return ps_error_set(error, PS_EXIT_NOT_FOUND, "%s is not bound; '%s' lists what is",
				    ps_endpoint_format(&endpoints->item[i], text),
				    ps_advice("bindings", NULL));
	}
	return 0;
}

/* Of @endpoints, or, when that is NULL, of all with the name @name. */
static int unbind(struct ps_apply *apply, const struct ps_endpoints *endpoints, const char *name)
{
	struct ps_plan plan = {};
	struct ps_instance instance;
	int failed;

	if (ps_apply_open(apply, PS_CHANGE, &instance))
		return -1;
	if (endpoints)
		failed = find_endpoints(&instance, endpoints, &plan.removed, apply->error);
	else
		failed = find_named(&instance, name, &plan.removed, apply->error);
	failed = failed || publish(apply, &instance, &plan);
	ps_plan_done(&plan);
	return ps_apply_close(apply, &instance, failed);
}

int ps_apply_unbind(struct ps_apply *apply, const struct ps_endpoints *endpoints)
{
	return unbind(apply, endpoints, NULL);
}

int ps_apply_unbind_name(struct ps_apply *apply, const char *name)
{
	return unbind(apply, NULL, name);
}

int ps_apply_flush(struct ps_apply *apply)
{
	struct ps_plan plan = {};
	struct ps_instance instance;
	int failed;

	if (ps_apply_open(apply, PS_REMOVE, &instance))
		return apply->error->status == PS_EXIT_NOT_FOUND ? 0 : -1;
	failed = ps_table_read(&instance, &plan.removed, apply->error);
	if (!failed && plan.removed.count)
		failed = publish(apply, &instance, &plan);
	ps_plan_done(&plan);
	return ps_apply_close(apply, &instance, failed);
}

static void say_problems(const struct ps_report *report, const struct ps_instance *instance)
{
	const struct ps_target *targets = ps_instance_targets(instance, ps_instance_half(instance));
	char text[256];

	for (int i = 1; i < PS_TARGETS_MAX; i++) {
		const char *problem = ps_target_problem(&targets[i], text, sizeof(text));

		if (problem)
			ps_report_note(report, "warning: %s", problem);
	}
}

int ps_apply_refresh(struct ps_apply *apply, enum ps_refresh_how how)
{
	struct ps_plan plan = {};
	struct ps_instance instance;
	int failed;

	if (ps_apply_open_on_trial(apply, PS_CHANGE, &instance))
		return -1;
	failed = how == PS_REFRESH_RECOVER ? ps_recover_anew(&instance, apply->error)
					   : ps_recover(&instance, apply->error);
	failed = failed || ps_apply_make_room(apply, &instance) || publish(apply, &instance, &plan);
	if (!failed)
		say_problems(apply->report, &instance);
	ps_plan_done(&plan);
	return ps_apply_close(apply, &instance, failed);
}
