/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs of an instance that are on hooks although no slot of `hooks` knows
 * them: left by a command that could not tell what became of its work. They are
 * known by the map `state` that they use (ours.h), never by name.
 */
#ifndef PORTSTEER_HOOK_ORPHAN_H
#define PORTSTEER_HOOK_ORPHAN_H

#include "base/answer.h"
#include "hook/program.h"
#include "pins/instance.h"

struct ps_orphan {
	struct ps_hook_info info; /* as far as it can be told; device "": not on a hook here */
	enum ps_program_by by;
	bool is_dead; /* a pinned link whose interface is gone */
};

struct ps_orphans {
	struct ps_orphan *item;
	size_t count;
	size_t room;
};

/*
 * Those on the hooks of this network namespace, and links of ours wherever they
 * are; a yes when one is alive. Release with ps_orphans_done(), whatever the
 * answer. Only CAP_SYS_ADMIN may ask.
 */
struct ps_answer ps_orphans_read(const struct ps_instance *instance, struct ps_orphans *ret);
void ps_orphans_done(struct ps_orphans *orphans);

/* Gives those of @device a slot, as programs of another build, which attach then renews. */
int ps_orphans_adopt(struct ps_instance *instance, const char *device, struct ps_error *error);

/* Takes those of @device, or with NULL all, off their hooks; *@ret_count: how many there were. */
int ps_orphans_detach(struct ps_instance *instance, const char *device, size_t *ret_count,
		      struct ps_error *error);

#endif
