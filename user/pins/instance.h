/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An instance: one table and the programs that use it, as a directory of pins,
 * /sys/fs/bpf/portsteer/v2/NAME. Opening gets the arrays into memory: mapped,
 * under a lock, to change them; copied, without one, to read (see instance/snapshot.h).
 * Invariants: the directory appears and vanishes by rename, so it is whole or
 * not there; who holds the lock is the only one who writes any map.
 */
#ifndef PORTSTEER_PINS_INSTANCE_H
#define PORTSTEER_PINS_INSTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/error.h"
#include "pins/maps.h"

#define PS_INSTANCE_DEFAULT "default"
#define PS_INSTANCE_NAME 256
#define PS_PATH_SIZE 600 /* PS_BPFFS/portsteer/v2/NAME/links/NAME, names of up to 255 bytes */

#define PS_MAP_POINTER(NAME, pin, value, ...) value *pin;
#define PS_MAP_NO_POINTER(...)

enum ps_access {
	PS_READ,
	PS_CHANGE, /* an error when the instance does not exist */
	PS_REMOVE, /* the same, and its namespace may be gone, its name taken by another */
	PS_CREATE, /* makes it when it does not exist */
};

/* Where this process is. */
enum ps_presence {
	PS_HERE, /* in the network namespace that the instance has to be of */
	PS_OUTSIDE, /* it could or would not go there */
	PS_NOWHERE, /* that is gone */
};

struct ps_instance;

/* What is read with the arrays, as of the same generation: again from the start when it was not. */
struct ps_more {
	int (*read)(void *context, const struct ps_instance *instance, struct ps_error *error);
	void *context;
};

struct ps_instance_options {
	const char *name;
	enum ps_access access;
	enum ps_presence presence;
	bool is_shown; /* for PS_READ: and no more, so it may be of another network namespace */
	int wait_seconds; /* for other commands */
	__u32 max_bindings; /* for PS_CREATE: its limit; 0: as it is, or the greatest */
	__u32 room; /* the same: for how many bindings it is made, if it is */
	__u32 reads; /* for PS_READ: which arrays, or PS_MAP_BINDINGS, as bits 1 << enum ps_map */
	struct ps_more more; /* for PS_READ; ->read NULL: nothing */
};

struct ps_snapshot;

struct ps_instance {
	char name[PS_INSTANCE_NAME];
	char path[PS_PATH_SIZE];
	enum ps_presence presence;
	int lock_fd; /* -1 when reading */
	bool is_blank; /* see ps_instance_blank() */
	bool is_new; /* made by this command, locked since */
	bool is_unfinished; /* see pending.h */
	__u32 limit; /* bindings that it may have: what is asked for, or meta says */
	int store_fd; /* program portsteer_store; -1 when reading */
	int owners_fd; /* map of owners; -1 while no binding has had one */
	int map_fd[PS_MAP_COUNT_OF];
	void *memory[PS_MAP_COUNT_OF]; /* of mmapable arrays, else NULL */
	size_t memory_size[PS_MAP_COUNT_OF]; /* 0: a copy */
	struct ps_counts *late_counts; /* when they were read, and there are any, else NULL */
	struct ps_snapshot *snapshot; /* when the bindings were read, else NULL */
	/* The same, typed, by the names of maps: ->meta, ->state; NULL what was not read. */
	PS_MAPS(PS_MAP_POINTER, PS_MAP_NO_POINTER)
};

/* Sets the typed pointers. */
void ps_instance_name_arrays(struct ps_instance *instance);

/* The half of every map that packets use now. */
__u32 ps_instance_half(const struct ps_instance *instance);

struct ps_port *ps_instance_ports(const struct ps_instance *instance, __u32 half);
struct ps_target *ps_instance_targets(const struct ps_instance *instance, __u32 half);

#endif
