/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where instances are: each is a directory, by its name, escaped.
 */
#ifndef PORTSTEER_PINS_DIR_H
#define PORTSTEER_PINS_DIR_H

#include "pins/bpffs.h"
#include "pins/instance.h"

#define PS_STRINGIFY(x) #x
#define PS_STRING_OF(x) PS_STRINGIFY(x)
#define PS_TOP_DIR PS_BPFFS "/portsteer"
#define PS_V1_DIR PS_TOP_DIR "/v1" /* of earlier releases: see grow/v1.h */
#define PS_BASE_DIR PS_TOP_DIR "/v" PS_STRING_OF(PS_ABI_VERSION)

/* Fills in name and path. */
void ps_instance_locate(const char *name, struct ps_instance *ret);

/* Whether there may be an instance of that name; an ordinary user may not see it. */
bool ps_instance_is_there(const char *name);

/* Whether the walk may end at the instance @name. */
typedef bool (*ps_instances_see)(void *seer, const char *name);

/* Shows the name of every instance, sorted. 0, or -errno when they cannot be listed. */
int ps_instances_walk(ps_instances_see see, void *seer);

/*
 * Where an instance lies that is to take the place of the one whose directory has @inode, because
 * that grows; or that one itself, when its place is taken (grow/grow.h).
 */
void ps_instance_beside(__u64 inode, char ret_path[PS_PATH_SIZE]);

/* The inode of the directory @path. */
int ps_instance_inode(const char *path, __u64 *ret, struct ps_error *error);

/* Whether the one at @path is growing, or was killed at that. */
bool ps_instance_is_growing(const char *path);

#endif
