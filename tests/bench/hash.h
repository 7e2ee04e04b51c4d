/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Key and counter of hash.bpf.c, shared with who fills it.
 */
#ifndef BENCH_HASH_H
#define BENCH_HASH_H

#include <linux/types.h>

struct bench_key {
	__be32 addr_be;
	__be16 port_be;
	__u8 proto; /* IPPROTO_TCP */
	__u8 zero;
};

struct bench_count {
	__u64 packets;
	__u64 bytes;
};

#endif
