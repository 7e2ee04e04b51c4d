/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A binding as one of a million that are listed: its endpoint, what it counted,
 * and the number of what it says, in 56 bytes. Pure.
 */
#ifndef PORTSTEER_BINDING_LISTED_H
#define PORTSTEER_BINDING_LISTED_H

#include "base/error.h"
#include "binding/endpoint.h"
#include "binding/kinds.h"

/* The number of a kind is in what others leave: 2^60 packets take 36 years at a billion a second.
 */
struct ps_listed {
	__u8 addr[16];
	__u16 port_first, port_last;
	__u8 prefix_len;
	__u8 family : 2, proto : 2, kind_low : 4; /* of PS_NO_PROTO: there is nothing */
	__u16 kind_middle;
	__u64 rx_packets : 60, kind_high : 4;
	__u64 rx_bytes, tx_packets, tx_bytes;
};

_Static_assert(sizeof(struct ps_listed) == 56, "key and counters");
_Static_assert(PS_BINDINGS_MAX <= 1 << 24, "a kind for each of them");

struct ps_listed ps_listed_make(const struct ps_endpoint *endpoint, __u32 kind);
struct ps_endpoint ps_listed_endpoint(const struct ps_listed *listed);

static inline __u32 ps_listed_kind(const struct ps_listed *listed)
{
	return listed->kind_low | (__u32)listed->kind_middle << 4 | (__u32)listed->kind_high << 20;
}

/* By what bindings are sorted. Counters: the greatest first; then by endpoint. */
enum ps_order {
	PS_BY_ENDPOINT,
	PS_BY_ACTION,
	PS_BY_NAME,
	PS_BY_RX_PACKETS,
	PS_BY_RX_BYTES,
	PS_BY_TX_PACKETS,
	PS_BY_TX_BYTES,
};

extern const char *const ps_order_words[]; /* as they are typed, in that order, and NULL */

/* The place of @word in @words; '_' is as good as '-'. */
int ps_order_parse(const char *word, const char *const *words, int *ret, struct ps_error *error);

void ps_listed_sort(struct ps_listed *items, size_t count, const struct ps_kinds *kinds,
		    enum ps_order order);

#endif
