/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The guard as it was read: whether it is on, and where. Pure; reading and
 * switching it is guard.h.
 */
#ifndef PORTSTEER_GUARDED_H
#define PORTSTEER_GUARDED_H

#include <linux/types.h>

enum ps_guard_mode {
	PS_GUARD_OFF,
	PS_GUARD_REPORT, /* what would be refused is recorded */
	PS_GUARD_ON,
};

enum ps_guard_state {
	PS_GUARD_WHOLE,
	PS_GUARD_PARTLY, /* a command was killed, or somebody took some links away */
	PS_GUARD_GONE, /* its cgroup is gone */
	PS_GUARD_HIDDEN, /* this user may not ask the kernel */
};

struct ps_guard {
	enum ps_guard_mode mode;
	enum ps_guard_state state;
	__u64 cgroup_id; /* 0: not known */
};

#endif
