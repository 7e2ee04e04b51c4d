// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Builds side by side. See upgrade.h.
 */
#include "object.h"
#include "table.h"
#include "upgrade.h"

const struct ps_hook_info *ps_upgrade_find(const struct ps_instance *instance)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++) {
		const struct ps_hook_info *info = &instance->hooks[slot];

		if (info->hook != PS_HOOK_FREE && info->build != ps_object_build(info->hook))
			return info;
	}
	return NULL;
}

static const struct ps_binding *find_later(const struct ps_bindings *bindings, enum ps_action last)
{
	for (size_t i = 0; i < bindings->count; i++)
		if (bindings->item[i].action > last)
			return &bindings->item[i];
	return NULL;
}

int ps_upgrade_check_plan(const struct ps_instance *instance, const struct ps_plan *plan,
			  struct ps_error *error)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++) {
		const struct ps_hook_info *info = &instance->hooks[slot];
		const struct ps_binding *unknown;

		if (info->hook == PS_HOOK_FREE)
			continue;
		unknown = find_later(&plan->added, info->last_action)
				  ?: find_later(&plan->changed, info->last_action);
		if (unknown)
			return ps_error_set(
				error, PS_EXIT_CONFLICT,
				"the program on '%.15s' is from an older build that does "
				"not know '%s'; upgrade it: portsteer attach %.15s",
				info->device, ps_action_name(unknown->action), info->device);
	}
	return 0;
}

static int see_action(void *ret_last, const struct ps_endpoint *endpoint,
		      const struct ps_record *record)
{
	enum ps_action *last = ret_last;

	(void)endpoint;
	for (int half = 0; half < 2; half++)
		if (record->act[half].action > *last)
			*last = record->act[half].action;
	return 0;
}

int ps_upgrade_check_table(const struct ps_instance *instance, struct ps_error *error)
{
	enum ps_action last = PS_NONE;

	if (ps_table_walk(instance, see_action, &last, error))
		return -1;
	if (last <= PS_ACTION_LAST)
		return 0;
	return ps_error_set(
		error, PS_EXIT_CONFLICT,
		"bindings have actions (number %d) that this build of portsteer does not "
		"know, so its programs cannot take over; unbind them with the newer one",
		last);
}
