/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The layout of `changes`, the work of the program portsteer_store. No packet
 * sees any of it.
 */
#ifndef PORTSTEER_ABI_CHANGE_H
#define PORTSTEER_ABI_CHANGE_H

#include <portsteer/abi.h>

#define PS_CHANGES_MAX 4096 /* words stored by one run of portsteer_store */

enum ps_change_kind {
	PS_CHANGE_INSERT, /* a new element, with @act in @half and PS_NONE elsewhere */
	PS_CHANGE_ACT, /* store @act in the word of @half, in place */
	PS_CHANGE_ACT_AND_NAME, /* the same, and the name, which no packet sees */
	PS_CHANGE_DELETE,
} PS_ENUM8;

/* One line of work for portsteer_store, element of `changes`. */
struct ps_change {
	struct ps_endpoint endpoint;
	struct ps_act act;
	__u32 slot, born; /* of what is inserted */
	__u8 half; /* or, to insert, PS_HALVES for both */
	enum ps_change_kind kind;
	__u16 zero;
	char name[PS_NAME_SIZE];
};

/*
 * Element of `renames`, which is pinned while a change that gives names to
 * bindings is not finished: what one is called from @generation on.
 */
struct ps_rename {
	struct ps_endpoint endpoint;
	__u64 generation;
	char name[PS_NAME_SIZE];
};

/* Argument and result of portsteer_store. */
struct ps_store_args {
	__u32 first; /* element of `changes` to begin with */
	__u32 count; /* how many to work through */
	__u32 done; /* how many were, before the first that failed */
	__s32 error; /* of that one, negative errno */
	__u32 clears_late; /* `late` has elements: they forget what is inserted */
	__u32 zero;
};

_Static_assert(sizeof(struct ps_rename) == 64, "no holes");
_Static_assert(sizeof(struct ps_change) == 72, "no holes");

#endif
