// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What is never steered. See steered.h.
 */
#include <string.h>
#include <portsteer/address.h>
#include "binding/steered.h"

#define WORD_PLACE 1

/* Eight bytes of an address in host order. */
static __u64 word_at(const __u8 *bytes)
{
	__u64 word = 0;

	for (int i = 0; i < 8; i++)
		word = word << 8 | bytes[i];
	return word;
}

enum ps_reason ps_endpoint_unsteered(const struct ps_endpoint *endpoint)
{
	__u64 first = word_at(endpoint->addr), last = word_at(endpoint->addr + 8);

	if (endpoint->family == PS_IPV4)
		return ps_unsteered_ipv4((__u32)(first >> 32), endpoint->prefix_len);
	return ps_unsteered_ipv6(first, last, endpoint->prefix_len);
}

static bool is_no_address(const struct ps_endpoint *endpoint)
{
	static const __u8 none[16];

	return ps_endpoint_is_one_address(endpoint) && !memcmp(endpoint->addr, none, sizeof(none));
}

int ps_endpoint_check(const struct ps_endpoint *endpoint, const char *owner, struct ps_error *error)
{
	char prefix[PS_ADDRESS_TEXT], ports[PS_ADDRESS_TEXT];

	ps_prefix_format(endpoint, prefix);
	ps_ports_format(endpoint, ports);
	if (is_no_address(endpoint) && endpoint->family == PS_IPV4)
		return ps_error_at(error, WORD_PLACE, 0,
				   "0.0.0.0 means any address only where a process listens; write "
				   "any4:%s, or any:%s for both families",
				   ports, ports);
	if (is_no_address(endpoint))
		return ps_error_at(error, WORD_PLACE, 0,
				   "[::] means any address only where a process listens; write "
				   "any6:%s, or any:%s for both families",
				   ports, ports);
	if (ps_endpoint_unsteered(endpoint) == PS_REASON_MARTIAN && !owner)
		return ps_error_at(error, WORD_PLACE, 0,
				   "packets to %s do not leave this host, and no hook sees them; "
				   "for what arrives write any:%s, or an address of this host",
				   prefix, ports);
	return 0;
}

int ps_next_hop_check(enum ps_family family, const __u8 addr[16], const char *typed,
		      struct ps_error *error)
{
	struct ps_endpoint hop = ps_endpoint_at(PS_NO_PROTO, family, addr, 0);

	if (ps_address_check(family, addr, typed, error))
		return -1;
	if (hop.prefix_len && ps_endpoint_unsteered(&hop) == PS_REASON_NONE)
		return 0;
	return ps_error_at(error, WORD_PLACE, 0,
			   "'%s' is not the address of a neighbour: it is unspecified, loopback, "
			   "multicast or broadcast",
			   typed);
}
