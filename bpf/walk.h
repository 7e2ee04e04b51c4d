/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Walking a port's probe list: what ports with prefixes and ranges need. A
 * function of its own, which the verifier follows once instead of in every
 * state that packets arrive in: inlined it took 569 000 instructions.
 */
#ifndef PORTSTEER_WALK_H
#define PORTSTEER_WALK_H

#include <bpf/bpf_endian.h>
#include "front.h"

/* What is looked up and, after a hit, what was found. */
struct ps_sought {
	__be64 addr_be[2];
	__u64 generation;
	__u32 list; /* index in `probe_lists` */
	__u32 from; /* first probe to look up */
	__u16 port;
	enum ps_family family;
	enum ps_proto proto;
	struct ps_act act;
	__u32 slot;
};

static __always_inline __be64 ps_mask_be(__u32 bits)
{
	return bpf_cpu_to_be64(bits >= 64 ? ~0ULL : ~(~0ULL >> bits));
}

static __always_inline struct ps_act ps_act_read(const struct ps_act *act)
{
	union {
		__u32 word;
		struct ps_act act;
	} read = { .word = *(const volatile __u32 *)act };

	return read.act;
}

static __always_inline int ps_hash_hit(struct ps_sought *sought, struct ps_endpoint *key)
{
	const struct ps_record *binding = bpf_map_lookup_elem(&bindings, key);

	if (!binding)
		return 0;
	sought->act = ps_act_read(&binding->act[sought->generation & 1]);
	sought->slot = binding->slot;
	return sought->act.action != PS_NONE;
}

/* Looks up the one key that @probe describes; 1 when it is bound. */
static __always_inline int ps_probe_hit(const struct ps_probe *probe, struct ps_sought *sought)
{
	int is_exact = probe->kind == PS_PROBE_EXACT;
	__u8 bits = probe->prefix_len;
	struct ps_endpoint key = {
		.port_first = is_exact ? sought->port : probe->port_first,
		.port_last = is_exact ? sought->port : probe->port_last,
		.prefix_len = bits,
		.family = sought->family,
		.proto = sought->proto,
	};
	__be64 *addr_be = (__be64 *)key.addr;
	__u64 word = 0;

	addr_be[0] = sought->addr_be[0] & ps_mask_be(bits);
	if (bits > 64)
		addr_be[1] = sought->addr_be[1] & ps_mask_be(bits - 64);
	if (!is_exact && probe->port_first) /* a range */
		return ps_hash_hit(sought, &key);

	switch (ps_front_ask(sought->family, sought->proto, bits, is_exact ? sought->port : 0,
			     addr_be, sought->generation, &word)) {
	case PS_FRONT_ELSEWHERE:
		return ps_hash_hit(sought, &key);
	case PS_FRONT_HIT:
		sought->act = ps_seat_act(word, sought->generation & 1);
		sought->slot = ps_seat_slot(word);
		return sought->act.action != PS_NONE;
	case PS_FRONT_NO:
		break;
	}
	return 0;
}

/* 1 and the rest of @sought filled when a probe hits, else 0. */
__attribute__((noinline)) int ps_walk(struct ps_sought *sought)
{
	const struct ps_probes *probes;
	__u32 list;

	if (!sought)
		return 0;
	list = sought->list;
	probes = bpf_map_lookup_elem(&probe_lists, &list);
	if (!probes)
		return 0;
	for (__u32 i = 0; i < PS_PROBES_MAX; i++) {
		const struct ps_probe *probe = &probes->probe[i];

		if (!probe->prefix_len)
			return 0;
		if (i >= sought->from && ps_probe_hit(probe, sought))
			return 1;
	}
	return 0;
}

#endif
