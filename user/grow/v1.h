/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An instance of ABI 1, as far as it is needed to move it: what has the layout of
 * today is opened as it is, and of the rest what cannot be computed anew. The
 * layout is frozen: nothing here follows portsteer/abi.h.
 */
#ifndef PORTSTEER_GROW_V1_H
#define PORTSTEER_GROW_V1_H

#include "pins/dir.h"
#include "pins/instance.h"

#define PS_V1_DEFAULT 65536 /* bindings, where nobody said how many */

/* Counters of one binding or one reason, by CPU, which no program of today writes. */
struct ps_v1 {
	struct ps_instance instance; /* its maps of today's layout; bindings and targets to read */
	struct ps_meta facts; /* what instance.meta points to: in today's words */
	const struct ps_count *counters;
	const __u64 *reasons;
	size_t counters_size, reasons_size;
	int meta_fd;
	__u32 cpus;
};

/* Where an instance of ABI 1 of that name is, or was. */
void ps_v1_path(const char *name, char ret_path[PS_PATH_SIZE]);

enum ps_v1_state {
	PS_V1_NONE, /* or what ps_v1_leave() has put there */
	PS_V1_WHOLE,
	PS_V1_MARKED, /* being moved: its release does not touch it any more */
};

/* An error when that cannot be told. */
int ps_v1_look(const char *name, enum ps_v1_state *ret, struct ps_error *error);

/* Opens it to move it. Release with ps_v1_close(). */
int ps_v1_open(const char *name, struct ps_v1 *ret, struct ps_error *error);
void ps_v1_close(struct ps_v1 *v1);

/* From now on its release refuses every command: another made it. */
int ps_v1_mark(struct ps_v1 *v1, struct ps_error *error);

/* What was counted to or from the binding in @slot, on all CPUs. */
struct ps_count ps_v1_count(const struct ps_v1 *v1, enum ps_direction direction, __u32 slot);

/* The same of a reason at a hook. */
__u64 ps_v1_reason(const struct ps_v1 *v1, __u32 hook, __u32 reason);

/*
 * Takes its maps away. In their place stays what makes its release refuse, until
 * ps_v1_forget(): maps of the same kinds with nothing in them, made by another.
 */
int ps_v1_leave(const char *name, struct ps_error *error);

/* Takes that away, too, if it is there. */
int ps_v1_forget(const char *name, struct ps_error *error);

#endif
