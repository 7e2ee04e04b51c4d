/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Maps of a BPF object that is not loaded yet, and those of an instance: which
 * is which, how large, and where it is pinned.
 */
#ifndef PORTSTEER_INSTANCE_OBJECT_MAPS_H
#define PORTSTEER_INSTANCE_OBJECT_MAPS_H

#include "pins/instance.h"

struct bpf_object;

/* Makes the maps of @object as large as such a table needs them. */
void ps_object_set_sizes(struct bpf_object *object, const struct ps_table_size *size);

/* Takes those of @former that have that size; never its bindings and counts, nor what it says of
 * itself. */
int ps_object_keep_maps(struct bpf_object *object, const struct ps_table_size *size,
			const struct ps_instance *former);

/* Pins them below @path, the directory of an instance. */
int ps_object_pin_maps(struct bpf_object *object, const char *path, struct ps_error *error);

/* Gives every map of @object the pinned one of the same name. 0 or -errno. */
int ps_object_reuse_maps(struct bpf_object *object, const struct ps_instance *instance);

#endif
