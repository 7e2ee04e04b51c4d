// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The TC hooks. Ingress does what XDP does, where XDP cannot be used; egress
 * counts what bound endpoints send. A verdict of NEXT leaves the packet to
 * whoever else is on the hook (TCX_NEXT, and TC_ACT_UNSPEC for clsact).
 */
#include <linux/pkt_cls.h>
#include "count.h"
#include "packet.h"
#include "target.h"
#include "unfound.h"

#define NEXT (-1)

/*
 * Where there is no link header, some tunnels leave what they took off before the
 * IP header, and the kernel counts it in: so from the IP header on.
 */
static __always_inline long ps_load(void *frame, __u32 at, void *to, __u32 size)
{
	if (has_no_link)
		return bpf_skb_load_bytes_relative(frame, at, to, size, BPF_HDR_START_NET);
	return bpf_skb_load_bytes(frame, at, to, size);
}

static __always_inline int leave(const struct __sk_buff *skb, int verdict, enum ps_reason reason)
{
	ps_count_reason(ps_hook_index(skb->ifindex, PS_HOOK_TC_INGRESS), reason);
	return verdict;
}

/* For what has a binding. */
static __always_inline int leave_hit(const struct __sk_buff *skb, const struct ps_hit *hit,
				     int verdict, enum ps_reason reason)
{
	ps_count_reason_of(hit, ps_hook_index(skb->ifindex, PS_HOOK_TC_INGRESS), reason);
	return verdict;
}

/* For what the parser left. */
static __always_inline int leave_unparsed(const struct __sk_buff *skb,
					  const struct ps_packet *packet, enum ps_reason reason)
{
	enum ps_reason dropped = ps_judge_unfound(reason, packet->family);

	return dropped ? leave(skb, TC_ACT_SHOT, dropped) : leave(skb, NEXT, reason);
}

static __always_inline int leave_missing(const struct __sk_buff *skb, const struct ps_hit *hit,
					 enum ps_reason reason)
{
	if (ps_hit_passes_missing(hit))
		return leave_hit(skb, hit, NEXT, ps_passed_instead(reason));
	return leave_hit(skb, hit, TC_ACT_SHOT, reason);
}

/* Packets on the wire that @skb stands for, before or after segmentation. */
static __always_inline __u32 wire_packets(const struct __sk_buff *skb)
{
	return skb->gso_segs ? skb->gso_segs : 1;
}

/* Their bytes: on egress wire_len adds the headers that segmentation will repeat. */
static __always_inline __u32 wire_bytes(const struct __sk_buff *skb)
{
	return skb->wire_len > skb->len ? skb->wire_len : skb->len;
}

/*
 * The same parser for headers that are not all in the first buffer, or that begin
 * with IP. A function of its own, which the verifier follows once.
 */
__attribute__((noinline)) int ps_parse_copies(struct __sk_buff *skb, struct ps_packet *packet)
{
	struct ps_cursor cursor = { .frame = skb, .is_copied = 1 };

	if (!packet)
		return PS_REASON_BROKEN;
	cursor.left = skb->len;
	cursor.vlan_tags = !!skb->vlan_present;
	if (has_no_link)
		return (int)ps_parse_network(&cursor, (__be16)skb->protocol, packet);
	return (int)ps_parse_any(&cursor, packet);
}

static __always_inline enum ps_reason parse(struct __sk_buff *skb, struct ps_packet *packet)
{
	struct ps_cursor cursor = {
		.pos = (void *)(long)skb->data,
		.end = (void *)(long)skb->data_end,
		.left = skb->len,
		.vlan_tags = !!skb->vlan_present,
	};
	enum ps_reason reason = PS_REASON_NOT_HERE;

	if (!has_no_link)
		reason = ps_parse(&cursor, packet);
	return reason == PS_REASON_NOT_HERE ? (enum ps_reason)ps_parse_copies(skb, packet) : reason;
}

static __always_inline int redirect(struct __sk_buff *skb, const struct ps_hit *hit)
{
	const struct ps_target *target = ps_target_of(hit);
	enum ps_reason missing;

	if (!target)
		return leave_hit(skb, hit, TC_ACT_SHOT, PS_REASON_BROKEN);
	missing = ps_target_state(target);
	if (missing)
		return leave_missing(skb, hit, missing);
	if (has_no_link && !target->has_no_link) /* nothing to write a link header with */
		return leave_missing(skb, hit, PS_REASON_UNSUPPORTED);
	if (target->hop == PS_HOP_PEER)
		return leave_hit(skb, hit, (int)bpf_redirect_peer(target->ifindex, 0),
				 PS_REASON_REDIRECT);
	if (ps_target_is_rewritten(target) &&
	    bpf_skb_store_bytes(skb, 0, target->dst_mac, 2 * ETH_ALEN, 0))
		return leave_hit(skb, hit, TC_ACT_SHOT, PS_REASON_BROKEN);
	return leave_hit(skb, hit, (int)bpf_redirect(target->ifindex, 0), PS_REASON_REDIRECT);
}

SEC("tc")
int portsteer_in(struct __sk_buff *skb)
{
	struct ps_packet packet = {};
	struct ps_hit hit = {};
	enum ps_reason reason;

	reason = parse(skb, &packet);
	if (reason)
		return leave_unparsed(skb, &packet, reason);
	reason = ps_lookup(&packet, &packet.dst, &hit);
	if (reason)
		return leave(skb, NEXT, reason);
	ps_count(&counters, &hit, PS_RX, wire_packets(skb), wire_bytes(skb));

	switch (ps_hit_action(&hit)) {
	case PS_PASS:
		return leave_hit(skb, &hit, NEXT, PS_REASON_PASS);
	case PS_COUNT:
		ps_count_flow(&packet, &hit, wire_packets(skb), wire_bytes(skb));
		return leave_hit(skb, &hit, NEXT, PS_REASON_COUNT);
	case PS_DROP:
		return leave_hit(skb, &hit, TC_ACT_SHOT, PS_REASON_DROP);
	case PS_REDIRECT:
		return redirect(skb, &hit);
	case PS_SOCKET: /* the stack hands it over, in sk_lookup */
		return leave_hit(skb, &hit, NEXT, PS_REASON_SOCKET);
	case PS_NONE:
		return leave_hit(skb, &hit, TC_ACT_SHOT, PS_REASON_BROKEN);
	default: /* conditions, or an action, of a later build */
		return leave_missing(skb, &hit, PS_REASON_UNSUPPORTED);
	}
}

static __always_inline int leave_out(const struct __sk_buff *skb, enum ps_reason reason)
{
	ps_count_reason(ps_hook_index(skb->ifindex, PS_HOOK_TC_EGRESS), reason);
	return NEXT;
}

SEC("tc")
int portsteer_out(struct __sk_buff *skb)
{
	struct ps_packet packet = {};
	struct ps_hit hit = {};
	enum ps_reason reason;

	reason = parse(skb, &packet);
	if (reason)
		return leave_out(skb, reason);
	reason = ps_lookup(&packet, &packet.src, &hit);
	if (reason)
		return leave_out(skb, reason);
	ps_count(&sent, &hit, PS_TX, wire_packets(skb), wire_bytes(skb));
	ps_count_reason_of(&hit, ps_hook_index(skb->ifindex, PS_HOOK_TC_EGRESS), PS_REASON_SENT);
	return NEXT;
}

char _license[] SEC("license") = "Dual BSD/GPL";
