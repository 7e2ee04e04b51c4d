/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The directories that instances are in. For instance.c and instance_make.c.
 */
#ifndef PORTSTEER_INSTANCE_DIR_H
#define PORTSTEER_INSTANCE_DIR_H

#include "bpffs.h"
#include "instance.h"

#define PS_STRINGIFY(x) #x
#define PS_STRING_OF(x) PS_STRINGIFY(x)
#define PS_TOP_DIR PS_BPFFS "/portsteer"
#define PS_BASE_DIR PS_TOP_DIR "/v" PS_STRING_OF(PS_ABI_VERSION)

/* Without -n: that this process is in the first network namespace, of which `default` is. */
int ps_instance_check_default(const struct ps_instance_options *options, struct ps_error *error);

/*
 * That the instance, which is open, is of the network namespace that is meant;
 * says in it where this process is.
 */
int ps_instance_check_owner(struct ps_instance *instance, const struct ps_instance_options *options,
			    struct ps_error *error);

/*
 * Takes away what killed commands left beside the instances, unless another
 * command is at work there. Nothing depends on it, so it reports nothing.
 */
void ps_instance_mend(enum ps_access access);

/*
 * Makes the instance at @path, and hands out its lock; or lets *@ret_lock_fd be
 * when somebody else was faster.
 */
int ps_instance_make(const struct ps_instance_options *options, const char *path, int *ret_lock_fd,
		     struct ps_error *error);

#endif
