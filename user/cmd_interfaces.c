// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Attaching what a file says: new interfaces before the table is published, so
 * that one that fails changes nothing; the others behind it.
 */
#include <string.h>
#include "ask.h"
#include "cmd.h"

void ps_context_list_interfaces(const struct ps_instance *instance, struct ps_interfaces *ret)
{
	for (int i = 0; i < PS_HOOKS_MAX; i++) {
		const struct ps_hook_info *info = &instance->hooks[i];
		struct ps_interface interface = { .hook = info->hook };

		if (info->hook == PS_HOOK_FREE || info->hook == PS_HOOK_TC_EGRESS)
			continue;
		memcpy(interface.device, info->device, sizeof(interface.device) - 1);
		interface.mode = info->hook == PS_HOOK_XDP ? info->mode : PS_MODE_NONE;
		ps_interfaces_add(ret, &interface);
	}
}

/* Only the kernel's own word is a no: what cannot be looked for is wanted, and fails with its
 * cause. */
static bool is_missing(const struct ps_interface *interface)
{
	unsigned int ignored;

	return interface->hook != PS_HOOK_SK_LOOKUP &&
	       ps_is_no(ps_ask_index(interface->device, &ignored));
}

/* Those that are not there, and may be missing, are left out. */
static void list_wanted(const struct ps_context *context, const struct ps_interfaces *said,
			struct ps_interfaces *ret)
{
	for (size_t i = 0; i < said->count; i++) {
		const struct ps_interface *interface = &said->item[i];

		if (!interface->may_be_missing || !is_missing(interface))
			ps_interfaces_add(ret, interface);
		else
			ps_context_note(context, "note: '%s' does not exist and is skipped",
					interface->device);
	}
}

void ps_context_plan_interfaces(const struct ps_context *context, const struct ps_file *file,
				const struct ps_instance *instance, struct ps_interface_plan *ret)
{
	struct ps_interfaces wanted = {}, present = {};

	*ret = (struct ps_interface_plan){};
	if (!file->has_interfaces)
		return;
	list_wanted(context, &file->interfaces, &wanted);
	if (instance)
		ps_context_list_interfaces(instance, &present);
	ps_interfaces_compare(&wanted, &present, ret);
	ps_interfaces_done(&wanted);
	ps_interfaces_done(&present);
}

static int attach(struct ps_context *context, struct ps_instance *instance,
		  const struct ps_interface *interface)
{
	const struct ps_attach_options options = {
		.device = interface->device,
		.hook = interface->hook,
		.mode = interface->mode,
		.is_shared = ps_hook_is_shared(instance, interface->device), /* let be */
	};
	enum ps_attach_result result;

	return ps_context_attach(context, instance, &options, &result);
}

int ps_context_attach_added(struct ps_context *context, struct ps_instance *instance,
			    const struct ps_interface_plan *plan)
{
	for (size_t i = 0; i < plan->added.count; i++) {
		if (!attach(context, instance, &plan->added.item[i]))
			continue;
		ps_context_detach_added(instance, plan, i);
		return -1;
	}
	return 0;
}

void ps_context_detach_added(struct ps_instance *instance, const struct ps_interface_plan *plan,
			     size_t count)
{
	struct ps_error ignored;

	for (size_t i = 0; i < count; i++)
		ps_hook_detach(instance, plan->added.item[i].device, &ignored);
}

static int attach_anew(struct ps_context *context, struct ps_instance *instance,
		       const struct ps_interface *after, const struct ps_interface *before)
{
	struct ps_error cause;

	if (ps_hook_detach(instance, before->device, &context->error))
		return -1;
	if (!attach(context, instance, after))
		return 0;
	cause = context->error;
	attach(context, instance, before);
	context->error = cause;
	return -1;
}

int ps_context_attach_rest(struct ps_context *context, struct ps_instance *instance,
			   const struct ps_interface_plan *plan)
{
	for (size_t i = 0; i < plan->same.count; i++) /* mends what became stale */
		if (attach(context, instance, &plan->same.item[i]))
			return -1;
	for (size_t i = 0; i < plan->changed.count; i++)
		if (attach_anew(context, instance, &plan->changed.item[i], &plan->before.item[i]))
			return -1;
	for (size_t i = 0; i < plan->removed.count; i++)
		if (ps_hook_detach(instance, plan->removed.item[i].device, &context->error))
			return -1;
	return 0;
}
