// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The sk_lookup hook: what was delivered to this network namespace and belongs
 * to no connection yet. Hands it to a registered socket; all other actions are
 * done at interfaces. Read portsteer_sk() from the bottom.
 */
#include <linux/in.h>
#include "count.h"
#include "socket.h"
#include "target.h"

static __always_inline enum sk_action leave(enum sk_action verdict, enum ps_reason reason)
{
	ps_count_reason(hook_index, reason);
	return verdict;
}

static __always_inline enum sk_action leave_missing(const struct ps_hit *hit, enum ps_reason reason)
{
	if (ps_hit_passes_missing(hit))
		return leave(SK_PASS, ps_passed_instead(reason));
	return leave(SK_DROP, reason);
}

static __always_inline void read_ipv4(const struct bpf_sk_lookup *ctx, struct ps_packet *packet)
{
	__be32 *src_be = (__be32 *)packet->src.addr_be, *dst_be = (__be32 *)packet->dst.addr_be;

	packet->family = PS_IPV4;
	src_be[0] = ctx->remote_ip4;
	dst_be[0] = ctx->local_ip4;
}

static __always_inline void read_ipv6(const struct bpf_sk_lookup *ctx, struct ps_packet *packet)
{
	__be32 *src_be = (__be32 *)packet->src.addr_be, *dst_be = (__be32 *)packet->dst.addr_be;

	packet->family = PS_IPV6;
	src_be[0] = ctx->remote_ip6[0];
	src_be[1] = ctx->remote_ip6[1];
	src_be[2] = ctx->remote_ip6[2];
	src_be[3] = ctx->remote_ip6[3];
	dst_be[0] = ctx->local_ip6[0];
	dst_be[1] = ctx->local_ip6[1];
	dst_be[2] = ctx->local_ip6[2];
	dst_be[3] = ctx->local_ip6[3];
}

static __always_inline enum ps_reason judge(const struct ps_packet *packet)
{
	const __be32 *dst_be = (const __be32 *)packet->dst.addr_be;

	return packet->family == PS_IPV6 ? ps_judge_ipv6(packet->dst.addr_be)
					 : ps_judge_ipv4(dst_be[0]);
}

static __always_inline enum ps_reason read(const struct bpf_sk_lookup *ctx,
					   struct ps_packet *packet)
{
	if (ctx->protocol == IPPROTO_TCP)
		packet->proto = PS_TCP;
	else if (ctx->protocol == IPPROTO_UDP)
		packet->proto = PS_UDP;
	else
		return PS_REASON_PROTOCOL;
	packet->src.port = bpf_ntohs((__be16)ctx->remote_port);
	packet->dst.port = (__u16)ctx->local_port;
	if (ctx->family == 2) /* AF_INET */
		read_ipv4(ctx, packet);
	else
		read_ipv6(ctx, packet);
	return judge(packet);
}

/* 0 when the socket that was chosen is there, and can be given this packet. */
static __always_inline long assign(struct bpf_sk_lookup *ctx, const struct ps_pick *pick)
{
	__u32 index = pick->index;
	struct ps_socket_info *info;
	struct bpf_sock *sk;
	long err;

	sk = bpf_map_lookup_elem(&sockets, &index);
	if (!sk)
		return -1;
	/* In place of what an earlier program chose; and the kernel shall not choose anew. */
	err = bpf_sk_assign(ctx, sk, BPF_SK_LOOKUP_F_REPLACE | BPF_SK_LOOKUP_F_NO_REUSEPORT);
	bpf_sk_release(sk);
	if (err)
		return err;
	info = bpf_map_lookup_elem(&socket_infos, &index);
	if (info)
		__sync_fetch_and_add(&info->taken, 1);
	return 0;
}

static __always_inline enum sk_action
hand_over(struct bpf_sk_lookup *ctx, const struct ps_packet *packet, const struct ps_hit *hit)
{
	const struct ps_target *target = ps_target_of(hit);
	struct ps_pick pick = {
		.below = PS_WEIGHT_ABOVE_ALL,
		.family = packet->family,
		.proto = packet->proto,
	};

	if (!target || target->hop != PS_HOP_SOCKET)
		return leave(SK_DROP, PS_REASON_BROKEN);
	pick.name = target->socket_name;
	if (ps_choose_only(&pick) && !assign(ctx, &pick))
		return leave(SK_PASS, PS_REASON_SOCKET);
	pick.flow = ps_flow_hash(packet);
	for (int i = 0; i < PS_SOCKETS_MAX; i++) {
		if (!ps_choose(&pick))
			break;
		if (!assign(ctx, &pick))
			return leave(SK_PASS, PS_REASON_SOCKET);
	}
	return leave_missing(hit, PS_REASON_NO_SOCKET);
}

SEC("sk_lookup")
int portsteer_sk(struct bpf_sk_lookup *ctx)
{
	struct ps_packet packet = {};
	struct ps_hit hit = {};
	enum ps_reason reason;

	reason = read(ctx, &packet);
	if (reason)
		return leave(SK_PASS, reason);
	reason = ps_lookup(&packet, &packet.dst, &hit);
	if (reason)
		return leave(SK_PASS, reason);

	switch (ps_hit_action(&hit)) {
	case PS_SOCKET:
		return hand_over(ctx, &packet, &hit);
	case PS_PASS:
		return leave(SK_PASS, PS_REASON_PASS);
	case PS_COUNT:
		return leave(SK_PASS, PS_REASON_COUNT);
	case PS_DROP:
	case PS_REDIRECT:
		return leave(SK_PASS, PS_REASON_UNSUPPORTED_PASS);
	case PS_NONE:
		return leave(SK_DROP, PS_REASON_BROKEN);
	default: /* conditions, or an action, of a later build */
		return leave_missing(&hit, PS_REASON_UNSUPPORTED);
	}
}

char _license[] SEC("license") = "Dual BSD/GPL";
