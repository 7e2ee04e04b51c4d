// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The brute-force model. See model.h.
 */
#include <stdio.h>
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

/* "user:0", "cgroup:/system.slice" or what is below it. */
static bool is_owner(const char *owner, const struct model_caller *caller)
{
	size_t length = strcspn(owner, ":") + 1;
	char uid[16];

	snprintf(uid, sizeof(uid), "%u", caller->uid);
	if (!strncmp(owner, "user:", length))
		return !strcmp(owner + length, uid);
	owner += length;
	length = strlen(owner);
	return !strncmp(caller->cgroup, owner, length) &&
	       (!caller->cgroup[length] || caller->cgroup[length] == '/');
}

/* Loopback, multicast and broadcast: no packet to it is steered. */
static bool is_unsteered(const struct model_packet *place)
{
	static const __u8 loopback[16] = { [15] = 1 }, broadcast[4] = { 255, 255, 255, 255 };

	if (place->family == PS_IPV6)
		return place->addr[0] == 0xff || !memcmp(place->addr, loopback, 16);
	return place->addr[0] == 127 || (place->addr[0] & 0xf0) == 0xe0 ||
	       !memcmp(place->addr, broadcast, 4);
}

static bool takes_away(const struct ps_binding *binding, const struct model_caller *caller)
{
	if (binding->action == PS_SOCKET)
		return strcmp(binding->target.socket, caller->sockets);
	return binding->action == PS_DROP || binding->action == PS_REDIRECT;
}

static bool forbids(const struct ps_binding *winner, const struct model_packet *place,
		    const struct model_caller *caller)
{
	if (!winner)
		return false;
	if (winner->owner)
		return !is_owner(winner->owner, caller);
	return takes_away(winner, caller) && !is_unsteered(place);
}

/* Bindings of any address; and those of some address that belong to somebody. */
static bool forbids_any(const struct ps_bindings *table, const struct model_packet *place,
			const struct model_caller *caller)
{
	struct ps_bindings any = {};
	bool is_forbidden = false;

	for (size_t i = 0; i < table->count; i++) {
		const struct ps_binding *binding = &table->item[i];
		struct ps_endpoint anywhere = binding->endpoint;

		if (!anywhere.prefix_len)
			*ps_bindings_add(&any) = *binding;
		anywhere.prefix_len = 0;
		if (binding->endpoint.prefix_len && binding->owner && is_match(&anywhere, place))
			is_forbidden = is_forbidden || !is_owner(binding->owner, caller);
	}
	is_forbidden = is_forbidden || forbids(model_winner(&any, place), place, caller);
	ps_bindings_done(&any);
	return is_forbidden;
}

bool model_forbids(const struct ps_bindings *table, const struct model_packet *place,
		   const struct model_caller *caller)
{
	static const __u8 every[16];

	if (!memcmp(place->addr, every, sizeof(every)))
		return forbids_any(table, place, caller);
	return forbids(model_winner(table, place), place, caller);
}
