/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is pinned of the guard. For this folder alone.
 */
#ifndef PORTSTEER_GUARD_INTERNAL_H
#define PORTSTEER_GUARD_INTERNAL_H

#include "pins/instance.h"
#include <portsteer/guard.h>

/* What is pinned of a guard: links of each mode, and what they saw. */
enum { PS_GUARD_LINKS = 2 * PS_GUARD_PROGRAMS, PS_GUARD_ATTEMPTS = PS_GUARD_LINKS, PS_GUARD_PINS };

struct ps_guard_pins {
	int fd[PS_GUARD_PINS]; /* -1: not pinned */
};

#define PS_GUARD_NO_PINS                     \
	{                                    \
		.fd = { -1, -1, -1, -1, -1 } \
	}

/* The number of the link @at (IPv4, IPv6) of @mode. */
int ps_guard_pin(enum ps_guard_mode mode, int at);

void ps_guard_pin_path(const struct ps_instance *instance, int pin, char ret[PS_PATH_SIZE]);

/* Opens what is pinned. Release with ps_guard_pins_close(), also after failure. */
int ps_guard_pins_open(const struct ps_instance *instance, struct ps_guard_pins *ret,
		       struct ps_error *error);
void ps_guard_pins_close(struct ps_guard_pins *pins);

#endif
