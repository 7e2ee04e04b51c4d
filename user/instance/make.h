/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Making and removing instances.
 */
#ifndef PORTSTEER_INSTANCE_MAKE_H
#define PORTSTEER_INSTANCE_MAKE_H

#include "instance/object_maps.h"
#include "pins/instance.h"

/*
 * Takes away what killed commands left beside the instances, unless another
 * command is at work there. Nothing depends on it, so it reports nothing.
 */
void ps_instance_repair(enum ps_access access);

/* Makes all that an instance is at @path, where nobody sees it yet. */
typedef int (*ps_instance_fill)(void *context, const char *path, struct ps_error *error);

/* How large an instance is made that is to have room for @room bindings, and at most @max. */
struct ps_table_size ps_instance_fresh_size(__u32 room, __u32 max);

/* The same as ps_instance_make(), with what @fill makes. */
int ps_instance_make_by(const struct ps_instance_options *options, const char *path,
			ps_instance_fill fill, void *context, int *ret_lock_fd,
			struct ps_error *error);

/*
 * Makes the instance at @path, and hands out its lock; or lets *@ret_lock_fd be
 * when somebody else was faster.
 */
int ps_instance_make(const struct ps_instance_options *options, const char *path, int *ret_lock_fd,
		     struct ps_error *error);

/*
 * The path of a file in the directory that portsteer did not put there, when
 * nothing is attached: it would go with the directory. False: there is none.
 */
bool ps_instance_find_unknown(const struct ps_instance *instance, char ret_path[PS_PATH_SIZE]);

/*
 * Takes the directory @path away that is no instance any more, in a step behind which
 * only its pins are left to be swept.
 */
int ps_instance_discard(const char *path, struct ps_error *error);

/* Takes the pins away. The instance must be open for PS_CHANGE; it still has to be closed. */
int ps_instance_remove(struct ps_instance *instance, struct ps_error *error);

#endif
