/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The programs of a hook, loaded once more to be asked: they read the live table, and
 * count in maps of their own, so that nobody sees that they ran. Attached nowhere,
 * pinned nowhere. See doc/adr/0043.
 */
#ifndef PORTSTEER_OBSERVE_REHEARSAL_H
#define PORTSTEER_OBSERVE_REHEARSAL_H

#include "observe/opinion.h"
#include "pins/instance.h"

#define PS_REHEARSED_MIN 14 /* bytes of a frame: the kernel runs programs on no less */
#define PS_REHEARSED_MAX 3072 /* nor, at TC, on more than a page has room for */

struct ps_rehearsal {
	struct ps_arrival arrival;
	struct ps_instance instance; /* what the program sees of it */
	struct ps_meta meta;
	struct ps_hook_info hooks[PS_HOOKS_MAX];
	struct ps_reasons *reasons; /* a row: PS_HOOKS_MAX of them */
	int program_fd;
	int own_fd[PS_MAP_COUNT_OF]; /* maps of its own, else -1 */
};

/* Of @instance, which must stay open. Release with ps_rehearsal_close(), also after failure. */
int ps_rehearsal_open(struct ps_rehearsal *rehearsal, const struct ps_instance *instance,
		      const struct ps_arrival *arrival, struct ps_error *error);
void ps_rehearsal_close(struct ps_rehearsal *rehearsal);

/* What is run, and what came of it. */
struct ps_rehearsed {
	const __u8 *bytes; /* an Ethernet frame */
	size_t size;
	__u32 slot; /* of the binding that is expected to win, where it is looked for first */
	struct ps_opinion opinion;
	int number; /* that the program returned */
	__u8 link[12]; /* link addresses of the frame afterwards */
};

int ps_rehearse(struct ps_rehearsal *rehearsal, struct ps_rehearsed *rehearsed,
		struct ps_error *error);

#endif
