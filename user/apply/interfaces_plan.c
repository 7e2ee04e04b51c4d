// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What a file says of interfaces, and what is attached, both by the names that
 * they have now; and what makes the one the other. Those that do not exist are
 * refused, or left out and as they are. See internal.h.
 */
#include <stdio.h>
#include <string.h>
#include "apply/internal.h"
#include "base/number.h"
#include "hook/attachment.h"
#include "host/ask.h"

/* Whether @info is of an interface that was renamed since, to @ret_name. */
static bool is_renamed(const struct ps_instance *instance, const struct ps_hook_info *info,
		       char ret_name[PS_DEV_SIZE])
{
	char now[IF_NAMESIZE] = "";
	struct ps_attachment found;

	if (info->hook == PS_HOOK_SK_LOOKUP || instance->presence != PS_HERE ||
	    !ps_is_yes(ps_ask_name(info->ifindex, now)) || !strncmp(now, info->device, sizeof(now)))
		return false;
	ps_attachment_find(instance, info, &found);
	memcpy(ret_name, found.now, PS_DEV_SIZE);
	return found.state == PS_STALE_RENAMED;
}

void ps_apply_list_interfaces(const struct ps_instance *instance, struct ps_interfaces *ret)
{
	for (int i = 0; i < PS_HOOKS_MAX; i++) {
		const struct ps_hook_info *info = &instance->hooks[i];
		struct ps_interface interface = { .hook = info->hook, .has_shared = true };

		if (info->hook == PS_HOOK_FREE || info->hook == PS_HOOK_TC_EGRESS)
			continue;
		if (!is_renamed(instance, info, interface.device))
			snprintf(interface.device, sizeof(interface.device), "%.15s", info->device);
		interface.mode = info->hook == PS_HOOK_XDP ? info->mode : PS_MODE_NONE;
		interface.is_shared = info->is_shared;
		ps_interfaces_add(ret, &interface);
	}
}

/* What the plan is made of. */
struct planning {
	struct ps_apply *apply;
	struct ps_device_names *names;
	struct ps_interfaces wanted, present;
	const struct ps_interface *missing; /* the first that is refused */
	size_t missing_count;
};

/* Two entries of a file may be two names of one interface. */
static int add_wanted(struct planning *planning, const struct ps_interface *said, const char *name)
{
	const struct ps_interface *other = ps_interfaces_find(&planning->wanted, name);
	struct ps_interface interface = *said;

	if (other) {
		ps_error_set(planning->apply->error, PS_EXIT_USAGE,
			     "'%s' is the interface '%s', which line %u names already",
			     said->device, name, other->place.line);
		return ps_apply_locate(planning->apply, said->place);
	}
	snprintf(interface.device, sizeof(interface.device), "%s", name);
	ps_interfaces_add(&planning->wanted, &interface);
	return 0;
}

/* What is on record of it stays: of that there is nothing to do, and nothing that can be done. */
static void leave_out(struct planning *planning, const struct ps_interface *said)
{
	const struct ps_interface *recorded = ps_interfaces_find(&planning->present, said->device);
	struct ps_interface interface;

	if (said->may_be_missing)
		ps_report_note(planning->apply->report, "note: '%s' does not exist and is skipped",
			       said->device);
	else
		ps_report_warn(planning->apply->report, said->place,
			       "interface '%s' does not exist and is left out; apply the file "
			       "again when it does",
			       said->device);
	if (!recorded)
		return;
	interface = *recorded;
	interface.is_missing = true;
	ps_interfaces_add(&planning->wanted, &interface);
}

/* Only the kernel's own word is a no: what cannot be looked for is wanted, and fails with its
 * cause. */
static int take(struct planning *planning, const struct ps_interface *said)
{
	const struct ps_device_name *name;

	if (said->hook == PS_HOOK_SK_LOOKUP)
		return add_wanted(planning, said, said->device);
	name = ps_device_names_find(planning->names, said->device);
	if (!ps_is_no(name->answer))
		return add_wanted(planning, said,
				  ps_is_yes(name->answer) ? name->name : said->device);
	if (said->may_be_missing || planning->apply->allows_missing)
		leave_out(planning, said);
	else if (!planning->missing_count++)
		planning->missing = said;
	return 0;
}

static int refuse_missing(const struct planning *planning)
{
	const struct ps_interface *first = planning->missing;
	char more[64] = "", like[PS_NEAREST_TEXT];

	if (planning->missing_count > 1)
		snprintf(more, sizeof(more), " (nor %zu other%s)", planning->missing_count - 1,
			 ps_number_plural(planning->missing_count - 1));
	ps_error_set(
		planning->apply->error, PS_EXIT_REFUSED,
		"interface '%s' does not exist%s; nothing was changed; --allow-missing applies "
		"the rest%s",
		first->device, more, ps_ask_like(first->device, like));
	return ps_apply_locate(planning->apply, first->place);
}

static int plan(struct planning *planning, const struct ps_interfaces *said,
		struct ps_interface_plan *ret)
{
	for (size_t i = 0; i < said->count; i++)
		if (take(planning, &said->item[i]))
			return -1;
	if (planning->missing_count)
		return refuse_missing(planning);
	ps_interfaces_compare(&planning->wanted, &planning->present, ret);
	return 0;
}

int ps_apply_plan_interfaces(struct ps_apply *apply, const struct ps_instance *instance,
			     struct ps_transition *transition)
{
	struct planning planning = { .apply = apply, .names = &transition->names };
	int failed;

	if (!transition->file.has_interfaces)
		return 0;
	if (instance)
		ps_apply_list_interfaces(instance, &planning.present);
	failed = plan(&planning, &transition->file.interfaces, &transition->interfaces);
	ps_interfaces_done(&planning.wanted);
	ps_interfaces_done(&planning.present);
	return failed;
}
