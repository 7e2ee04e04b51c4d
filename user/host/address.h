/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The addresses that the current network namespace has on its interfaces,
 * from rtnetlink(7), loopback included.
 */
#ifndef PORTSTEER_HOST_ADDRESS_H
#define PORTSTEER_HOST_ADDRESS_H

#include <stddef.h>
#include <portsteer/abi.h>
#include "base/error.h"

struct ps_address {
	__u8 addr[16]; /* as in struct ps_endpoint */
	enum ps_family family;
	__u32 ifindex;
};

struct ps_addresses {
	struct ps_address *item;
	size_t count;
};

/* Release with ps_addresses_done(), also after failure. */
int ps_addresses_read(struct ps_addresses *ret, struct ps_error *error);
void ps_addresses_done(struct ps_addresses *addresses);

#endif
