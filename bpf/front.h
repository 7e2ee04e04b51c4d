/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Looking a key up in `front`: one cache line says what it is, or that it is
 * not bound, or where else to ask.
 */
#ifndef PORTSTEER_BPF_FRONT_H
#define PORTSTEER_BPF_FRONT_H

#include "maps.h"
#include "order.h"
#include <portsteer/front.h>

/* Set by the loader before a program is loaded. */
const volatile __u32 front_buckets = 1;

enum ps_front_answer {
	PS_FRONT_NO, /* not bound */
	PS_FRONT_HIT,
	PS_FRONT_ELSEWHERE, /* the hash knows */
};

/* Fills *@ret_word when it is a hit. */
static __always_inline enum ps_front_answer
ps_front_find(const struct ps_entry_key *key, int is_ipv6, __u64 generation, __u64 *ret_word)
{
	__u64 hash = ps_entry_hash(key), flags, *word;
	__u32 zero = ps_after(generation);
	__u32 index = ps_bucket_first(hash, front_buckets) + zero;
	struct ps_bucket *line = bpf_map_lookup_elem(&front, &index);

	if (!line)
		return PS_FRONT_ELSEWHERE;
	word = ps_bucket_find(line, key, is_ipv6);
	if (word) {
		*ret_word = *word;
		return PS_FRONT_HIT;
	}
	flags = line->word[0] & PS_BUCKET_FLAGS;
	if (!flags)
		return PS_FRONT_NO;

	index = ps_bucket_second(hash, front_buckets) + zero;
	line = bpf_map_lookup_elem(&front, &index);
	word = line ? ps_bucket_find(line, key, is_ipv6) : 0;
	if (word) {
		*ret_word = *word;
		return PS_FRONT_HIT;
	}
	return flags & PS_BUCKET_HASH ? PS_FRONT_ELSEWHERE : PS_FRONT_NO;
}

/*
 * Asks for @bits of an address, masked, and @port; 0 is any port. The two
 * families are two calls, so that each is compiled for itself.
 */
static __always_inline enum ps_front_answer ps_front_ask(enum ps_family family, enum ps_proto proto,
							 __u8 bits, __u16 port,
							 const __be64 addr_be[2], __u64 generation,
							 __u64 *ret_word)
{
	struct ps_entry_key key;

	if (family == PS_IPV4) {
		key = ps_entry_key(PS_IPV4, proto, bits, port, addr_be[0], 0);
		return ps_front_find(&key, 0, generation, ret_word);
	}
	key = ps_entry_key(PS_IPV6, proto, bits, port, addr_be[0], addr_be[1]);
	return ps_front_find(&key, 1, generation, ret_word);
}

#endif
