/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a file of the BPF file system holds: found out without trusting its
 * name, so that nothing of others is taken for ours.
 */
#ifndef PORTSTEER_PIN_H
#define PORTSTEER_PIN_H

#include <linux/types.h>

enum ps_pin_kind {
	PS_PIN_NONE, /* there is no such file */
	PS_PIN_HIDDEN, /* this user may not open it */
	PS_PIN_LINK,
	PS_PIN_PROGRAM,
	PS_PIN_MAP,
	PS_PIN_OTHER, /* no BPF object: a directory, an iterator */
};

struct ps_pin {
	enum ps_pin_kind kind;
	__u32 prog_id; /* of a program, or the one that a link holds */
	__u32 link_id;
	__u32 ifindex; /* of a link, or inode of its network namespace; 0: that is gone */
};

void ps_pin_read(const char *path, struct ps_pin *ret);

#endif
