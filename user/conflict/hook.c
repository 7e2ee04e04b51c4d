// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Conflicts on the hooks of attached interfaces: foreign programs in the way
 * of packets, and attachments that are stale.
 */
#include <stdio.h>
#include <string.h>
#include "base/hook_name.h"
#include "conflict/conflict.h"
#include "hook/stale.h"

static struct ps_conflict *add(struct ps_conflicts *conflicts, enum ps_conflict_kind kind,
			       enum ps_severity severity, const char *device)
{
	const struct ps_binding none = {};
	struct ps_conflict *conflict = ps_conflicts_add(conflicts, kind, severity, &none);

	snprintf(conflict->device, sizeof(conflict->device), "%.15s", device);
	conflict->position = (__u32)conflicts->count;
	return conflict;
}

/* In a namespace every program is asked, and the last choice of a socket counts. */
static const char *role_of(enum ps_hook hook, enum ps_severity severity)
{
	if (hook == PS_HOOK_SK_LOOKUP)
		return severity == PS_INFO
			       ? "runs before portsteer's, whose choice of a socket counts"
			       : "runs after portsteer's and may choose another socket";
	return severity == PS_INFO ? "runs after portsteer's and sees only what that passes"
				   : "runs before portsteer's and may stop or rewrite packets";
}

static void add_foreign(struct ps_conflicts *conflicts, const struct ps_attachment *attachment,
			const struct ps_program *foreign, enum ps_severity severity)
{
	struct ps_conflict *conflict = add(conflicts, PS_FOREIGN, severity, attachment->now);
	const char *role = role_of(foreign->hook, severity);
	char text[PS_PROGRAM_TEXT];

	snprintf(conflict->with, sizeof(conflict->with), foreign->prog_id ? "%.15s %u" : "%.15s",
		 foreign->name, foreign->prog_id);
	ps_conflict_say(conflict, "'%s', %s: %s, %s", attachment->now, ps_hook_name(foreign->hook),
			ps_program_format(foreign, text), role);
}

/* Those in front of the attached program, then those behind it. */
static void add_all_foreign(struct ps_conflicts *conflicts,
			    const struct ps_attachments *attachments,
			    const struct ps_attachment *attachment)
{
	bool is_netns = attachment->info.hook == PS_HOOK_SK_LOOKUP;
	enum ps_severity severity = is_netns ? PS_INFO : PS_WARNING;

	for (size_t i = 0; i < attachment->way.count; i++) {
		const struct ps_program *program = &attachment->way.item[i];

		if (program->hook == attachment->info.hook &&
		    program->prog_id == attachment->info.prog_id)
			severity = is_netns ? PS_WARNING : PS_INFO;
		else if (!ps_attachments_have(attachments, program))
			add_foreign(conflicts, attachment, program, severity);
	}
}

void ps_conflicts_find_foreign(struct ps_conflicts *conflicts, const struct ps_facts *facts)
{
	for (size_t i = 0; i < facts->attachments.count; i++)
		add_all_foreign(conflicts, &facts->attachments, &facts->attachments.item[i]);
}

/* Of two programs of one interface in one state, one is enough. */
static bool is_told(const struct ps_attachments *attachments, size_t at)
{
	const struct ps_attachment *attachment = &attachments->item[at];

	for (size_t i = 0; i < at; i++)
		if (attachments->item[i].state == attachment->state &&
		    !strncmp(attachments->item[i].info.device, attachment->info.device,
			     PS_DEV_SIZE))
			return true;
	return false;
}

void ps_conflicts_find_stale(struct ps_conflicts *conflicts, const struct ps_facts *facts)
{
	for (size_t i = 0; i < facts->attachments.count; i++) {
		const struct ps_attachment *attachment = &facts->attachments.item[i];
		struct ps_conflict *conflict;

		if (attachment->state == PS_ATTACHED || is_told(&facts->attachments, i))
			continue;
		conflict = add(conflicts, PS_STALE, PS_WARNING, attachment->info.device);
		snprintf(conflict->with, sizeof(conflict->with), "%s",
			 ps_hook_name(attachment->info.hook));
		ps_conflict_say(conflict, "'%.15s': %s; fix it: %s", attachment->info.device,
				ps_stale_detail(attachment->state),
				ps_stale_command(&facts->attachments, attachment));
	}
}
