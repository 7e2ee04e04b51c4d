/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Choosing among the sockets that are registered by one name. Each has a
 * weight for each flow, and the heaviest takes it (rendezvous hashing), so a
 * flow stays with its socket whoever else comes and goes.
 */
#ifndef PORTSTEER_SOCKET_H
#define PORTSTEER_SOCKET_H

#include "order.h"
#include "side.h"
#include "sockets.h"

#define PS_WEIGHT_ABOVE_ALL (1ULL << 63)

/* What is looked for and, after a hit, what was found. */
struct ps_pick {
	__u64 flow; /* see ps_flow_hash() */
	__u64 below; /* only lighter ones: the others were tried in vain */
	__u32 name; /* index in `socket_names` */
	enum ps_family family;
	enum ps_proto proto;
	__u32 index; /* in `sockets` */
	__u32 epoch; /* of the name: what counts now */
	__u64 heaviest;
};

static __always_inline __u64 ps_mix(__u64 value)
{
	value = (value ^ value >> 32) * 0xd6e8feb86659fd93ULL;
	value = (value ^ value >> 32) * 0xd6e8feb86659fd93ULL;
	return value ^ value >> 32;
}

static __always_inline __u64 ps_flow_hash(const struct ps_packet *packet)
{
	const struct ps_side *src = &packet->src, *dst = &packet->dst;
	__u64 hash = ps_mix((__u64)src->port << 32 | (__u64)dst->port << 16 | packet->proto);

	hash = ps_mix(hash ^ src->addr_be[0]);
	hash = ps_mix(hash ^ src->addr_be[1]);
	hash = ps_mix(hash ^ dst->addr_be[0]);
	return ps_mix(hash ^ dst->addr_be[1]);
}

static __always_inline int ps_takes(const struct ps_socket_info *info, const struct ps_pick *pick)
{
	return info->proto == pick->proto &&
	       (info->family == PS_ANY || info->family == pick->family);
}

/* A callback of bpf_loop(): not 0 ends the loop. */
static long ps_weigh(__u32 i, struct ps_pick *pick)
{
	__u32 index = ps_socket_index(pick->name, i) + ps_after(pick->epoch), epoch;
	const struct ps_socket_info *info = bpf_map_lookup_elem(&socket_infos, &index);
	__u64 weight;

	if (!info || !info->cookie) /* behind the last */
		return 1;
	epoch = ps_epoch_of(&info);
	if (epoch != pick->epoch || !ps_takes(info, pick))
		return 0;
	weight = ps_mix(pick->flow ^ info->cookie) >> 1 | 1;
	if (weight > pick->heaviest && weight < pick->below) {
		pick->heaviest = weight;
		pick->index = index + ps_after(epoch);
	}
	return 0;
}

/*
 * The same as ps_choose() where nobody else is registered, without a flow: 1 and the
 * index of @pick filled, or 0 when there are others to weigh, or none. The epoch is
 * read first, so an only socket that others have taken over from is none.
 */
static __always_inline int ps_choose_only(struct ps_pick *pick)
{
	__u32 first, second, epoch;
	const struct ps_socket_info *only, *other;
	const struct ps_socket_name *name;

	name = bpf_map_lookup_elem(&socket_names, &pick->name);
	if (!name)
		return 0;
	pick->epoch = *(const volatile __u32 *)&name->epoch;
	first = ps_socket_index(pick->name, 0) + ps_after(pick->epoch);
	second = first + 1;
	only = bpf_map_lookup_elem(&socket_infos, &first);
	other = bpf_map_lookup_elem(&socket_infos, &second);
	if (!only || !other || other->cookie)
		return 0;
	epoch = ps_epoch_of(&only);
	pick->index = first + ps_after(epoch);
	return epoch == pick->epoch && ps_takes(only, pick);
}

/* 1 and the index of @pick filled when there is one, else 0. */
__attribute__((noinline)) int ps_choose(struct ps_pick *pick)
{
	const struct ps_socket_name *name;
	struct ps_pick weighing;
	__u32 index;

	if (!pick)
		return 0;
	weighing = *pick;
	index = weighing.name;
	name = bpf_map_lookup_elem(&socket_names, &index);
	if (!name)
		return 0;
	weighing.epoch = *(const volatile __u32 *)&name->epoch;
	weighing.heaviest = 0;
	bpf_loop(PS_SOCKETS_PER_NAME, ps_weigh, &weighing, 0);
	pick->index = weighing.index;
	pick->below = weighing.heaviest;
	return weighing.heaviest != 0;
}

#endif
