/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Changing a machine, for whoever asks: a command, the process of a change on
 * trial, an agent. What is wanted goes in; what is told on the way goes to the
 * report. Nothing here prints, or knows a command line. Every function opens the
 * instance, changes it, and closes it, or takes it away when it holds nothing any
 * more. They return 0, or -1 with an error.
 */
#ifndef PORTSTEER_APPLY_APPLY_H
#define PORTSTEER_APPLY_APPLY_H

#include "apply/report.h"
#include "binding/plan.h"
#include "guard/setting.h"
#include "pins/instance.h"

struct ps_attach_options;
struct ps_endpoints;
struct ps_file;
struct ps_registering;
struct ps_transition;

struct ps_apply {
	const char *instance; /* its name */
	enum ps_presence presence; /* where this process is */
	bool is_shown; /* what is read is shown and no more: see struct ps_instance_options */
	int wait_seconds; /* for others who are at it */
	__u32 max_bindings; /* of an instance, at most; 0: as it is, or as many as there can be */
	__u32 room; /* that an instance is made with, if it is; 0: as usual */
	bool is_strict; /* conflicts with this host forbid a change as well */
	bool allows_missing; /* interfaces of a file that are not there are left out, and said */
	bool is_detached; /* a file of bindings that nothing is attached for is meant so */
	bool has_generation; /* a file was made for the table of this one, no other: */
	__u64 generation;
	const struct ps_transition *rehearsed; /* for ps_apply_rehearse() alone */
	const char *source; /* the file that says what is wanted, NULL: none does */
	const struct ps_report *report;
	struct ps_error *error; /* whose is filled by what returns -1 */
};

/*
 * Opens the instance to read these arrays (bits 1 << enum ps_map). 1 when there is
 * none. Release with ps_instance_close().
 */
int ps_apply_read(struct ps_apply *apply, __u32 reads, struct ps_instance *ret_instance);

/* The same, and @more with it. */
int ps_apply_read_more(struct ps_apply *apply, __u32 reads, struct ps_more more,
		       struct ps_instance *ret_instance);

/* Adds @wanted, all or none, which is taken over and left empty. */
int ps_apply_bind(struct ps_apply *apply, struct ps_bindings *wanted, enum ps_if_taken if_taken);

/* Removes exactly these, which must be bound; or all of a name, of which there must be one. */
int ps_apply_unbind(struct ps_apply *apply, const struct ps_endpoints *endpoints);
int ps_apply_unbind_name(struct ps_apply *apply, const char *name);

/* Removes all; nothing to do when there is no instance. */
int ps_apply_flush(struct ps_apply *apply);

enum ps_refresh_how {
	PS_REFRESH,
	PS_REFRESH_RECOVER, /* with everything counted anew, as after a kill */
};

/* Publishes the same table with what interfaces and next hops are now, and notes what is wrong. */
int ps_apply_refresh(struct ps_apply *apply, enum ps_refresh_how how);

/*
 * Makes the table, and interfaces, guard and sockets as far as transition->file
 * speaks of them, what that says; with @seconds, on trial for so long. What was
 * changed is reported, and in @transition. Release that in any case.
 */
int ps_apply_file(struct ps_apply *apply, struct ps_transition *transition, int seconds);

/* What that would change, without changing it; what would be refused is refused. */
int ps_apply_compare(struct ps_apply *apply, struct ps_transition *transition);

/*
 * What is there, as a file that says it: of no instance, nothing. An interface that is gone may be
 * missing; a guard that is not known to be whole keeps its state. Release with ps_file_done().
 */
int ps_apply_export(struct ps_apply *apply, struct ps_file *ret);

/* Keeps the change that is on trial, or has it taken back now. PS_EXIT_NOT_FOUND: there is none. */
int ps_apply_confirm(struct ps_apply *apply);
int ps_apply_revert(struct ps_apply *apply);

/* Attaches as ps_hook_attach() does, having said what will bite. */
int ps_apply_attach(struct ps_apply *apply, const struct ps_attach_options *options);

/* As ps_hook_detach() does; NULL: from all. */
int ps_apply_detach(struct ps_apply *apply, const char *device);

/* Puts the guard on @cgroup, a path, or takes it away. */
int ps_apply_guard(struct ps_apply *apply, enum ps_guard_mode mode, const char *cgroup);

/* Registers sockets, all or none; forgets all of a name. */
int ps_apply_register(struct ps_apply *apply, const struct ps_registering *registering);
int ps_apply_unregister(struct ps_apply *apply, const char *name);

#endif
