// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Builds side by side. See upgrade.h.
 */
#include "base/advice.h"
#include "hook/attachment.h"
#include "hook/upgrade.h"
#include "instance/object.h"
#include "instance/snapshot.h"

/* Some packets meet its program: it was attached, not killed before, and nobody took it off. */
static bool is_met(const struct ps_instance *instance, const struct ps_hook_info *info)
{
	struct ps_attachment found;

	ps_attachment_find(instance, info, &found);
	return found.state == PS_ATTACHED || found.state == PS_STALE_RENAMED ||
	       found.state == PS_STALE_MOVED;
}

const struct ps_hook_info *ps_upgrade_find(const struct ps_instance *instance)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++) {
		const struct ps_hook_info *info = &instance->hooks[slot];

		if (info->hook != PS_HOOK_FREE && info->build != ps_object_build(info->hook) &&
		    is_met(instance, info))
			return info;
	}
	return NULL;
}

/* The first that the program which @info describes does not know how to carry out, or NULL. */
static const struct ps_binding *find_unknown(const struct ps_bindings *bindings,
					     const struct ps_hook_info *info)
{
	for (size_t i = 0; i < bindings->count; i++)
		if (bindings->item[i].action > info->last_action ||
		    bindings->item[i].flags & ~info->known_flags)
			return &bindings->item[i];
	return NULL;
}

static const char *word_of(const struct ps_binding *unknown, const struct ps_hook_info *info)
{
	if (unknown->action > info->last_action)
		return ps_action_name(unknown->action);
	return unknown->flags & ~info->known_flags & PS_ON_MISSING_PASS ? "on-missing pass"
									: "conditions";
}

int ps_upgrade_check_plan(const struct ps_instance *instance, const struct ps_plan *plan,
			  struct ps_error *error)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++) {
		const struct ps_hook_info *info = &instance->hooks[slot];
		const struct ps_binding *unknown;

		if (info->hook == PS_HOOK_FREE)
			continue;
		unknown = find_unknown(&plan->added, info) ?: find_unknown(&plan->changed, info);
		if (unknown && is_met(instance, info))
			return ps_error_set(
				error, PS_EXIT_CONFLICT,
				"the program on '%.15s' is from an older build that does "
				"not know '%s'; upgrade it: %s",
				info->device, word_of(unknown, info),
				ps_advice("attach", info->device, NULL));
	}
	return 0;
}

struct search {
	__u32 half;
	struct ps_endpoint endpoint;
	struct ps_act act; /* PS_NONE: none found yet */
};

static int see_record(void *context, const struct ps_endpoint *endpoint,
		      const struct ps_record *record)
{
	struct search *search = context;
	struct ps_act act = record->act[search->half];

	if (act.action <= PS_ACTION_LAST && !(act.flags & ~PS_FLAGS_KNOWN))
		return 0;
	search->endpoint = *endpoint;
	search->act = act;
	return 1;
}

int ps_upgrade_check_table(const struct ps_instance *instance, struct ps_error *error)
{
	struct search search = { .half = ps_instance_half(instance) };
	char endpoint[PS_ENDPOINT_TEXT];

	if (ps_snapshot_walk(instance, see_record, &search, error))
		return -1;
	if (search.act.action == PS_NONE)
		return 0;
	ps_endpoint_format(&search.endpoint, endpoint);
	if (search.act.action <= PS_ACTION_LAST)
		return ps_error_set(
			error, PS_EXIT_CONFLICT,
			"'%s' has conditions (flags 0x%02x) that programs of this build "
			"of portsteer do not know; attach with the build that bound it, "
			"or unbind it with that",
			endpoint, search.act.flags);
	return ps_error_set(
		error, PS_EXIT_CONFLICT,
		"'%s' is bound to action number %d, which programs of this build of portsteer "
		"do not know; attach with the build that bound it, or unbind it with that",
		endpoint, search.act.action);
}
