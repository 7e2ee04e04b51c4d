/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The marker of a change on trial. It is in the directory of the instance, so
 * whoever sees the table sees it: `trial`, a symbolic link whose text says by
 * whom and until when, and `%trial`, a directory that only the owner can open,
 * locked while the process lives that would take the change back. No process
 * is known by its number, which another one has in another namespace.
 * Made and removed under the lock of the instance, except by the first.
 */
#ifndef PORTSTEER_INSTANCE_TRIAL_MARK_H
#define PORTSTEER_INSTANCE_TRIAL_MARK_H

#include <stdbool.h>
#include "base/answer.h"

#define PS_TRIAL_USER 64

struct ps_trial_facts {
	char user[PS_TRIAL_USER]; /* who logged in, or a number */
	unsigned int uid;
	long long since_ns; /* CLOCK_REALTIME */
	long long until_ms; /* as ps_trial_clock_ms() */
	bool is_checked; /* its process lives; an ordinary user cannot know */
};

/* CLOCK_BOOTTIME of the first time namespace. */
long long ps_trial_clock_ms(void);

/* Of a trial by this user, which begins now. */
void ps_trial_facts_make(int seconds, struct ps_trial_facts *ret);

/* Whole seconds until its end. */
long ps_trial_facts_left(const struct ps_trial_facts *facts);

/* Whether a change of the instance at @directory is on trial; @ret may be NULL. */
struct ps_answer ps_trial_find(const char *directory, struct ps_trial_facts *ret);

/* By the process itself: makes it, locked as long as *@ret_lock_fd is open. 0 or -errno. */
int ps_trial_mark_make(int directory_fd, const struct ps_trial_facts *facts, int *ret_lock_fd);

/* The same for what it says. 0 or -errno. */
int ps_trial_mark_write(int directory_fd, const struct ps_trial_facts *facts);

/* Whether it is there, and the one that is locked by @lock_fd; also when that is not known. */
bool ps_trial_mark_is_ours(int directory_fd, int lock_fd);

/* Asks its process to take the change back; whether it was asked. 0 or -errno. */
int ps_trial_mark_ask(int directory_fd);
struct ps_answer ps_trial_mark_is_asked(int directory_fd);

/* Ends the trial. 0 or -errno; -ENOENT when there was none, and what a kill left is gone. */
int ps_trial_mark_remove(int directory_fd);

#endif
