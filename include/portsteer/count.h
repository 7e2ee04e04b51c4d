/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The layout of what programs count: packets of each binding, and reasons of each
 * hook. A part of abi.h, which includes it.
 */
#ifndef PORTSTEER_COUNT_LAYOUT_H
#define PORTSTEER_COUNT_LAYOUT_H

#include <portsteer/abi.h>

struct ps_count {
	__u64 packets;
	__u64 bytes;
};

#define PS_BLOCK 64 /* slots whose counters are one element: reading costs by the element */

/*
 * Element of `counters` and `sent`, at ps_count_index(): the packets of 64
 * bindings on one CPU, to them in `counters`, from them in `sent`. There is a row
 * for each CPU that was present when the maps were made, and of `sent` only once
 * there is a hook that counts it. What a CPU counts that came later is in `late`.
 *
 * Element of `carried`, where a row is a direction: what was counted before
 * `counters` and `sent` were replaced by larger ones. No program writes it.
 */
struct ps_counts {
	struct ps_count count[PS_BLOCK];
};

/* Key of `late`, whose values are added to by all late CPUs, atomically. */
struct ps_late_key {
	__u32 block; /* slot / PS_BLOCK */
	__u32 direction;
};

/* How many elements a row has. */
static inline __attribute__((always_inline)) __u32 ps_blocks_of(__u32 slots)
{
	return (slots + PS_BLOCK - 1) / PS_BLOCK;
}

static inline __attribute__((always_inline)) __u32 ps_count_index(__u32 row, __u32 blocks,
								  __u32 slot)
{
	return row * blocks + slot / PS_BLOCK;
}

/*
 * Element of `reasons`, at ps_reasons_index(): what one hook counted in one row.
 * The first two rows are no CPU's; behind them there is one for each that was
 * present when the map was made.
 */
struct ps_reasons {
	__u64 count[PS_REASONS_MAX];
};

#define PS_REASONS_OTHERS 0 /* of CPUs that came later: added to atomically */
#define PS_REASONS_CARRIED 1 /* counted before the map was replaced; no program writes it */
#define PS_REASONS_CPU 2 /* of CPU 0 */

static inline __attribute__((always_inline)) __u32 ps_reasons_index(__u32 row, __u32 hook)
{
	return row * PS_HOOKS_MAX + hook;
}

/*
 * Why a packet took its way. Each exit of a hook counts one. Numbers are stable
 * and never given a second meaning. There is room for 64, so all are planned:
 *
 *   31 to 46  forward, forward-reply, no-flow, no-backend, pool-exhausted,
 *             flows-full, half-open-busy, fragment-early, ttl, no-next-hop, at-tc,
 *             icmp-error, expected, rejected, limited, half-open-gave-way
 *   47 to 50  source, source-limited, source-untracked, blocked
 *   51 to 53  lease-expired, other-interface, other-vlan
 *   54        cpu
 *   55 to 63  free
 */
enum ps_reason {
	PS_REASON_NONE,
	PS_REASON_UNBOUND, /* no binding for this endpoint */
	PS_REASON_PASS,
	PS_REASON_COUNT,
	PS_REASON_DROP,
	PS_REASON_REDIRECT,
	PS_REASON_NOT_IP, /* ARP and whatever else is not IP */
	PS_REASON_PROTOCOL, /* neither TCP, UDP nor SCTP */
	PS_REASON_FRAGMENT, /* has no ports */
	PS_REASON_TRUNCATED, /* frame ends before what its headers promise */
	PS_REASON_MALFORMED, /* headers contradict themselves */
	PS_REASON_VLAN_LIMIT, /* more than two tags: passed */
	PS_REASON_EXT_LIMIT, /* more than eight IPv6 extension headers: passed */
	PS_REASON_MULTICAST, /* multicast or broadcast IP destination */
	PS_REASON_MARTIAN, /* loopback destination */
	PS_REASON_NO_DEVICE, /* target's interface is gone: dropped */
	PS_REASON_NO_DEVICE_PASS, /* the same, passed by on-missing pass */
	PS_REASON_NO_NEIGHBOUR, /* next hop's link address unknown: dropped */
	PS_REASON_NO_NEIGHBOUR_PASS,
	PS_REASON_UNSUPPORTED, /* this hook cannot do that action: dropped */
	PS_REASON_UNSUPPORTED_PASS,
	PS_REASON_BROKEN, /* the table contradicts itself: dropped */
	PS_REASON_SENT, /* egress: counted for a binding */
	PS_REASON_REDIRECT_LOST, /* counted besides REDIRECT: the target did not take the frame */
	PS_REASON_SOCKET, /* passed for a socket, or handed to it by sk_lookup */
	PS_REASON_NO_SOCKET, /* none is registered that takes it: refused */
	PS_REASON_NO_SOCKET_PASS,
	PS_REASON_VLAN_LIMIT_DROP, /* dropped: it may be for a binding that takes traffic away */
	PS_REASON_EXT_LIMIT_DROP,
	PS_REASON_UNREADABLE, /* headers go on where they cannot be read: passed */
	PS_REASON_UNREADABLE_DROP,
	PS_REASON_COUNT_OF,
};

_Static_assert(sizeof(struct ps_count) == 16, "four in a cache line");
_Static_assert(PS_REASON_COUNT_OF <= PS_REASONS_MAX, "reasons fit their map");

#endif
