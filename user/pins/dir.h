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
#define PS_BASE_DIR PS_TOP_DIR "/v" PS_STRING_OF(PS_ABI_VERSION)

/* Fills in name and path. */
void ps_instance_locate(const char *name, struct ps_instance *ret);

/* Whether there may be an instance of that name; an ordinary user may not see it. */
bool ps_instance_is_there(const char *name);

/* Whether the walk may end at the instance @name. */
typedef bool (*ps_instances_see)(void *seer, const char *name);

/* Shows the name of every instance, sorted. 0, or -errno when they cannot be listed. */
int ps_instances_walk(ps_instances_see see, void *seer);

#endif
