/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The guard: two programs on the bind(2) hooks of one cgroup, each behind a
 * pinned bpf_link, whose name says the mode: links/guard-on-ipv4. The kernel
 * takes them off when the cgroup goes.
 */
#ifndef PORTSTEER_GUARD_ATTACH_H
#define PORTSTEER_GUARD_ATTACH_H

#include "guard/setting.h"
#include "pins/instance.h"

/* An error when that is not known, unless the kernel just does not tell this user. */
int ps_guard_read(const struct ps_instance *instance, struct ps_guard *ret, struct ps_error *error);

/* The same as a file would say it. */
int ps_guard_read_setting(const struct ps_instance *instance, struct ps_guard_setting *ret,
			  struct ps_error *error);

/*
 * Puts programs of this build on @cgroup, a path, in place of those that are there. An error
 * when the guard is on another cgroup. The instance must be open to change. After a failure the
 * guard is what it was.
 */
int ps_guard_start(struct ps_instance *instance, enum ps_guard_mode mode, const char *cgroup,
		   struct ps_error *error);

/* The same, also from another cgroup. */
int ps_guard_move(struct ps_instance *instance, enum ps_guard_mode mode, const char *cgroup,
		  struct ps_error *error);

enum ps_renewal {
	PS_RENEW_REHEARSED, /* programs are loaded, to see that they can be */
	PS_RENEW_DONE,
};

/* Programs that read the maps of @instance as it is now take the place of those that are there. */
int ps_guard_renew(const struct ps_instance *instance, enum ps_renewal renewal,
		   struct ps_error *error);

/*
 * Takes them off, and forgets what they saw. Nothing when the guard is off; after a failure it is
 * what it was.
 */
int ps_guard_stop(const struct ps_instance *instance, struct ps_error *error);

#endif
