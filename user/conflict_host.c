// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Conflicts of bindings with this host: listener, ephemeral, unreachable.
 */
#include <stdio.h>
#include <string.h>
#include "conflict.h"

/* Packets to it never are on a wire. */
static bool is_loopback(enum ps_family family, const __u8 addr[16])
{
	static const __u8 loopback[16] = { [15] = 1 };

	if (family == PS_IPV4)
		return addr[0] == 127;
	return family == PS_IPV6 && !memcmp(addr, loopback, sizeof(loopback));
}

/* Some address of this host is among those of @endpoint, loopback aside. */
static bool has_local_address(const struct ps_facts *facts, const struct ps_endpoint *endpoint,
			      enum ps_family family)
{
	for (size_t i = 0; i < facts->addresses.count; i++) {
		const struct ps_address *address = &facts->addresses.item[i];

		if (family != PS_ANY && address->family != family)
			continue;
		if (!is_loopback(address->family, address->addr) &&
		    ps_prefix_has(endpoint, address->family, address->addr))
			return true;
	}
	return false;
}

static bool is_wildcard(const struct ps_listener *listener)
{
	static const __u8 any[16];

	return listener->family == PS_ANY || !memcmp(listener->addr, any, sizeof(any));
}

/*
 * The same, for a socket that waits at every address: some address of this host
 * is among those of @endpoint, and no more specific binding gets its packets.
 */
static bool takes_from_wildcard(const struct ps_view *view, const struct ps_facts *facts,
				const struct ps_endpoint *endpoint,
				const struct ps_listener *listener)
{
	bool has_address = false;

	for (size_t i = 0; i < facts->addresses.count; i++) {
		const struct ps_address *address = &facts->addresses.item[i];

		if (listener->family != PS_ANY && address->family != listener->family)
			continue;
		if (is_loopback(address->family, address->addr) ||
		    !ps_prefix_has(endpoint, address->family, address->addr))
			continue;
		has_address = true;
		if (ps_view_wins(view, endpoint, address->family, address->addr, listener->port))
			return true;
	}
	return !has_address && ps_endpoint_is_any_address(endpoint); /* it may get one */
}

/* Packets of @endpoint would otherwise reach @listener. */
static bool takes_from(const struct ps_view *view, const struct ps_facts *facts,
		       const struct ps_endpoint *endpoint, const struct ps_listener *listener)
{
	if (listener->port < endpoint->port_first || listener->port > endpoint->port_last)
		return false;
	if (is_loopback(listener->family, listener->addr))
		return false;
	if (!is_wildcard(listener))
		return ps_prefix_has(endpoint, listener->family, listener->addr) &&
		       ps_view_wins(view, endpoint, listener->family, listener->addr,
				    listener->port);
	if (endpoint->family != PS_ANY && listener->family != PS_ANY &&
	    endpoint->family != listener->family)
		return false;
	return takes_from_wildcard(view, facts, endpoint, listener);
}

static void describe_listener(const struct ps_listener *listener, char text[PS_ENDPOINT_TEXT])
{
	struct ps_endpoint endpoint = {
		.port_first = listener->port,
		.port_last = listener->port,
		.family = listener->family,
		.proto = listener->proto,
	};

	memcpy(endpoint.addr, listener->addr, sizeof(endpoint.addr));
	if (!is_wildcard(listener))
		endpoint.prefix_len = listener->family == PS_IPV4 ? 32 : 128;
	ps_endpoint_format(&endpoint, text);
}

static void add_listener(struct ps_conflicts *conflicts, const struct ps_binding *binding,
			 const struct ps_listener *listener)
{
	struct ps_conflict *conflict = ps_conflicts_add(conflicts, PS_LISTENER, PS_ERROR, binding);
	char owner[PS_COMMAND_SIZE + 32] = "owner unknown";

	if (listener->pid)
		snprintf(owner, sizeof(owner), "%.*s, pid %d", PS_COMMAND_SIZE, listener->command,
			 (int)listener->pid);
	describe_listener(listener, conflict->with);
	ps_conflict_say(conflict,
			"a local socket waits at %s (%s, uid %u), and '%s' takes its packets away",
			conflict->with, owner, listener->uid, ps_action_name(binding->action));
}

/* The first listener of @proto at @port or above; they are sorted. */
static size_t find_listener(const struct ps_listeners *listeners, enum ps_proto proto, __u16 port)
{
	size_t low = 0, high = listeners->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct ps_listener *item = &listeners->item[middle];

		if (item->proto < proto || (item->proto == proto && item->port < port))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void ps_conflicts_find_listeners(struct ps_conflicts *conflicts, const struct ps_view *view,
				 const struct ps_facts *facts, const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_binding *binding = &bindings->item[i];
		const struct ps_endpoint *endpoint = &binding->endpoint;
		size_t at = find_listener(&facts->listeners, endpoint->proto, endpoint->port_first);

		if (!ps_action_takes_away(binding))
			continue;
		for (; at < facts->listeners.count; at++) {
			const struct ps_listener *listener = &facts->listeners.item[at];

			if (listener->proto != endpoint->proto ||
			    listener->port > endpoint->port_last)
				break;
			if (takes_from(view, facts, endpoint, listener))
				add_listener(conflicts, binding, listener);
		}
	}
}

/* The sysctl that keeps the kernel from picking these ports. */
static void format_reserving(const struct ps_facts *facts, const struct ps_endpoint *endpoint,
			     char *text, size_t size)
{
	struct ps_portset reserved = facts->ephemeral.reserved;

	ps_portset_add(&reserved, endpoint->port_first ?: 1, endpoint->port_last);
	if (ps_portset_format(&reserved, text, size))
		snprintf(text, size, "...");
}

void ps_conflicts_find_ephemeral(struct ps_conflicts *conflicts, const struct ps_facts *facts,
				 const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_endpoint *endpoint = &bindings->item[i].endpoint;
		struct ps_conflict *conflict;
		char reserving[200];
		int port;

		if (!ps_action_takes_away(&bindings->item[i]) ||
		    !has_local_address(facts, endpoint, endpoint->family))
			continue;
		port = ps_portset_find(&facts->ephemeral.ports, endpoint->port_first,
				       endpoint->port_last);
		if (port < 0)
			continue;
		conflict =
			ps_conflicts_add(conflicts, PS_EPHEMERAL, PS_WARNING, &bindings->item[i]);
		format_reserving(facts, endpoint, reserving, sizeof(reserving));
		ps_conflict_say(
			conflict,
			"this host may pick port %d for an outgoing connection (range %d-%d), "
			"whose replies would be taken; reserve it: "
			"sysctl -w net.ipv4.ip_local_reserved_ports=%s",
			port, facts->ephemeral.first, facts->ephemeral.last, reserving);
	}
}

/* Addresses that every hook passes untouched, see enum ps_reason. */
static const char *find_unsteered(const struct ps_endpoint *endpoint)
{
	static const __u8 unspecified[15], broadcast[4] = { 255, 255, 255, 255 };

	if (ps_endpoint_is_any_address(endpoint))
		return NULL;
	if (endpoint->family == PS_IPV4 && endpoint->prefix_len >= 8 &&
	    (endpoint->addr[0] == 127 || endpoint->addr[0] == 0))
		return "packets to this network belong on no wire and are never steered";
	if (endpoint->family == PS_IPV4 && endpoint->prefix_len >= 4 &&
	    endpoint->addr[0] >> 4 == 14)
		return "multicast packets are never steered";
	if (endpoint->family == PS_IPV4 && !memcmp(endpoint->addr, broadcast, sizeof(broadcast)))
		return "broadcast packets are never steered";
	if (endpoint->family == PS_IPV6 && endpoint->addr[0] == 0xff && endpoint->prefix_len >= 8)
		return "multicast packets are never steered";
	if (endpoint->family == PS_IPV6 && endpoint->prefix_len == 128 &&
	    !memcmp(endpoint->addr, unspecified, sizeof(unspecified)) && endpoint->addr[15] <= 1)
		return "packets to this address belong on no wire and are never steered";
	return NULL;
}

/* Frames get to the target's interface, and not out of it. */
static const char *find_loss(const struct ps_facts *facts, const struct ps_binding *binding,
			     char *text, size_t size)
{
	const struct ps_device *device;

	if (binding->action != PS_REDIRECT || binding->target.hop == PS_HOP_PEER)
		return NULL;
	device = ps_devices_find(&facts->devices, binding->target.ifindex);
	return device ? ps_hazard_of_target(device, &facts->source, text, size) : NULL;
}

static const char *find_obstacle(const struct ps_facts *facts, const struct ps_binding *binding,
				 char *text, size_t size)
{
	const char *obstacle = find_unsteered(&binding->endpoint);

	if (!obstacle && binding->action == PS_REDIRECT)
		obstacle = ps_target_problem(&binding->target, text, size);
	if (obstacle)
		return obstacle;
	if (!facts->has_xdp && !facts->has_tc_ingress)
		return "no program is attached; 'portsteer attach DEV' attaches one";
	if (binding->action == PS_REDIRECT && binding->target.hop == PS_HOP_PEER &&
	    !facts->has_tc_ingress)
		return "'peer' needs the TC hook; 'portsteer attach DEV hook tc' attaches it";
	return find_loss(facts, binding, text, size);
}

void ps_conflicts_find_unreachable(struct ps_conflicts *conflicts, const struct ps_facts *facts,
				   const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++) {
		char text[768];
		const char *obstacle = find_obstacle(facts, &bindings->item[i], text, sizeof(text));
		struct ps_conflict *conflict;

		if (!obstacle)
			continue;
		conflict =
			ps_conflicts_add(conflicts, PS_UNREACHABLE, PS_WARNING, &bindings->item[i]);
		ps_conflict_say(conflict, "%s", obstacle);
	}
}
