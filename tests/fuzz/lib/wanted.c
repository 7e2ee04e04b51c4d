// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What a hook must do with a sample. See wanted.h.
 */
#include <string.h>
#include <linux/bpf.h>
#include "model.h"
#include "wanted.h"

void wanted_skb(const struct sample *sample, struct __sk_buff *ret)
{
	*ret = (struct __sk_buff){ .wire_len = (__u32)sample->size };
	ret->gso_segs = sample->data[sample->size - 1] % 4;
	if (ret->gso_segs)
		ret->wire_len += sample->data[sample->size - 2];
}

static enum ps_reason redirect_reason(const struct ps_binding *binding, enum ps_hook hook)
{
	enum ps_reason reason = PS_REASON_REDIRECT;

	if (!strcmp(binding->target.device, "gone"))
		reason = PS_REASON_NO_DEVICE;
	else if (binding->target.hop == PS_HOP_VIA && binding->target.via[3] != 2)
		reason = PS_REASON_NO_NEIGHBOUR;
	else if (binding->target.hop == PS_HOP_PEER && hook == PS_HOOK_XDP)
		reason = PS_REASON_UNSUPPORTED;
	if (reason != PS_REASON_REDIRECT && binding->flags & PS_ON_MISSING_PASS)
		reason++; /* NO_DEVICE, NO_DEVICE_PASS */
	return reason;
}

static enum ps_reason reason_of(const struct ps_binding *winner, enum ps_hook hook)
{
	static const enum ps_reason reasons[] = { PS_REASON_BROKEN, PS_REASON_PASS, PS_REASON_COUNT,
						  PS_REASON_DROP };

	if (!winner)
		return PS_REASON_UNBOUND;
	if (hook == PS_HOOK_TC_EGRESS)
		return PS_REASON_SENT;
	return winner->action == PS_REDIRECT ? redirect_reason(winner, hook)
					     : reasons[winner->action];
}

static bool has_taker(const struct ps_bindings *table, enum ps_family family)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct ps_binding *binding = &table->item[i];

		if ((binding->action == PS_DROP || binding->action == PS_REDIRECT) &&
		    (!family || !binding->endpoint.family || family == binding->endpoint.family))
			return true;
	}
	return false;
}

/* Of a frame whose transport was not found: what arrives may be for a binding. */
static enum ps_reason reason_unfound(const struct ps_bindings *table, enum ps_hook hook,
				     const struct parsed *parsed)
{
	if (hook == PS_HOOK_TC_EGRESS || !has_taker(table, parsed->family))
		return parsed->reason;
	if (parsed->reason == PS_REASON_UNREADABLE)
		return PS_REASON_UNREADABLE_DROP;
	return parsed->reason == PS_REASON_EXT_LIMIT ? PS_REASON_EXT_LIMIT_DROP
						     : PS_REASON_VLAN_LIMIT_DROP;
}

static enum steer_outcome outcome_of(enum ps_reason reason)
{
	switch (reason) {
	case PS_REASON_DROP:
	case PS_REASON_NO_DEVICE:
	case PS_REASON_NO_NEIGHBOUR:
	case PS_REASON_UNSUPPORTED:
	case PS_REASON_BROKEN:
	case PS_REASON_VLAN_LIMIT_DROP:
	case PS_REASON_EXT_LIMIT_DROP:
	case PS_REASON_UNREADABLE_DROP:
		return STEER_DROP;
	case PS_REASON_REDIRECT:
		return STEER_REDIRECT;
	default:
		return STEER_PASS;
	}
}

/* XDP asks for the length of a frame whose IP packet goes on behind the first buffer, only. */
static size_t bytes_seen(const struct view *view)
{
	size_t ip_end = view->parsed.ip_end;

	return ip_end && ip_end <= view->first ? view->first : view->sample->size;
}

void wanted_of(const struct ps_bindings *table, enum ps_hook hook, const struct view *view,
	       struct wanted *ret)
{
	const struct sample *sample = view->sample;
	const struct parsed *parsed = &view->parsed;
	bool is_egress = hook == PS_HOOK_TC_EGRESS;
	struct model_packet packet = { .family = parsed->family, .proto = parsed->proto };
	struct __sk_buff skb;

	*ret = (struct wanted){ .reason = parsed->reason, .packets = 1 };
	packet.port = is_egress ? parsed->sport : parsed->dport;
	memcpy(packet.addr, is_egress ? parsed->src : parsed->dst, sizeof(packet.addr));
	if (!ret->reason) {
		ret->winner = model_winner(table, &packet);
		ret->reason = reason_of(ret->winner, hook);
	}
	if (parsed_is_unfound(parsed->reason))
		ret->reason = reason_unfound(table, hook, parsed);
	ret->outcome = outcome_of(ret->reason);
	if (hook == PS_HOOK_XDP) {
		ret->bytes = bytes_seen(view);
		return;
	}
	wanted_skb(sample, &skb);
	ret->packets = skb.gso_segs ? skb.gso_segs : 1;
	ret->bytes = skb.wire_len;
}
