/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Opening and closing instances. Opening gets the arrays into memory: mapped,
 * under a lock, to change them; copied, without one, to read (see snapshot.h).
 */
#ifndef PORTSTEER_INSTANCE_OPEN_H
#define PORTSTEER_INSTANCE_OPEN_H

#include "pins/instance.h"

/*
 * Release with ps_instance_close(). PS_EXIT_NOT_FOUND when there is none,
 * PS_EXIT_LOCKED when others were busy with it for too long.
 */
int ps_instance_open(const struct ps_instance_options *options, struct ps_instance *ret,
		     struct ps_error *error);

/*
 * The same of a directory that is to become that of @like, or was it, to change it: without a lock,
 * and whoever made it. Only its layout is checked.
 */
int ps_instance_open_at(const char *path, const struct ps_instance *like, struct ps_instance *ret,
			struct ps_error *error);

void ps_instance_close(struct ps_instance *instance);

/* Lets go of @map and opens what is pinned in its place, of an instance open to be changed. */
int ps_instance_open_again(struct ps_instance *instance, enum ps_map map, struct ps_error *error);

#endif
