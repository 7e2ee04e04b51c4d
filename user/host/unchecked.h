/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Checks that could not be made, and why: what could not be looked at must not
 * look as if nothing was there. Pure.
 */
#ifndef PORTSTEER_HOST_UNCHECKED_H
#define PORTSTEER_HOST_UNCHECKED_H

#include <portsteer/abi.h>

#define PS_UNCHECKED_MAX 8 /* more different ones than there are checks of one host */

struct ps_unchecked {
	struct {
		enum ps_proto proto; /* whose bindings it concerns, PS_NO_PROTO: all */
		char text[256]; /* "the UDP sockets could not be listed: ..." */
	} item[PS_UNCHECKED_MAX];
	int count;
};

void ps_unchecked_add(struct ps_unchecked *unchecked, enum ps_proto proto, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
