/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A change on trial: unless it is confirmed in time, a process of its own takes
 * it back. It outlives the command and its terminal. Everybody knows of it by a
 * marker in the directory of the instance (instance/trial_mark.h), and nobody signals
 * it: it watches the marker. Whether the change is kept or taken back is
 * decided under the lock of the instance, so it is never both.
 */
#ifndef PORTSTEER_APPLY_TRIAL_H
#define PORTSTEER_APPLY_TRIAL_H

#include <stdbool.h>
#include "instance/trial_mark.h"
#include "pins/instance.h"

struct ps_trial {
	char path[PS_PATH_SIZE]; /* of the instance */
	struct ps_trial_facts facts;
	int directory_fd; /* the same */
	int lock_fd; /* that the process holds as long as it lives */
	int talk_fd; /* between command and process */
	int seconds;
};

/* An error (PS_EXIT_LOCKED) while a change of @instance is on trial, or when that is not known. */
int ps_trial_check(const struct ps_instance *instance, struct ps_error *error);

/*
 * Begins a trial, before anything is changed. Returns as fork() does: 0 in the
 * command, 1 in the process, which has no terminal and no other descriptors
 * any more; or -1. Only the process must call ps_trial_wait().
 */
int ps_trial_begin(const struct ps_instance *instance, int seconds, struct ps_trial *ret,
		   struct ps_error *error);

/* In the command: the change is published, its time runs. -1 when the process is gone. */
int ps_trial_start(struct ps_trial *trial);

/* In the command: nothing was published, there is nothing to take back. */
void ps_trial_cancel(struct ps_trial *trial);

/* In the command, with the instance locked: what is left of a process that is gone. */
void ps_trial_forget(const struct ps_instance *instance);

/* In the process: whether the time is over, or it is asked to, or told to end; else there is
 * nothing to do. */
bool ps_trial_wait(struct ps_trial *trial);

/* In the process, with the instance locked: whether the change may still be taken back. */
bool ps_trial_is_on(const struct ps_trial *trial);

/* The same: it is taken back. */
void ps_trial_end(const struct ps_trial *trial);

/* Keeps the change of @instance that is on trial. PS_EXIT_NOT_FOUND when there is none. */
int ps_trial_confirm(const struct ps_instance *instance, struct ps_error *error);

/*
 * Asks to have it taken back at once. Then ps_trial_await_end() waits for that,
 * when the lock of the instance is free again.
 */
int ps_trial_ask_back(const struct ps_instance *instance, struct ps_trial *ret,
		      struct ps_error *error);
int ps_trial_await_end(struct ps_trial *trial, int wait_seconds, struct ps_error *error);

#endif
