/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Link addresses, from rtnetlink(7): of an interface, and of a neighbour
 * behind it.
 */
#ifndef PORTSTEER_HOST_NEIGHBOUR_H
#define PORTSTEER_HOST_NEIGHBOUR_H

#include <portsteer/abi.h>

/*
 * Link address of the neighbour @addr (as in struct ps_endpoint) on @ifindex.
 * When the kernel does not know it, asks the kernel to resolve it (NTF_USE)
 * and waits up to @wait_ms. Returns 0, -ENOENT when there is no answer, or
 * another -errno; @ret_mac is untouched on failure.
 */
int ps_neighbour_resolve(__u32 ifindex, enum ps_family family, const __u8 addr[16], int wait_ms,
			 __u8 ret_mac[6]);

/* Link address of the interface itself. 0 or -errno (-ENODEV, -ENODATA). */
int ps_device_mac(__u32 ifindex, __u8 ret_mac[6]);

#endif
