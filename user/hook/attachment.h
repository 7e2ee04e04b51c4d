/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What became of each program that was attached: where it is now, or why it is
 * stale, and who else is on its hooks.
 */
#ifndef PORTSTEER_HOOK_ATTACHMENT_H
#define PORTSTEER_HOOK_ATTACHMENT_H

#include "hook/program.h"

struct ps_instance;

#define PS_ELSEWHERE "(elsewhere)" /* the interface of an orphan that is not in this namespace */

enum ps_attachment_state {
	PS_ATTACHED,
	PS_STALE_GONE, /* the interface is gone */
	PS_STALE_ANEW, /* the interface was made anew under its name */
	PS_STALE_RENAMED, /* still attached to the interface, which has another name */
	PS_STALE_MOVED, /* still attached to the interface, in another namespace */
	PS_STALE_NAMESPACE, /* the instance's network namespace is gone */
	PS_STALE_UNPINNED, /* the pin was removed, and the link with it */
	PS_STALE_FOREIGN_PIN, /* something else is pinned in its place */
	PS_STALE_CHANGED, /* somebody put another program into our link */
	PS_STALE_TAKEN_OFF, /* somebody took the program off the hook */
	PS_STALE_UNRECORDED, /* a program of the instance, on a hook, which no slot knows */
};

struct ps_attachment {
	struct ps_hook_info info;
	enum ps_attachment_state state;
	bool is_checked; /* the kernel was asked, else the state is as recorded */
	int err; /* why it could not be asked, a positive errno; else 0 */
	bool is_other_build; /* the program is from another build of portsteer */
	bool lacks_pin; /* removed by somebody: a clsact filter works on without it */
	char now[PS_DEV_SIZE]; /* the interface's name now, "" when it has none here */
	__u32 index; /* of that */
	struct ps_programs way; /* what packets meet in its direction; empty when stale */
};

struct ps_attachments {
	struct ps_attachment *item;
	size_t count;
	size_t room;
	char netns[256]; /* what -n takes for this instance, "" for the default one */
};

/*
 * All of the instance, of which PS_MAP_HOOKS must have been read. All
 * programs are described. Release with ps_attachments_done().
 */
void ps_attachments_read(const struct ps_instance *instance, struct ps_attachments *ret);
/*
 * Appends the programs of the instance that are on hooks and in no slot, as stale. Takes a look
 * at each program of the kernel, which takes CAP_SYS_ADMIN.
 */
struct ps_answer ps_attachments_add_orphans(const struct ps_instance *instance,
					    struct ps_attachments *attachments);
void ps_attachments_done(struct ps_attachments *attachments);

/* What became of one, without its way. */
void ps_attachment_find(const struct ps_instance *instance, const struct ps_hook_info *info,
			struct ps_attachment *ret);

/*
 * Whether the program of @info is known to be on an interface that is called otherwise than @device
 * now. Cheaper than finding out all of it, for who looks through many for one.
 */
bool ps_attachment_is_of_other(const struct ps_instance *instance, const struct ps_hook_info *info,
			       const char *device);

/* It is on its hook, whatever its interface is called now. */
static inline bool ps_attachment_is_in_place(const struct ps_attachment *attachment)
{
	return attachment->state == PS_ATTACHED || attachment->state == PS_STALE_RENAMED;
}

/* And meets what arrives at an interface. */
static inline bool ps_attachment_is_ingress(const struct ps_attachment *attachment)
{
	return (attachment->info.hook == PS_HOOK_XDP ||
		attachment->info.hook == PS_HOOK_TC_INGRESS) &&
	       ps_attachment_is_in_place(attachment);
}

/* Whether @program is one of them. */
static inline bool ps_attachments_have(const struct ps_attachments *attachments,
				       const struct ps_program *program)
{
	for (size_t i = 0; i < attachments->count; i++)
		if (attachments->item[i].info.hook == program->hook &&
		    attachments->item[i].info.prog_id == program->prog_id)
			return true;
	return false;
}

#endif
