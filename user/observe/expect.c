// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What hooks do with a binding, and with what has none. See expect.h; who changes
 * bpf/xdp.bpf.c or bpf/tc.bpf.c says it here once more.
 */
#include <string.h>
#include "observe/expect.h"

struct ps_spot ps_judged_spot(const struct ps_judged *judged)
{
	struct ps_spot spot = {
		.family = judged->family,
		.proto = judged->proto,
		.port = judged->destination_port,
	};

	memcpy(spot.addr, judged->destination, sizeof(spot.addr));
	return spot;
}

/* Some binding of @family takes traffic away; of either, when it is not known. */
static bool takes_away(const struct ps_instance *instance, enum ps_family family)
{
	const struct ps_takers *takers =
		&ps_instance_targets(instance, ps_instance_half(instance))[0].takers;

	return (family != PS_IPV6 && takers->bindings[0]) ||
	       (family != PS_IPV4 && takers->bindings[1]);
}

/* Of what no binding was looked up for. */
static struct ps_opinion expect_unparsed(const struct ps_instance *instance,
					 const struct ps_judged *judged)
{
	struct ps_opinion opinion = { .reason = judged->reason };
	enum ps_reason dropped = judged->reason == PS_REASON_VLAN_LIMIT	 ? PS_REASON_VLAN_LIMIT_DROP
				 : judged->reason == PS_REASON_EXT_LIMIT ? PS_REASON_EXT_LIMIT_DROP
				 : judged->reason == PS_REASON_UNREADABLE
					 ? PS_REASON_UNREADABLE_DROP
					 : PS_REASON_NONE;

	if (dropped && takes_away(instance, judged->family)) {
		opinion.reason = dropped;
		opinion.verdict = PS_VERDICT_DROP;
	}
	return opinion;
}

static struct ps_opinion bound(const struct ps_binding *binding, enum ps_verdict verdict,
			       enum ps_reason reason)
{
	return (struct ps_opinion){
		.verdict = verdict, .reason = reason, .is_bound = true, .slot = binding->slot
	};
}

/* What cannot be carried out is dropped, or passed when the binding says so. */
static struct ps_opinion missing(const struct ps_binding *binding, enum ps_reason dropped,
				 enum ps_reason passed)
{
	if (binding->flags & PS_ON_MISSING_PASS)
		return bound(binding, PS_VERDICT_PASS, passed);
	return bound(binding, PS_VERDICT_DROP, dropped);
}

static struct ps_opinion unsupported(const struct ps_binding *binding)
{
	return missing(binding, PS_REASON_UNSUPPORTED, PS_REASON_UNSUPPORTED_PASS);
}

static struct ps_opinion no_device(const struct ps_binding *binding)
{
	return missing(binding, PS_REASON_NO_DEVICE, PS_REASON_NO_DEVICE_PASS);
}

/* What this hook cannot send. */
static bool is_unsupported(const struct ps_arrival *arrival, const struct ps_target *target)
{
	if (arrival->hook != PS_HOOK_XDP)
		return arrival->has_no_link && !target->has_no_link;
	return target->hop == PS_HOP_PEER || arrival->has_no_link || target->has_no_link;
}

/* Of a redirect, whose target was read with the table; the kernel's list of interfaces is live. */
static int expect_redirect(const struct ps_instance *instance, const struct ps_arrival *arrival,
			   const struct ps_binding *binding, struct ps_opinion *ret,
			   struct ps_error *error)
{
	const struct ps_target *target = &binding->target;
	struct ps_answer there = ps_answer_yes();
	__u32 ignored;

	*ret = bound(binding, PS_VERDICT_REDIRECT, PS_REASON_REDIRECT);
	if (target->state == PS_TARGET_FREE)
		*ret = bound(binding, PS_VERDICT_DROP, PS_REASON_BROKEN);
	else if (target->state == PS_TARGET_NO_DEVICE)
		*ret = no_device(binding);
	else if (target->state == PS_TARGET_NO_NEIGHBOUR)
		*ret = missing(binding, PS_REASON_NO_NEIGHBOUR, PS_REASON_NO_NEIGHBOUR_PASS);
	else if (is_unsupported(arrival, target))
		*ret = unsupported(binding);
	else if (arrival->hook == PS_HOOK_XDP)
		there = ps_map_ask(instance->map_fd[PS_MAP_DEVICES], &target->ifindex, &ignored);
	if (ps_is_unknown(there))
		return ps_error_errno(error, there.err, "cannot look up where XDP may redirect to");
	if (ps_is_no(there))
		*ret = no_device(binding);
	return 0;
}

static int expect_bound(const struct ps_instance *instance, const struct ps_arrival *arrival,
			const struct ps_binding *binding, struct ps_opinion *ret,
			struct ps_error *error)
{
	if (binding->flags & PS_FLAGS_ALL & ~PS_FLAGS_KNOWN) {
		*ret = unsupported(binding);
		return 0;
	}
	switch (binding->action) {
	case PS_PASS:
		*ret = bound(binding, PS_VERDICT_PASS, PS_REASON_PASS);
		return 0;
	case PS_COUNT:
		*ret = bound(binding, PS_VERDICT_PASS, PS_REASON_COUNT);
		return 0;
	case PS_DROP:
		*ret = bound(binding, PS_VERDICT_DROP, PS_REASON_DROP);
		return 0;
	case PS_SOCKET:
		*ret = bound(binding, PS_VERDICT_PASS, PS_REASON_SOCKET);
		return 0;
	case PS_REDIRECT:
		return expect_redirect(instance, arrival, binding, ret, error);
	default:
		*ret = unsupported(binding);
		return 0;
	}
}

int ps_expect(const struct ps_instance *instance, const struct ps_arrival *arrival,
	      const struct ps_judged *judged, struct ps_expected *ret, struct ps_error *error)
{
	struct ps_spot spot = ps_judged_spot(judged);
	int found;

	*ret = (struct ps_expected){};
	if (judged->reason) {
		ret->opinion = expect_unparsed(instance, judged);
		return 0;
	}
	found = ps_contender_find_winner(instance, &spot, &ret->binding, error);
	if (found < 0)
		return -1;
	if (found)
		return expect_bound(instance, arrival, &ret->binding, &ret->opinion, error);
	ret->opinion = (struct ps_opinion){ .reason = PS_REASON_UNBOUND };
	return 0;
}
