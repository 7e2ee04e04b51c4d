/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which packets a benchmark sends: endpoint number @index of a shape, the same
 * in the front program, which writes it into a packet, and in user space,
 * which binds it. Knows no map and no table.
 */
#ifndef BENCH_TRAFFIC_H
#define BENCH_TRAFFIC_H

#include <linux/types.h>

enum bench_shape {
	BENCH_EXACT, /* an address and a port */
	BENCH_ANY, /* a port of any address */
	BENCH_PREFIX, /* a /24 and a port */
	BENCH_NESTED, /* the same, and a /32 of that port is bound too */
	BENCH_RANGE, /* an address and 1 000 ports */
	BENCH_MISS, /* the port of an exact binding, another address */
	BENCH_UNBOUND, /* a port that nothing is bound to */
	BENCH_NEAR, /* a port of any address, beside the one before */
};

/* What the front program does: written before each run. */
struct bench_traffic {
	__u64 random; /* never 0 */
	__u32 shape;
	__u32 count; /* of different endpoints */
	__u32 is_ipv6;
	__u32 zero;
};

struct bench_place {
	__u32 addr; /* host order; of IPv6 the second four bytes, and the last */
	__u16 port;
};

#define BENCH_NET 0x10000000 /* 16.0.0.0/4 */
#define BENCH_FREE_NET 0x40000000 /* 64.0.0.0/4: none of it is bound */
#define BENCH_NET_BITS 28 /* that differ */
#define BENCH_PORT_MIN 1024
#define BENCH_PORTS 31744 /* of exact bindings: 1024 to 32767 */
#define BENCH_FREE_MIN 32768 /* to 60999: where replies arrive */
#define BENCH_FREE_PORTS 28232
#define BENCH_PREFIX_PORT 443
#define BENCH_RANGE_MIN 8000
#define BENCH_RANGE_PORTS 1000
#define BENCH_V6_HIGH 0x20010db8 /* 2001:db8::, in its first four bytes */

/* Odd factors are one to one, so different indexes are different addresses. */
static inline __attribute__((always_inline)) __u32 bench_addr(__u32 index, int bits)
{
	return index * 0x9e3779b1 & ((1U << bits) - 1);
}

static inline __attribute__((always_inline)) __u16 bench_below(__u32 random16, __u32 limit)
{
	return (__u16)((random16 & 0xffff) * limit >> 16);
}

/* Endpoint @index, at the place in its addresses and ports that @noise picks. */
static inline __attribute__((always_inline)) struct bench_place
bench_place_of(__u32 shape, __u32 index, __u32 noise)
{
	struct bench_place place = {
		.addr = BENCH_NET | bench_addr(index, BENCH_NET_BITS),
		.port = BENCH_PORT_MIN + bench_below(index * 0x85ebca6b >> 16, BENCH_PORTS),
	};

	switch (shape) {
	case BENCH_ANY:
		place.addr = BENCH_NET | (noise & 0xffff);
		place.port = (__u16)((index + 1) * 40503);
		break;
	case BENCH_NEAR:
		place.addr = BENCH_NET | (noise & 0xffff);
		place.port = (__u16)(BENCH_PORT_MIN + index);
		break;
	case BENCH_PREFIX:
	case BENCH_NESTED:
		place.addr = BENCH_NET | bench_addr(index, BENCH_NET_BITS - 8) << 8 | 1;
		place.port = BENCH_PREFIX_PORT;
		break;
	case BENCH_RANGE:
		place.port = BENCH_RANGE_MIN + bench_below(noise, BENCH_RANGE_PORTS);
		break;
	case BENCH_MISS:
		place.addr ^= BENCH_NET ^ BENCH_FREE_NET;
		break;
	case BENCH_UNBOUND:
		place.port = (__u16)(BENCH_FREE_MIN + bench_below(noise, BENCH_FREE_PORTS));
		break;
	default:
		break;
	}
	return place;
}

#endif
