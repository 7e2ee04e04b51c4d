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

/* Looks up the one key that @probe describes; 1 when it is bound. */
static __always_inline int ps_probe_hit(const struct ps_probe *probe,
					const struct ps_packet *packet,
					const struct ps_party *party, struct ps_hit *hit)
{
	struct ps_endpoint key = { .family = packet->family, .proto = packet->proto };
	__u32 bits = probe->prefix_len;
	const struct ps_record *binding;
	__be64 *addr_be = (__be64 *)key.addr;

	addr_be[0] = party->addr_be[0] & ps_mask_be(bits);
	if (bits > 64)
		addr_be[1] = party->addr_be[1] & ps_mask_be(bits - 64);
	key.prefix_len = probe->prefix_len;
	key.port_first = probe->kind == PS_PROBE_EXACT ? party->port : probe->port_first;
	key.port_last = probe->kind == PS_PROBE_EXACT ? party->port : probe->port_last;

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
	const struct ps_state *now;
	const struct ps_entry *entry;
	__u32 index = 0;

	now = bpf_map_lookup_elem(&state, &index);
	if (!now)
		return PS_REASON_BROKEN;
	hit->half = *(const volatile __u64 *)&now->generation & 1;
	index = ps_directory_index(hit->half, packet->family, packet->proto, party->port);
	entry = bpf_map_lookup_elem(&directory, &index);
	if (!entry)
		return PS_REASON_BROKEN;
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
