// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The guard in words, and compared. See setting.h.
 */
#include <stdio.h>
#include <string.h>
#include "guard/setting.h"

const char *const ps_guard_modes[] = { "off", "report", "on", NULL };

const char *ps_guard_state_name(enum ps_guard_state state)
{
	static const char *const names[] = {
		[PS_GUARD_WHOLE] = "attached",
		[PS_GUARD_PARTLY] = "incomplete",
		[PS_GUARD_GONE] = "cgroup gone",
		[PS_GUARD_HIDDEN] = "unknown",
	};

	return names[state];
}

bool ps_guard_plan_is_empty(const struct ps_guard_plan *plan)
{
	const struct ps_guard_setting *before = &plan->before;

	if (before->mode != plan->after.mode)
		return false;
	if (before->mode == PS_GUARD_OFF || before->state == PS_GUARD_HIDDEN)
		return true;
	return before->state == PS_GUARD_WHOLE && !strcmp(before->cgroup, plan->after.cgroup);
}

const char *ps_guard_setting_format(const struct ps_guard_setting *setting,
				    char text[PS_GUARD_TEXT])
{
	bool is_whole = setting->state == PS_GUARD_WHOLE;

	snprintf(text, PS_GUARD_TEXT, "%s%s%s%s%s", ps_guard_modes[setting->mode],
		 *setting->cgroup ? " " : "", setting->cgroup, is_whole ? "" : ", ",
		 is_whole ? "" : ps_guard_state_name(setting->state));
	return text;
}
