/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The guard as it was read, as a file has it, and what makes the one equal to
 * the other. Pure; reading and switching it is attach.h.
 */
#ifndef PORTSTEER_GUARD_SETTING_H
#define PORTSTEER_GUARD_SETTING_H

#include <stdbool.h>
#include <portsteer/guard.h>
#include "base/diagnostic.h"

#define PS_GUARD_CGROUP 256
#define PS_GUARD_TEXT (PS_GUARD_CGROUP + 32)

enum ps_guard_state {
	PS_GUARD_WHOLE,
	PS_GUARD_PARTLY, /* a command was killed, or somebody took some links away */
	PS_GUARD_GONE, /* its cgroup is gone */
	PS_GUARD_HIDDEN, /* this user may not ask the kernel */
};

/* Whether it is on, and where. */
struct ps_guard {
	enum ps_guard_mode mode;
	enum ps_guard_state state;
	__u64 cgroup_id; /* 0: not known */
};

struct ps_guard_setting {
	struct ps_position place; /* in the file */
	enum ps_guard_mode mode;
	enum ps_guard_state state;
	char cgroup[PS_GUARD_CGROUP]; /* "" when it is off, or not known */
};

/* What to do to the guard: nothing when both are equal. */
struct ps_guard_plan {
	struct ps_guard_setting before, after;
};

/* "off", "report", "on", NULL: by mode. */
extern const char *const ps_guard_modes[];

/* "attached", "incomplete" ... */
const char *ps_guard_state_name(enum ps_guard_state state);

/* A guard that may not be looked at is taken for whole, and for one of the cgroup that is asked. */
bool ps_guard_plan_is_empty(const struct ps_guard_plan *plan);

/* "on /system.slice": what `guard` takes; and what is wrong, if anything. Returns @text. */
const char *ps_guard_setting_format(const struct ps_guard_setting *setting,
				    char text[PS_GUARD_TEXT]);

#endif
