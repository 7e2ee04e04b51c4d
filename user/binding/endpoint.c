// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Endpoints as sets of packets, and as text to print. Parsing is in
 * endpoint_parse.c.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include "binding/endpoint.h"

static const char *const proto_names[] = {
	[PS_NO_PROTO] = "none",
	[PS_TCP] = "tcp",
	[PS_UDP] = "udp",
	[PS_SCTP] = "sctp",
};

const char *ps_proto_name(enum ps_proto proto)
{
	return proto_names[proto <= PS_SCTP ? proto : PS_NO_PROTO];
}

const char *ps_address_format(enum ps_family family, const __u8 addr[16],
			      char text[PS_ADDRESS_TEXT])
{
	if (!inet_ntop(family == PS_IPV4 ? AF_INET : AF_INET6, addr, text, PS_ADDRESS_TEXT))
		text[0] = '\0';
	return text;
}

int ps_address_parse(const char *text, enum ps_family *ret_family, __u8 ret_addr[16])
{
	__u8 addr[16] = {};
	enum ps_family family = strchr(text, ':') ? PS_IPV6 : PS_IPV4;

	if (inet_pton(family == PS_IPV4 ? AF_INET : AF_INET6, text, addr) != 1)
		return -1;
	memcpy(ret_addr, addr, sizeof(addr));
	*ret_family = family;
	return 0;
}

void ps_address_mask(__u8 addr[16], __u8 prefix_len)
{
	for (int i = 0; i < 16; i++) {
		int bits = prefix_len - i * 8;

		if (bits <= 0)
			addr[i] = 0;
		else if (bits < 8)
			addr[i] &= (__u8)(0xff << (8 - bits));
	}
}

bool ps_endpoint_is_any_address(const struct ps_endpoint *endpoint)
{
	return endpoint->prefix_len == 0;
}

bool ps_endpoint_is_one_address(const struct ps_endpoint *endpoint)
{
	return endpoint->prefix_len == (endpoint->family == PS_IPV4 ? 32 : 128);
}

bool ps_endpoints_take_place(const struct ps_endpoints *endpoints, struct ps_endpoint *ret)
{
	const struct ps_endpoint *place = &endpoints->item[0];

	if (endpoints->count != 1 || place->port_first != place->port_last ||
	    (!ps_endpoint_is_one_address(place) && !ps_endpoint_is_any_address(place)))
		return false;
	*ret = ps_endpoint_at(place->proto, place->family, place->addr, place->port_first);
	return true;
}

struct ps_endpoint ps_endpoint_at(enum ps_proto proto, enum ps_family family, const __u8 addr[16],
				  __u16 port)
{
	static const __u8 any[16];
	struct ps_endpoint endpoint = {
		.port_first = port,
		.port_last = port,
		.family = family,
		.proto = proto,
	};

	memcpy(endpoint.addr, addr, sizeof(endpoint.addr));
	if (memcmp(addr, any, sizeof(any)))
		endpoint.prefix_len = family == PS_IPV4 ? 32 : 128;
	return endpoint;
}

bool ps_endpoint_is_equal(const struct ps_endpoint *a, const struct ps_endpoint *b)
{
	return !memcmp(a, b, sizeof(*a));
}

bool ps_prefix_covers(const struct ps_endpoint *outer, const struct ps_endpoint *inner)
{
	__u8 addr[16];

	if (outer->family == PS_ANY)
		return true;
	if (outer->family != inner->family || outer->prefix_len > inner->prefix_len)
		return false;
	memcpy(addr, inner->addr, sizeof(addr));
	ps_address_mask(addr, outer->prefix_len);
	return !memcmp(addr, outer->addr, sizeof(addr));
}

bool ps_prefix_has(const struct ps_endpoint *endpoint, enum ps_family family, const __u8 addr[16])
{
	struct ps_endpoint host = { .family = family };

	host.prefix_len = family == PS_IPV4 ? 32 : 128;
	memcpy(host.addr, addr, sizeof(host.addr));
	return ps_prefix_covers(endpoint, &host);
}

bool ps_ports_cover(const struct ps_endpoint *outer, const struct ps_endpoint *inner)
{
	return outer->port_first <= inner->port_first && inner->port_last <= outer->port_last;
}

bool ps_ports_meet(const struct ps_endpoint *a, const struct ps_endpoint *b)
{
	return a->port_first <= b->port_last && b->port_first <= a->port_last;
}

bool ps_ports_cross(const struct ps_endpoint *a, const struct ps_endpoint *b)
{
	return ps_ports_meet(a, b) && !ps_ports_cover(a, b) && !ps_ports_cover(b, a);
}

int ps_endpoint_compare(const struct ps_endpoint *a, const struct ps_endpoint *b)
{
	int order = (a->proto - b->proto) ?: (a->family - b->family);

	order = order ?: memcmp(a->addr, b->addr, sizeof(a->addr));
	order = order ?: a->prefix_len - b->prefix_len;
	order = order ?: a->port_first - b->port_first;
	return order ?: a->port_last - b->port_last;
}

const char *ps_prefix_format(const struct ps_endpoint *endpoint, char text[PS_ADDRESS_TEXT])
{
	static const char *const any[] = {
		[PS_ANY] = "any", [PS_IPV4] = "any4", [PS_IPV6] = "any6"
	};
	size_t length;

	if (ps_endpoint_is_any_address(endpoint)) {
		strcpy(text, any[endpoint->family]);
		return text;
	}
	ps_address_format(endpoint->family, endpoint->addr, text);
	length = strlen(text);
	if (!ps_endpoint_is_one_address(endpoint))
		snprintf(text + length, PS_ADDRESS_TEXT - length, "/%d", endpoint->prefix_len);
	return text;
}

const char *ps_ports_format(const struct ps_endpoint *endpoint, char text[PS_ADDRESS_TEXT])
{
	if (endpoint->port_first == 0)
		snprintf(text, PS_ADDRESS_TEXT, "any");
	else if (endpoint->port_first == endpoint->port_last)
		snprintf(text, PS_ADDRESS_TEXT, "%d", endpoint->port_first);
	else
		snprintf(text, PS_ADDRESS_TEXT, "%d-%d", endpoint->port_first, endpoint->port_last);
	return text;
}

const char *ps_endpoint_format(const struct ps_endpoint *endpoint, char text[PS_ENDPOINT_TEXT])
{
	bool is_ipv6 = endpoint->family == PS_IPV6 && !ps_endpoint_is_any_address(endpoint);
	char prefix[PS_ADDRESS_TEXT], ports[PS_ADDRESS_TEXT];

	ps_prefix_format(endpoint, prefix);
	ps_ports_format(endpoint, ports);
	snprintf(text, PS_ENDPOINT_TEXT, is_ipv6 ? "%s [%.48s]:%.12s" : "%s %.48s:%.12s",
		 ps_proto_name(endpoint->proto), prefix, ports);
	return text;
}
