/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a file of the BPF file system holds: found out without trusting its
 * name, so that nothing of others is taken for ours, and without /proc.
 */
#ifndef PORTSTEER_PINS_PIN_H
#define PORTSTEER_PINS_PIN_H

#include <linux/types.h>
#include "base/error.h"

enum ps_pin_kind {
	PS_PIN_UNKNOWN, /* it could not be looked at: it may be ours */
	PS_PIN_NONE, /* there is no such file */
	PS_PIN_LINK,
	PS_PIN_PROGRAM,
	PS_PIN_OTHER, /* a map, a directory, an iterator */
};

struct ps_pin {
	enum ps_pin_kind kind;
	int err; /* why it is not known, a positive errno; else 0 */
	__u32 prog_id; /* of a program, or the one that a link holds */
	__u32 link_id;
	__u32 ifindex; /* of a link, or inode of its network namespace; 0: that is gone */
};

void ps_pin_read(const char *path, struct ps_pin *ret);

/* The same before something is changed: an error when it is not known. */
int ps_pin_look(const char *path, struct ps_pin *ret, struct ps_error *error);

#endif
