/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading an instance again and again, also while it is not there. It stays
 * open between readings, so that one after which nothing has changed costs some
 * system calls, however many bindings there are. No lock is held.
 */
#ifndef PORTSTEER_OBSERVE_WATCH_H
#define PORTSTEER_OBSERVE_WATCH_H

#include "observe/event.h"
#include "pins/instance.h"

struct ps_watch {
	const char *name; /* of the instance */
	enum ps_presence presence; /* of this process, which stays where it is */
	bool is_open;
	struct ps_instance instance;
};

/*
 * Reads it once more; all zero when there is none, or another than in @before, the last reading.
 * When the generation is still that of @before, its bindings are moved to *@ret. 1: it is being
 * changed, and *@ret is untouched; try again later. Release with ps_reading_done().
 */
int ps_watch_read(struct ps_watch *watch, struct ps_reading *before, struct ps_reading *ret,
		  struct ps_error *error);

void ps_watch_close(struct ps_watch *watch);

#endif
