/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An endpoint to the binding that wins it. One read of the generation, then
 * only that half of everything: see "Publishing" in doc/architecture.md.
 */
#ifndef PORTSTEER_LOOKUP_H
#define PORTSTEER_LOOKUP_H

#include "maps.h"
#include "packet.h"

struct ps_hit {
	struct ps_act act;
	__u32 slot;
	__u32 half; /* of the generation that answered */
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

/*
 * @prefix_len; but where it is that of a whole address, by a branch. So the
 * processor hashes the key of an exact binding ahead, while the directory and
 * the probe list are still on their way from memory.
 */
static __always_inline __u8 ps_guess_whole(__u8 prefix_len, enum ps_family family)
{
	__u8 whole = family == PS_IPV4 ? 32 : 128, same = whole;

	__asm__("" : "+r"(same)); /* else the compiler sees that there is no choice */
	return prefix_len == same ? whole : prefix_len;
}

/* What follows the address in a key, as the one word that hashing reads. */
static __always_inline __u64 ps_key_end(const struct ps_probe *probe,
					const struct ps_packet *packet, __u16 port, __u8 prefix_len)
{
	int is_exact = probe->kind == PS_PROBE_EXACT;
	union {
		struct ps_spec spec;
		__u64 word;
	} end = {};

	end.spec.port_first = is_exact ? port : probe->port_first;
	end.spec.port_last = is_exact ? port : probe->port_last;
	end.spec.prefix_len = prefix_len;
	end.spec.family = packet->family;
	end.spec.proto = packet->proto;
	return end.word;
}

/* Looks up the one key that @probe describes; 1 when it is bound. */
static __always_inline int ps_probe_hit(const struct ps_probe *probe,
					const struct ps_packet *packet,
					const struct ps_party *party, struct ps_hit *hit)
{
	struct ps_endpoint key = {};
	__u8 bits = ps_guess_whole(probe->prefix_len, packet->family);
	const struct ps_record *binding;
	__be64 *addr_be = (__be64 *)key.addr;

	addr_be[0] = party->addr_be[0] & ps_mask_be(bits);
	if (bits > 64)
		addr_be[1] = party->addr_be[1] & ps_mask_be(bits - 64);
	*(__u64 *)&key.port_first = ps_key_end(probe, packet, party->port, bits);

	binding = bpf_map_lookup_elem(&bindings, &key);
	if (!binding)
		return 0;
	hit->act = ps_act_read(&binding->act[hit->half]);
	hit->slot = binding->slot;
	return hit->act.action != PS_NONE;
}

static __always_inline int ps_walk(__u32 list, const struct ps_packet *packet,
				   const struct ps_party *party, struct ps_hit *hit)
{
	const struct ps_probes *probes = bpf_map_lookup_elem(&probe_lists, &list);

	if (!probes)
		return 0;
	for (int i = 0; i < PS_PROBES_MAX; i++) {
		const struct ps_probe *probe = &probes->probe[i];

		if (!probe->prefix_len)
			return 0;
		if (ps_probe_hit(probe, packet, party, hit))
			return 1;
	}
	return 0;
}

/*
 * The binding that wins @party of @packet. Returns PS_REASON_NONE and fills
 * @hit, or the reason why there is none.
 */
static __always_inline enum ps_reason ps_lookup(const struct ps_packet *packet,
						const struct ps_party *party, struct ps_hit *hit)
{
	const struct ps_entry *entry;
	__u32 index;

	hit->half = *(const volatile __u64 *)&state.generation & 1;
	index = ps_directory_index(hit->half, packet->family, packet->proto, party->port);
	if (index >= 2 * PS_HALF_ENTRIES)
		return PS_REASON_BROKEN;
	entry = &directory.entry[index];
	if (entry->probes && ps_walk(entry->probes, packet, party, hit))
		return PS_REASON_NONE;
	if (!entry->action)
		return PS_REASON_UNBOUND;
	hit->act.action = entry->action;
	hit->act.flags = entry->flags;
	hit->act.target = entry->target;
	hit->slot = entry->slot;
	return PS_REASON_NONE;
}

#endif
