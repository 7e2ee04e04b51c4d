/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Destinations that no hook steers, whatever is bound: decided here alone, for hooks, the
 * guard of bind(2), and what the tool says of bindings. Sources decide nothing, and
 * 0.0.0.0/8 is steered, because Linux takes it (doc/adr/0026). Addresses are in host order.
 *
 * Who asks differs in this: hooks and guard have whole addresses; the tool has prefixes,
 * of which every address must be such a one, so any address (0 bits) never is. The guard
 * asks for ::ffff:127.0.0.1, which is on no wire, as for the IPv4 address that it holds.
 */
#ifndef PORTSTEER_ABI_ADDRESS_H
#define PORTSTEER_ABI_ADDRESS_H

#include <portsteer/abi.h>

/* PS_REASON_NONE, or the reason that packets to @bits of @addr are counted for. */
static inline __attribute__((always_inline)) enum ps_reason ps_unsteered_ipv4(__u32 addr, __u8 bits)
{
	if ((bits >= 4 && addr >> 28 == 0xe) || (bits == 32 && addr == 0xffffffff))
		return PS_REASON_MULTICAST; /* 224.0.0.0/4, and the broadcast address */
	if (bits >= 8 && addr >> 24 == 127)
		return PS_REASON_MARTIAN; /* 127.0.0.0/8 */
	return PS_REASON_NONE;
}

/* The same; @first and @last are the halves of an address. */
static inline __attribute__((always_inline)) enum ps_reason ps_unsteered_ipv6(__u64 first,
									      __u64 last, __u8 bits)
{
	if (bits >= 8 && first >> 56 == 0xff)
		return PS_REASON_MULTICAST; /* ff00::/8 */
	if (bits == 128 && !first && last == 1)
		return PS_REASON_MARTIAN; /* ::1 */
	return PS_REASON_NONE;
}

#endif
