// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Comparing a file with what is there, and making that equal. See internal.h.
 */
#include "apply/internal.h"
#include "table/read.h"

bool ps_transition_is_nothing(const struct ps_transition *transition)
{
	return ps_plan_is_empty(&transition->bindings.plan) &&
	       ps_interface_plan_is_empty(&transition->interfaces) &&
	       ps_guard_plan_is_empty(&transition->guard) &&
	       ps_socket_plan_is_empty(&transition->sockets.plan);
}

void ps_transition_done(struct ps_transition *transition)
{
	ps_socket_change_done(transition);
	ps_file_done(&transition->file);
	ps_diff_done(&transition->bindings);
	ps_interface_plan_done(&transition->interfaces);
	ps_device_names_done(&transition->names);
}

static void meet(void *context, const struct ps_binding *present)
{
	struct ps_transition *transition = context;
	struct ps_binding named = *present;

	ps_device_names_take(&transition->names, &named);
	ps_diff_meet(&transition->bindings, &named);
}

int ps_transition_compare(struct ps_apply *apply, const struct ps_instance *instance,
			  struct ps_transition *transition)
{
	int failed = 0;

	transition->is_live = true;
	transition->generation = instance ? instance->state->generation : 0;
	if (ps_device_names_take_all(&transition->names, &transition->file.bindings, apply))
		return -1;
	ps_diff_begin(&transition->bindings, &transition->file.bindings);
	if (instance)
		failed = ps_table_visit(instance, meet, transition, apply->error);
	ps_diff_end(&transition->bindings);
	return failed || ps_apply_plan_interfaces(apply, instance, transition) ||
			       ps_transition_plan_guard(apply, instance, transition) ||
			       ps_transition_plan_sockets(apply, instance, transition)
		       ? -1
		       : 0;
}

/* Without a host: as if all sockets of both files were there. */
static void compare_sockets(const struct ps_file *from, struct ps_transition *transition)
{
	struct ps_socket_places *wanted = &transition->file.sockets;

	for (size_t i = 0; i < wanted->count; i++) {
		wanted->item[i].is_found = true;
		wanted->item[i].is_same = ps_socket_places_find(&from->sockets, &wanted->item[i]);
	}
	if (transition->file.has_sockets)
		ps_socket_places_compare(wanted, &from->sockets, &transition->sockets.plan);
}

void ps_transition_compare_file(const struct ps_file *from, struct ps_transition *transition)
{
	ps_diff_begin(&transition->bindings, &transition->file.bindings);
	for (size_t i = 0; i < from->bindings.count; i++)
		ps_diff_meet(&transition->bindings, &from->bindings.item[i]);
	ps_diff_end(&transition->bindings);
	if (transition->file.has_interfaces)
		ps_interfaces_compare(&transition->file.interfaces, &from->interfaces,
				      &transition->interfaces);
	if (transition->file.has_guard)
		transition->guard = (struct ps_guard_plan){ from->guard, transition->file.guard };
	compare_sockets(from, transition);
}

int ps_transition_carry_out(struct ps_apply *apply, struct ps_instance *instance,
			    struct ps_transition *transition)
{
	const struct ps_interface_plan *interfaces = &transition->interfaces;
	struct ps_conflicts conflicts = {};
	int failed;

	if (ps_apply_attach_added(apply, instance, interfaces))
		return -1;
	failed = ps_transition_add_sockets(apply, instance, transition) ||
		 ps_apply_publish(apply, instance, &transition->bindings.plan, &conflicts);
	ps_conflicts_done(&conflicts);
	if (failed) {
		ps_transition_undo_sockets(instance, transition);
		ps_apply_detach_added(instance, interfaces, interfaces->added.count);
		return -1;
	}
	transition->is_published = true;
	/* what is taken off last is still there when another step fails */
	return ps_transition_replace_sockets(apply, instance, transition) ||
			       ps_transition_put_guard(apply, instance, &transition->guard) ||
			       ps_apply_attach_rest(apply, instance, interfaces)
		       ? -1
		       : 0;
}

/* The file again, each time: comparing takes its bindings over. */
static struct ps_file copy_file(const struct ps_file *file)
{
	struct ps_file copy = *file;

	copy.bindings = (struct ps_bindings){};
	copy.interfaces = (struct ps_interfaces){};
	copy.sockets = (struct ps_socket_places){};
	for (size_t i = 0; i < file->bindings.count; i++)
		*ps_bindings_add(&copy.bindings) = file->bindings.item[i];
	for (size_t i = 0; i < file->interfaces.count; i++)
		ps_interfaces_add(&copy.interfaces, &file->interfaces.item[i]);
	for (size_t i = 0; i < file->sockets.count; i++)
		ps_socket_places_add(&copy.sockets, &file->sockets.item[i]);
	return copy;
}

int ps_transition_go_back(struct ps_apply *apply, struct ps_instance *instance,
			  const struct ps_file *former)
{
	struct ps_transition transition = { .file = copy_file(former) };
	struct ps_apply lenient = *apply;
	int failed;

	lenient.allows_missing = true; /* what is gone meanwhile keeps nothing from coming back */
	failed = ps_transition_compare(&lenient, instance, &transition) ||
		 ps_transition_carry_out(&lenient, instance, &transition);

	ps_transition_done(&transition);
	return failed ? -1 : 0;
}

static void add(void *bindings, const struct ps_binding *binding)
{
	*ps_bindings_add(bindings) = *binding;
}

int ps_transition_former(struct ps_apply *apply, const struct ps_instance *instance,
			 const struct ps_file *like, struct ps_file *ret)
{
	*ret = (struct ps_file){ .has_interfaces = like->has_interfaces,
				 .has_guard = like->has_guard,
				 .has_sockets = like->has_sockets };
	ret->max_bindings = instance->meta->max_bindings;
	if (ps_apply_describe(instance, ret, apply->error))
		return -1;
	if (ret->guard.state == PS_GUARD_GONE) /* nothing is guarded */
		ret->guard.mode = PS_GUARD_OFF;
	return ps_table_visit(instance, add, &ret->bindings, apply->error);
}
