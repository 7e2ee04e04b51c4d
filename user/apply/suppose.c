// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An instance made and published as any other, in a BPF file system that nobody
 * else sees. See suppose.h.
 */
#include <stdlib.h>
#include <string.h>
#include "apply/devices.h"
#include "apply/planned.h"
#include "apply/suppose.h"
#include "base/memory.h"
#include "file/file.h"
#include "instance/open.h"
#include "pins/bpffs.h"
#include "table/draft.h"
#include "table/publish.h"

/* What the file names and is not there, or what is attached and cannot be read. */
static void warn_unchecked(const struct ps_apply *apply, const struct ps_file *file,
			   struct ps_answer planned, const struct ps_hook_info *hooks)
{
	if (ps_is_unknown(planned))
		ps_report_note(apply->report, "warning: what is attached now is unchecked: %s",
			       apply->error->text);
	for (size_t i = 0; i < file->interfaces.count; i++)
		if (!hooks[i].ifindex && hooks[i].hook != PS_HOOK_SK_LOOKUP)
			ps_report_warn(
				apply->report, file->interfaces.item[i].place,
				"there is no interface '%s' in this network namespace; whether its "
				"packets have a link header is unchecked",
				hooks[i].device);
}

/* The interfaces' names are looked up before they are compared with those of others. */
static int read_names(struct ps_apply *apply, struct ps_file *file)
{
	struct ps_device_names names = {};
	int failed = ps_device_names_take_all(&names, &file->bindings, apply);

	ps_device_names_done(&names);
	if (failed)
		return -1;
	ps_report_masked(apply->report, &file->bindings);
	ps_bindings_sort(&file->bindings);
	return 0;
}

static int publish(struct ps_apply *apply, struct ps_file *file, struct ps_instance *instance)
{
	struct ps_plan plan = { .added = file->bindings }; /* they stay the file's */
	struct ps_draft draft;
	int failed = ps_draft_make(instance, &plan, &draft, apply->error);

	if (!failed) {
		ps_report_begin(apply->report, "publishing", plan.added.count);
		failed = ps_publish(instance, &draft, apply->error);
		ps_report_end(apply->report);
	}
	ps_draft_done(&draft);
	return failed;
}

static int make(struct ps_apply *apply, struct ps_file *file, const struct ps_hook_info *hooks)
{
	const struct ps_instance_options options = {
		.name = apply->instance,
		.access = PS_CREATE,
		.presence = apply->presence,
		.max_bindings = file->max_bindings,
		.room = (__u32)file->bindings.count,
	};
	struct ps_instance instance;
	int failed;

	if (ps_bpffs_hide(apply->error) || ps_instance_open(&options, &instance, apply->error))
		return -1;
	memcpy(instance.hooks, hooks, PS_HOOKS_MAX * sizeof(*hooks));
	failed = publish(apply, file, &instance);
	ps_instance_close(&instance);
	return failed;
}

int ps_apply_suppose(struct ps_apply *apply, struct ps_file *file)
{
	struct ps_hook_info *hooks = ps_memory_new(PS_HOOKS_MAX, sizeof(*hooks));
	int failed;

	warn_unchecked(apply, file, ps_planned_hooks(apply, file, hooks), hooks);
	failed = read_names(apply, file) || make(apply, file, hooks);
	free(hooks);
	return failed ? -1 : 0;
}
