// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Attaching and detaching; of what a file says, new interfaces before the table
 * is published, so that one that fails changes nothing, the others behind it. What
 * that is, interfaces_plan.c finds out.
 */
#include <string.h>
#include "apply/internal.h"
#include "base/advice.h"
#include "hook/attach.h"
#include "hook/dispatcher.h"
#include "hook/loss.h"
#include "host/ask.h"

/* It steers without. */
static void watch_losses(const struct ps_apply *apply, const struct ps_instance *instance)
{
	struct ps_error error;

	if (ps_loss_watch(instance, &error))
		ps_report_note(apply->report, "warning: lost redirects will not be counted: %s",
			       error.text);
}

/* Attaches, having said what will bite. */
static int attach_hook(struct ps_apply *apply, struct ps_instance *instance,
		       const struct ps_attach_options *options, enum ps_attach_result *ret)
{
	if (options->hook != PS_HOOK_SK_LOOKUP)
		ps_apply_warn_attach(apply->report, instance, options);
	if (ps_hook_attach(instance, options, ret, apply->error))
		return -1;
	if (options->hook == PS_HOOK_XDP &&
	    (*ret != PS_ATTACH_SAME || ps_is_no(ps_loss_is_watched(instance))))
		watch_losses(apply, instance);
	return 0;
}

static int attach(struct ps_apply *apply, struct ps_instance *instance,
		  const struct ps_interface *interface)
{
	bool is_shared = interface->has_shared
				 ? interface->is_shared
				 : ps_hook_is_shared(instance, interface->device); /* stays */
	const struct ps_attach_options options = {
		.device = interface->device,
		.hook = interface->hook,
		.mode = interface->mode,
		.is_shared = is_shared,
		.priority = PS_PRIORITY_DEFAULT,
	};
	enum ps_attach_result result;

	return attach_hook(apply, instance, &options, &result);
}

int ps_apply_attach_added(struct ps_apply *apply, struct ps_instance *instance,
			  const struct ps_interface_plan *plan)
{
	for (size_t i = 0; i < plan->added.count; i++) {
		if (!attach(apply, instance, &plan->added.item[i]))
			continue;
		ps_apply_detach_added(instance, plan, i);
		return -1;
	}
	return 0;
}

void ps_apply_detach_added(struct ps_instance *instance, const struct ps_interface_plan *plan,
			   size_t count)
{
	struct ps_error ignored;

	for (size_t i = 0; i < count; i++)
		ps_hook_detach(instance, plan->added.item[i].device, &ignored);
}

static int attach_anew(struct ps_apply *apply, struct ps_instance *instance,
		       const struct ps_interface *after, const struct ps_interface *before)
{
	struct ps_error cause;

	if (ps_hook_detach(instance, before->device, apply->error))
		return -1;
	if (!attach(apply, instance, after))
		return 0;
	cause = *apply->error;
	attach(apply, instance, before);
	*apply->error = cause;
	return -1;
}

int ps_apply_attach_rest(struct ps_apply *apply, struct ps_instance *instance,
			 const struct ps_interface_plan *plan)
{
	for (size_t i = 0; i < plan->same.count; i++) /* repairs what became stale */
		if (!plan->same.item[i].is_missing && attach(apply, instance, &plan->same.item[i]))
			return -1;
	for (size_t i = 0; i < plan->changed.count; i++)
		if (attach_anew(apply, instance, &plan->changed.item[i], &plan->before.item[i]))
			return -1;
	for (size_t i = 0; i < plan->removed.count; i++)
		if (ps_hook_detach(instance, plan->removed.item[i].device, apply->error))
			return -1;
	return 0;
}

int ps_apply_attach(struct ps_apply *apply, const struct ps_attach_options *options)
{
	enum ps_attach_result result;
	struct ps_instance instance;
	int failed;

	if (ps_apply_open(apply, PS_CREATE, &instance))
		return -1;
	failed = attach_hook(apply, &instance, options, &result);
	if (!failed && result == PS_ATTACH_SAME)
		ps_report_note(apply->report, "'%s' is already attached that way", options->device);
	if (!failed && result == PS_ATTACH_SWAPPED)
		ps_report_note(apply->report,
			       "'%s': its programs were replaced by those of this build; "
			       "counters continue",
			       options->device);
	return ps_apply_close(apply, &instance, failed);
}

static int refuse_none(const struct ps_apply *apply)
{
	if (apply->error->status != PS_EXIT_NOT_FOUND)
		return -1;
	return ps_error_set(apply->error, PS_EXIT_NOT_FOUND,
			    "there is nothing to detach: instance '%s' does not exist",
			    apply->instance);
}

/* By the word that was typed, or else by the name of the interface that it is another name of. */
static int detach(const struct ps_apply *apply, struct ps_instance *instance, const char *device)
{
	char name[IF_NAMESIZE];
	struct ps_error ignored;
	unsigned int index;

	if (!ps_hook_detach(instance, device, apply->error))
		return 0;
	if (!device || apply->error->status != PS_EXIT_NOT_FOUND || apply->presence != PS_HERE ||
	    !ps_is_yes(ps_ask_device(device, &index, name)) || !strcmp(name, device))
		return -1;
	return ps_hook_detach(instance, name, &ignored);
}

int ps_apply_detach(struct ps_apply *apply, const char *device)
{
	struct ps_instance instance;
	int failed;

	if (ps_apply_open(apply, PS_REMOVE, &instance))
		return refuse_none(apply);
	failed = detach(apply, &instance, device);
	ps_loss_tidy(&instance);
	if (!failed && instance.state->bindings && !ps_hook_is_any(&instance))
		ps_report_note(apply->report,
			       instance.state->bindings == 1
				       ? "%u binding stays in the table; '%s' removes it"
				       : "%u bindings stay in the table; '%s' removes them",
			       instance.state->bindings, ps_advice("flush", NULL));
	return ps_apply_close(apply, &instance, failed);
}
