/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A change on trial: unless it is confirmed in time, a process of its own takes
 * it back. It outlives the command and its terminal. Both know of each other by
 * a marker in /run/portsteer, locked while the process lives; whoever removes
 * the marker decides, so that a change is confirmed or taken back, never both.
 * The lock of the instance is held where a trial begins and where it is taken
 * back, and by who asks for one.
 */
#ifndef PORTSTEER_TRIAL_H
#define PORTSTEER_TRIAL_H

#include <stdbool.h>
#include "error.h"

#define PS_TRIAL_PATH_SIZE 600

struct ps_trial {
	char path[PS_TRIAL_PATH_SIZE]; /* of the marker */
	int marker_fd;
	int talk_fd; /* between command and process */
	int seconds;
	bool is_claimed;
};

/* An error (PS_EXIT_LOCKED) while a change of the instance @name is on trial. */
int ps_trial_check(const char *name, struct ps_error *error);

/*
 * Begins a trial, before anything is changed. Returns as fork() does: 0 in the
 * command, 1 in the process, which has no terminal and no other descriptors
 * any more; or -1. Only the process must call ps_trial_wait().
 */
int ps_trial_begin(const char *name, int seconds, struct ps_trial *ret, struct ps_error *error);

/* In the command: the change is published, its time runs. -1 when the process is gone. */
int ps_trial_start(struct ps_trial *trial);

/* In the command: nothing was published, there is nothing to take back. */
void ps_trial_cancel(struct ps_trial *trial);

/* In the process: whether the time is over, or the process is told to end; else there is nothing to
 * do. */
bool ps_trial_wait(struct ps_trial *trial);

/* In the process, with the instance locked: whether the change may be taken back; then it must. */
bool ps_trial_claim(struct ps_trial *trial);

/* Confirms the change of @name that is on trial. PS_EXIT_NOT_FOUND when there is none. */
int ps_trial_confirm(const char *name, struct ps_error *error);

/* Has it taken back at once, and waits for that. */
int ps_trial_revert(const char *name, int wait_seconds, struct ps_error *error);

#endif
