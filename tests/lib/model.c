// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The brute-force model. See model.h.
 */
#include <string.h>
#include "model.h"

static bool is_in_prefix(const struct ps_endpoint *endpoint, const struct model_packet *packet)
{
	if (endpoint->family == PS_ANY)
		return true;
	if (endpoint->family != packet->family)
		return false;
	for (int bit = 0; bit < endpoint->prefix_len; bit++)
		if ((endpoint->addr[bit / 8] ^ packet->addr[bit / 8]) & (0x80 >> bit % 8))
			return false;
	return true;
}

static bool is_match(const struct ps_endpoint *endpoint, const struct model_packet *packet)
{
	return endpoint->proto == packet->proto && endpoint->port_first <= packet->port &&
	       packet->port <= endpoint->port_last && is_in_prefix(endpoint, packet);
}

/* Exact port 0, ranges by their width, any port last. */
static int port_rank(const struct ps_endpoint *endpoint)
{
	if (endpoint->port_first == 0 && endpoint->port_last == 65535)
		return 1 << 20;
	return endpoint->port_last - endpoint->port_first;
}

/* "Longest address prefix first, then exact port, then the narrowest range, then any port." */
static bool is_preferred(const struct ps_endpoint *a, const struct ps_endpoint *b)
{
	if (a->prefix_len != b->prefix_len)
		return a->prefix_len > b->prefix_len;
	if (port_rank(a) != port_rank(b))
		return port_rank(a) < port_rank(b);
	return a->family != PS_ANY && b->family == PS_ANY;
}

const struct ps_binding *model_winner(const struct ps_bindings *table,
				      const struct model_packet *packet)
{
	const struct ps_binding *best = NULL;

	for (size_t i = 0; i < table->count; i++) {
		const struct ps_binding *binding = &table->item[i];

		if (!is_match(&binding->endpoint, packet))
			continue;
		if (!best || is_preferred(&binding->endpoint, &best->endpoint))
			best = binding;
	}
	return best;
}

bool model_overlaps(const struct ps_endpoint *a, const struct ps_endpoint *b)
{
	bool same_place = a->proto == b->proto && a->family == b->family &&
			  a->prefix_len == b->prefix_len && !memcmp(a->addr, b->addr, 16);

	if (!same_place || a->port_last < b->port_first || b->port_last < a->port_first)
		return false;
	return (a->port_first < b->port_first && a->port_last < b->port_last) ||
	       (b->port_first < a->port_first && b->port_last < a->port_last);
}

/* Two rounds of multiplying, each bit into all that are above it, and down again. */
static __u64 stir(__u64 value)
{
	for (int round = 0; round < 2; round++) {
		value ^= value >> 32;
		value *= 0xd6e8feb86659fd93;
	}
	return value ^ value >> 32;
}

/* Ports and protocol, then the addresses, eight bytes at a time as they are in memory. */
static __u64 flow_of(const struct model_packet *packet, const struct model_source *source)
{
	__u64 flow =
		stir(source->port * (1ULL << 32) + packet->port * (1ULL << 16) + packet->proto);
	const __u8 *parts[] = { source->addr, source->addr + 8, packet->addr, packet->addr + 8 };

	for (int i = 0; i < 4; i++) {
		__u64 part;

		memcpy(&part, parts[i], sizeof(part));
		flow = stir(flow ^ part);
	}
	return flow;
}

struct model_socket *model_socket_of(const struct model_sockets *sockets, unsigned int name,
				     const struct model_packet *packet,
				     const struct model_source *source)
{
	__u64 flow = flow_of(packet, source), heaviest = 0;
	struct model_socket *best = NULL;

	for (size_t i = 0; i < sockets->count; i++) {
		struct model_socket *socket = &sockets->item[i];
		__u64 weight = stir(flow ^ socket->cookie) / 2; /* 63 bits */

		if (!socket->is_open || socket->name != name || socket->proto != packet->proto ||
		    (socket->family != PS_ANY && socket->family != packet->family))
			continue;
		if (!best || weight > heaviest)
			best = socket, heaviest = weight;
	}
	return best;
}
