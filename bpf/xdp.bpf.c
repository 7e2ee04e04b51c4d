// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The XDP hook: every arriving frame, at the driver. Read portsteer_xdp() from
 * the bottom; each exit counts its one reason through leave().
 */
#include <linux/if_ether.h>
#include "count.h"
#include "packet.h"
#include "target.h"
#include "unfound.h"

static __always_inline long ps_load(void *frame, __u32 at, void *to, __u32 size)
{
	return bpf_xdp_load_bytes(frame, at, to, size);
}

static __always_inline int leave(const struct xdp_md *ctx, enum xdp_action verdict,
				 enum ps_reason reason)
{
	ps_count_reason(ps_hook_index(ctx->ingress_ifindex, PS_HOOK_XDP), reason);
	return verdict;
}

/* For what has a binding. */
static __always_inline int leave_hit(const struct xdp_md *ctx, const struct ps_hit *hit,
				     enum xdp_action verdict, enum ps_reason reason)
{
	ps_count_reason_of(hit, ps_hook_index(ctx->ingress_ifindex, PS_HOOK_XDP), reason);
	return verdict;
}

/* For what the parser left. */
static __always_inline int leave_unparsed(const struct xdp_md *ctx, const struct ps_packet *packet,
					  enum ps_reason reason)
{
	enum ps_reason dropped = ps_judge_unfound(reason, packet->family);

	return dropped ? leave(ctx, XDP_DROP, dropped) : leave(ctx, XDP_PASS, reason);
}

static __always_inline int leave_missing(const struct xdp_md *ctx, const struct ps_hit *hit,
					 enum ps_reason reason)
{
	if (ps_hit_passes_missing(hit))
		return leave_hit(ctx, hit, XDP_PASS, ps_passed_instead(reason));
	return leave_hit(ctx, hit, XDP_DROP, reason);
}

/* Writes the link addresses of @target over those at @data; 0 or -1. */
static __always_inline int ps_relink(void *data, void *end, const struct ps_target *target)
{
	if (data + 2 * ETH_ALEN > end)
		return -1;
	__builtin_memcpy(data, target->dst_mac, ETH_ALEN);
	__builtin_memcpy(data + ETH_ALEN, target->src_mac, ETH_ALEN);
	return 0;
}

static __always_inline int redirect(struct xdp_md *ctx, const struct ps_hit *hit)
{
	const struct ps_target *target = ps_target_of(hit);
	enum ps_reason missing;
	__u32 ifindex;

	if (!target)
		return leave_hit(ctx, hit, XDP_DROP, PS_REASON_BROKEN);
	missing = ps_target_state(target);
	if (missing)
		return leave_missing(ctx, hit, missing);
	if (target->hop == PS_HOP_PEER || has_no_link || target->has_no_link)
		return leave_missing(ctx, hit, PS_REASON_UNSUPPORTED);
	ifindex = target->ifindex;
	if (!bpf_map_lookup_elem(&devices, &ifindex)) /* gone since it was published */
		return leave_missing(ctx, hit, PS_REASON_NO_DEVICE);
	if (ps_target_is_rewritten(target) &&
	    ps_relink((void *)(long)ctx->data, (void *)(long)ctx->data_end, target))
		return leave_hit(ctx, hit, XDP_DROP, PS_REASON_BROKEN);
	if (bpf_redirect_map(&devices, ifindex, XDP_DROP) != XDP_REDIRECT)
		return leave_hit(ctx, hit, XDP_DROP, PS_REASON_NO_DEVICE);
	return leave_hit(ctx, hit, XDP_REDIRECT, PS_REASON_REDIRECT);
}

/* Most frames in several buffers are plain, with all of their headers in the first. */
static __always_inline enum ps_reason parse_long(const struct xdp_md *ctx, __u32 bytes,
						 struct ps_packet *packet)
{
	struct ps_cursor cursor = {
		.pos = (void *)(long)ctx->data,
		.end = (void *)(long)ctx->data_end,
		.left = bytes,
	};

	if (ps_parse_plain_ipv4(&cursor, packet) || ps_parse_plain_ipv6(&cursor, packet))
		return ps_parse_whole(&cursor, packet);
	return PS_REASON_NOT_HERE;
}

/*
 * Of what does not end in the first buffer, and of frames that begin with IP. Headers
 * that are not in it, or are not plain, are copied by the same parser. A function of its
 * own, which the verifier follows once.
 */
__attribute__((noinline)) int ps_parse_copies(struct xdp_md *ctx, struct ps_packet *packet,
					      __u32 bytes)
{
	struct ps_cursor cursor = { .frame = ctx, .left = bytes, .is_copied = 1 };
	enum ps_reason reason;

	if (!packet)
		return PS_REASON_BROKEN;
	if (has_no_link)
		return (int)ps_parse_unlinked(&cursor, packet);
	reason = parse_long(ctx, bytes, packet);
	return (int)(reason == PS_REASON_NOT_HERE ? ps_parse_any(&cursor, packet) : reason);
}

/*
 * Frames in several buffers are rare, and to ask for the length of one is a call, a tenth
 * of what a packet costs: so only when the first buffer does not answer. *@ret_bytes is
 * the frame's length then, else that of its first buffer, which holds the IP packet.
 */
static __always_inline enum ps_reason parse(struct xdp_md *ctx, struct ps_packet *packet,
					    __u32 *ret_bytes)
{
	struct ps_cursor cursor = {
		.pos = (void *)(long)ctx->data,
		.end = (void *)(long)ctx->data_end,
		.left = (__u32)((__u64)ctx->data_end - ctx->data),
		.is_part = 1,
	};
	enum ps_reason reason = PS_REASON_NOT_HERE;

	*ret_bytes = cursor.left;
	if (!has_no_link)
		reason = ps_parse(&cursor, packet);
	if (reason != PS_REASON_NOT_HERE)
		return reason;
	*ret_bytes = (__u32)bpf_xdp_get_buff_len(ctx);
	return (enum ps_reason)ps_parse_copies(ctx, packet, *ret_bytes);
}

SEC("xdp.frags")
int portsteer_xdp(struct xdp_md *ctx)
{
	struct ps_packet packet = {};
	struct ps_hit hit = {};
	enum ps_reason reason;
	__u32 bytes;

	reason = parse(ctx, &packet, &bytes);
	if (reason)
		return leave_unparsed(ctx, &packet, reason);
	reason = ps_lookup(&packet, &packet.dst, &hit);
	if (reason)
		return leave(ctx, XDP_PASS, reason);
	ps_count(&counters, &hit, PS_RX, 1, bytes);

	switch (ps_hit_action(&hit)) {
	case PS_PASS:
		return leave_hit(ctx, &hit, XDP_PASS, PS_REASON_PASS);
	case PS_COUNT:
		ps_count_flow(&packet, &hit, 1, bytes);
		return leave_hit(ctx, &hit, XDP_PASS, PS_REASON_COUNT);
	case PS_DROP:
		return leave_hit(ctx, &hit, XDP_DROP, PS_REASON_DROP);
	case PS_REDIRECT:
		return redirect(ctx, &hit);
	case PS_SOCKET: /* the stack hands it over, in sk_lookup */
		return leave_hit(ctx, &hit, XDP_PASS, PS_REASON_SOCKET);
	case PS_NONE:
		return leave_hit(ctx, &hit, XDP_DROP, PS_REASON_BROKEN);
	default: /* conditions, or an action, of a later build */
		return leave_missing(ctx, &hit, PS_REASON_UNSUPPORTED);
	}
}

char _license[] SEC("license") = "Dual BSD/GPL";
