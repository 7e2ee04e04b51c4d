/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Walking a port's probe list: what ports with prefixes and ranges need. This is
 * tuple space search, one look-up in a hash for each shape of key that there is,
 * in order of precedence, so that the first hit wins. A function of its own, which
 * the verifier follows once instead of in every state that packets arrive in:
 * inlined it took 569 000 instructions.
 */
#ifndef PORTSTEER_WALK_H
#define PORTSTEER_WALK_H

#include <bpf/bpf_endian.h>
#include "front.h"

/* What is looked up and, after a hit, what was found. */
struct ps_walk_args {
	__be64 addr_be[2];
	__u64 generation;
	__u32 list; /* index in `probe_lists` */
	__u32 from; /* first probe to look up */
	__u16 port;
	enum ps_family family;
	enum ps_proto proto;
	__u32 act; /* as in struct ps_hit */
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

static __always_inline int ps_hash_hit(struct ps_walk_args *args, struct ps_endpoint *key)
{
	const struct ps_record *binding = bpf_map_lookup_elem(&bindings, key);

	if (!binding)
		return 0;
	args->act = ps_act_bits(ps_act_read(&binding->act[args->generation & 1]));
	args->slot = binding->slot;
	return (args->act & 15) != PS_NONE;
}

/* Looks up the one key that @probe describes; 1 when it is bound. */
static __always_inline int ps_probe_hit(const struct ps_probe *probe, struct ps_walk_args *args)
{
	int is_exact = probe->kind == PS_PROBE_EXACT;
	__u8 bits = probe->prefix_len;
	struct ps_endpoint key = {
		.port_first = is_exact ? args->port : probe->port_first,
		.port_last = is_exact ? args->port : probe->port_last,
		.prefix_len = bits,
		.family = args->family,
		.proto = args->proto,
	};
	__be64 *addr_be = (__be64 *)key.addr;
	__u64 word = 0;

	addr_be[0] = args->addr_be[0] & ps_mask_be(bits);
	if (bits > 64)
		addr_be[1] = args->addr_be[1] & ps_mask_be(bits - 64);
	if (!is_exact && probe->port_first) /* a range */
		return ps_hash_hit(args, &key);

	switch (ps_front_ask(args->family, args->proto, bits, is_exact ? args->port : 0, addr_be,
			     args->generation, &word)) {
	case PS_FRONT_ELSEWHERE:
		return ps_hash_hit(args, &key);
	case PS_FRONT_HIT:
		args->act = (__u32)(word >> (args->generation & 1) * PS_ACT_BITS);
		args->slot = ps_entry_slot(word);
		return (args->act & 15) != PS_NONE;
	case PS_FRONT_NO:
		break;
	}
	return 0;
}

/* 1 and the rest of @args filled when a probe hits, else 0. */
__attribute__((noinline)) int ps_walk(struct ps_walk_args *args)
{
	const struct ps_probes *probes;
	__u32 list;

	if (!args)
		return 0;
	list = args->list;
	probes = bpf_map_lookup_elem(&probe_lists, &list);
	if (!probes)
		return 0;
	for (__u32 i = 0; i < PS_PROBES_MAX; i++) {
		const struct ps_probe *probe = &probes->probe[i];

		if (!probe->prefix_len)
			return 0;
		if (i >= args->from && ps_probe_hit(probe, args))
			return 1;
	}
	return 0;
}

#endif
