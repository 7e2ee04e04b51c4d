/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One slot of `hooks`: its program loaded and attached, renewed, taken off. A
 * slot is written before its pin appears and cleared after it is gone, so a
 * slot without a pin is left over. Programs find the
 * slot by their interface, or have its number baked in; its counters go on when the
 * program is renewed.
 */
#ifndef PORTSTEER_HOOK_SLOT_H
#define PORTSTEER_HOOK_SLOT_H

#include "pins/instance.h"

/* The slot of @device at @hook; with PS_HOOK_FREE and NULL a free one. -1: none. */
int ps_hook_index_find(const struct ps_instance *instance, enum ps_hook hook, const char *device);

/*
 * Attaches as @info says (device, ifindex, hook, mode, is_shared, made_clsact)
 * and describes it in slot @slot. @priority is for the dispatcher.
 */
int ps_hook_index_attach(struct ps_instance *instance, int slot, const struct ps_hook_info *info,
			 __u32 priority, struct ps_error *error);

/* Puts this build's program in the place of the slot's, under packets. */
int ps_hook_index_renew(struct ps_instance *instance, int slot, struct ps_error *error);

/* What a slot held before it was renewed. */
struct ps_hook_before {
	struct ps_hook_info info;
	int prog_fd; /* to be closed; below 0: why it cannot be put back */
};

/*
 * An error when it cannot be told which program that is. One in a dispatcher, which takes no
 * loaded program, cannot be put back, nor any by who may not ask for programs.
 */
int ps_hook_index_remember(const struct ps_instance *instance, int slot, struct ps_hook_before *ret,
			   struct ps_error *error);
int ps_hook_index_put_back(struct ps_instance *instance, int slot,
			   const struct ps_hook_before *before, struct ps_error *error);

/* Takes off what is ours, wherever its interface is, and frees the slot. */
int ps_hook_index_detach(struct ps_instance *instance, int slot, struct ps_error *error);

#endif
