// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Conflicts of bindings with local sockets: which listeners lose packets.
 * What is said about them is listener_text.c.
 */
#include <string.h>
#include "base/search.h"
#include "binding/steered.h"
#include "conflict/conflict.h"

bool ps_address_is_loopback(enum ps_family family, const __u8 addr[16])
{
	static const __u8 loopback[16] = { [15] = 1 };

	if (family == PS_IPV4)
		return addr[0] == 127;
	return family == PS_IPV6 && !memcmp(addr, loopback, sizeof(loopback));
}

bool ps_facts_is_steered(const struct ps_address *address, const struct ps_endpoint *endpoint)
{
	return !ps_address_is_loopback(address->family, address->addr) &&
	       ps_prefix_has(endpoint, address->family, address->addr);
}

bool ps_listener_is_wildcard(const struct ps_listener *listener)
{
	static const __u8 any[16];

	return listener->family == PS_ANY || !memcmp(listener->addr, any, sizeof(any));
}

static struct ps_endpoint endpoint_of(const struct ps_listener *listener)
{
	return ps_endpoint_at(listener->proto, listener->family, listener->addr, listener->port);
}

/*
 * A socket that waits at every address: some address of the host is among those
 * of @endpoint, and no more specific binding gets its packets.
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
		if (!ps_facts_is_steered(address, endpoint))
			continue;
		has_address = true;
		if (ps_view_wins(view, endpoint, address->family, address->addr, listener->port))
			return true;
	}
	/* It may get an address; not so one that is shut off from everything. */
	return !has_address && ps_endpoint_is_any_address(endpoint) && !facts->is_elsewhere;
}

/* Packets of @endpoint would otherwise reach @listener. */
static bool takes_from(const struct ps_view *view, const struct ps_facts *facts,
		       const struct ps_endpoint *endpoint, const struct ps_listener *listener)
{
	struct ps_endpoint place = endpoint_of(listener);

	if (listener->port < endpoint->port_first || listener->port > endpoint->port_last)
		return false;
	if (!ps_listener_is_wildcard(listener))
		return ps_endpoint_unsteered(&place) == PS_REASON_NONE &&
		       ps_prefix_has(endpoint, listener->family, listener->addr) &&
		       ps_view_wins(view, endpoint, listener->family, listener->addr,
				    listener->port);
	if (endpoint->family != PS_ANY && listener->family != PS_ANY &&
	    endpoint->family != listener->family)
		return false;
	return takes_from_wildcard(view, facts, endpoint, listener);
}

/* Packets that arrive at the interface that @listener is bound to never pass a hook. */
static bool is_out_of_reach(const struct ps_facts *facts, const struct ps_listener *listener)
{
	const struct ps_device *device;

	if (!listener->ifindex || (!facts->has_xdp && !facts->has_tc_ingress))
		return false; /* what is attached later may be in its way */
	device = ps_devices_find(&facts->devices, listener->ifindex);
	return device && !device->is_reached;
}

/*
 * A connected socket with a port that the kernel may have picked will soon be
 * gone. Whether packets for another namespace come here is not known, and a
 * redirect may well lead there.
 */
static enum ps_severity severity_of(const struct ps_facts *facts, const struct ps_binding *binding,
				    const struct ps_listener *listener)
{
	if (binding->action != PS_SOCKET && is_out_of_reach(facts, listener))
		return PS_INFO;
	if (facts->is_elsewhere)
		return binding->action == PS_REDIRECT ? PS_INFO : PS_WARNING;
	if (listener->is_connected && ps_portset_has(&facts->ephemeral.ports, listener->port))
		return PS_WARNING;
	return PS_ERROR;
}

static void add_listener(struct ps_conflicts *conflicts, const struct ps_facts *facts,
			 const struct ps_binding *binding, struct ps_listener *listener)
{
	bool is_taken = ps_action_takes_away(binding);
	struct ps_endpoint place = endpoint_of(listener);
	struct ps_conflict *conflict =
		ps_conflicts_add(conflicts, is_taken ? PS_LISTENER : PS_NOT_OWNER,
				 severity_of(facts, binding, listener), binding);

	ps_endpoint_format(&place, conflict->with);
	conflict->owner = binding->owner;
	conflict->facts = facts;
	conflict->listener = listener;
	listener->is_wanted = !*listener->user;
}

static bool is_before_endpoint(const void *item, const void *sought)
{
	const struct ps_listener *listener = item;
	const struct ps_endpoint *endpoint = sought;

	return listener->proto < endpoint->proto ||
	       (listener->proto == endpoint->proto && listener->port < endpoint->port_first);
}

/* The first listener of the protocol of @endpoint at its ports or above; they are sorted. */
static size_t find_listener(const struct ps_listeners *listeners,
			    const struct ps_endpoint *endpoint)
{
	return ps_search_first(listeners->item, listeners->count, sizeof(*listeners->item),
			       is_before_endpoint, endpoint);
}

/*
 * Steering to a socket is done in this namespace, and not to what is connected. So is owning
 * an endpoint whose packets pass: there are no owners elsewhere, and none of a port that the
 * kernel picked.
 */
static bool is_let_be(const struct ps_facts *facts, const struct ps_binding *binding,
		      const struct ps_listener *listener)
{
	if (!ps_action_takes_away(binding))
		return facts->is_elsewhere || listener->is_connected;
	return binding->action == PS_SOCKET && (facts->is_elsewhere || listener->is_connected ||
						ps_facts_is_own_socket(facts, binding, listener));
}

void ps_conflicts_find_listeners(struct ps_conflicts *conflicts, const struct ps_view *view,
				 struct ps_facts *facts, const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_binding *binding = &bindings->item[i];
		const struct ps_endpoint *endpoint = &binding->endpoint;
		size_t at = find_listener(&facts->listeners, endpoint);

		if (!ps_action_takes_away(binding) && !binding->owner)
			continue;
		for (; at < facts->listeners.count; at++) {
			struct ps_listener *listener = &facts->listeners.item[at];

			if (listener->proto != endpoint->proto ||
			    listener->port > endpoint->port_last)
				break;
			if (!is_let_be(facts, binding, listener) &&
			    takes_from(view, facts, endpoint, listener))
				add_listener(conflicts, facts, binding, listener);
		}
	}
}
