// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Names of reasons. See reason.h.
 */
#include <stddef.h>
#include "base/reason.h"

static const struct {
	const char *name, *meaning;
} reasons[] = {
	[PS_REASON_NONE] = { "none", "none" },
	[PS_REASON_UNBOUND] = { "unbound", "passed: no binding for its endpoint" },
	[PS_REASON_PASS] = { "pass", "passed by a binding" },
	[PS_REASON_COUNT] = { "count", "passed by a binding that counts" },
	[PS_REASON_DROP] = { "drop", "dropped by a binding" },
	[PS_REASON_REDIRECT] = { "redirect", "redirected by a binding" },
	[PS_REASON_NOT_IP] = { "not-ip", "passed: ARP or another protocol that is not IP" },
	[PS_REASON_PROTOCOL] = { "protocol", "passed: neither TCP, UDP nor SCTP" },
	[PS_REASON_FRAGMENT] = { "fragment", "passed: a fragment without ports" },
	[PS_REASON_TRUNCATED] = { "truncated", "passed: shorter than its headers say" },
	[PS_REASON_MALFORMED] = { "malformed", "passed: its headers contradict themselves" },
	[PS_REASON_VLAN_LIMIT] = { "vlan-limit", "passed: more than two VLAN tags" },
	[PS_REASON_EXT_LIMIT] = { "ext-limit", "passed: more than eight extension headers" },
	[PS_REASON_MULTICAST] = { "multicast", "passed: multicast or broadcast" },
	[PS_REASON_MARTIAN] = { "martian", "passed: to a loopback address" },
	[PS_REASON_NO_DEVICE] = { "no-device", "dropped: the interface to redirect to is gone" },
	[PS_REASON_NO_DEVICE_PASS] = { "no-device-pass",
				       "passed: the interface to redirect to is gone" },
	[PS_REASON_NO_NEIGHBOUR] = { "no-neighbour", "dropped: the next hop does not answer" },
	[PS_REASON_NO_NEIGHBOUR_PASS] = { "no-neighbour-pass",
					  "passed: the next hop does not answer" },
	[PS_REASON_UNSUPPORTED] = { "unsupported", "dropped: this hook cannot do the action" },
	[PS_REASON_UNSUPPORTED_PASS] = { "unsupported-pass",
					 "passed: this hook cannot do the action" },
	[PS_REASON_BROKEN] = { "broken", "dropped: the table contradicts itself" },
	[PS_REASON_SENT] = { "sent", "sent from a bound endpoint" },
	[PS_REASON_REDIRECT_LOST] = { "redirect-lost",
				      "dropped: redirected, but refused by the interface" },
	[PS_REASON_SOCKET] = { "socket", "passed for a socket; at sk-lookup, handed to it" },
	[PS_REASON_NO_SOCKET] = { "no-socket", "dropped: no registered socket takes it" },
	[PS_REASON_NO_SOCKET_PASS] = { "no-socket-pass", "passed: no registered socket takes it" },
	[PS_REASON_VLAN_LIMIT_DROP] = { "vlan-limit-drop", "dropped: more than two VLAN tags" },
	[PS_REASON_EXT_LIMIT_DROP] = { "ext-limit-drop",
				       "dropped: more than eight extension headers" },
	[PS_REASON_UNREADABLE] = { "unreadable", "passed: some of its headers cannot be read" },
	[PS_REASON_UNREADABLE_DROP] = { "unreadable-drop",
					"dropped: some of its headers cannot be read" },
};

_Static_assert(sizeof(reasons) / sizeof(*reasons) == PS_REASON_COUNT_OF, "every reason has a name");

const char *ps_reason_name(enum ps_reason reason)
{
	return reason < PS_REASON_COUNT_OF ? reasons[reason].name : NULL;
}

const char *ps_reason_meaning(enum ps_reason reason)
{
	return reason < PS_REASON_COUNT_OF ? reasons[reason].meaning : NULL;
}
