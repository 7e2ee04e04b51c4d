// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Conflicts of bindings with packet sockets: what a hook takes away is not seen
 * by tcpdump, nor by a DHCP client that reads replies in that way.
 */
#include <stdio.h>
#include <string.h>
#include "conflict/holder.h"
#include "host/packet.h"

/* RFC 2131, RFC 8415: servers and clients. */
static const struct {
	enum ps_family family;
	__u16 first, last;
} dhcp[] = {
	{ PS_IPV4, 67, 68 },
	{ PS_IPV6, 546, 547 },
};

/* What is handed to a socket has passed all packet sockets. */
static bool takes_frames(const struct ps_binding *binding)
{
	return ps_action_takes_away(binding) && binding->action != PS_SOCKET;
}

static bool is_for_dhcp(const struct ps_binding *binding)
{
	const struct ps_endpoint *endpoint = &binding->endpoint;

	for (size_t i = 0; i < sizeof(dhcp) / sizeof(*dhcp); i++)
		if (endpoint->proto == PS_UDP && endpoint->port_first <= dhcp[i].last &&
		    endpoint->port_last >= dhcp[i].first &&
		    (endpoint->family == PS_ANY || endpoint->family == dhcp[i].family))
			return true;
	return false;
}

/* A socket for every frame gets it in front of TC, any other one behind. */
static bool is_behind(const struct ps_listener *listener, const struct ps_attachment *attachment)
{
	enum ps_hook hook = attachment->info.hook;

	if (!ps_attachment_is_in_place(attachment))
		return false;
	if (listener->ifindex && listener->ifindex != attachment->index)
		return false;
	return hook == PS_HOOK_XDP ||
	       (hook == PS_HOOK_TC_INGRESS && listener->port != PS_PACKET_ALL);
}

const struct ps_attachment *ps_packet_socket_hook(const struct ps_facts *facts,
						  const struct ps_listener *listener,
						  size_t *ret_count)
{
	const struct ps_attachment *first = NULL;

	*ret_count = 0;
	for (size_t i = 0; i < facts->attachments.count; i++) {
		const struct ps_attachment *attachment = &facts->attachments.item[i];

		if (!is_behind(listener, attachment))
			continue;
		first = first ?: attachment;
		++*ret_count;
	}
	return first;
}

static struct ps_conflict *add(struct ps_conflicts *conflicts, enum ps_severity severity,
			       const struct ps_binding *binding, const struct ps_facts *facts,
			       struct ps_listener *listener)
{
	struct ps_conflict *conflict =
		ps_conflicts_add(conflicts, PS_PACKET_SOCKET, severity, binding);

	conflict->facts = facts;
	conflict->listener = listener;
	listener->is_wanted = !*listener->user;
	return conflict;
}

static void add_all_at(struct ps_conflicts *conflicts, struct ps_facts *facts,
		       const struct ps_binding *binding)
{
	size_t count;

	for (size_t i = 0; i < facts->packet_sockets.count; i++) {
		struct ps_listener *listener = &facts->packet_sockets.item[i];

		if (ps_packet_socket_hook(facts, listener, &count))
			add(conflicts, PS_WARNING, binding, facts, listener);
	}
}

static void add_unread(struct ps_conflicts *conflicts, const struct ps_facts *facts,
		       const struct ps_binding *binding)
{
	struct ps_conflict *conflict =
		ps_conflicts_add(conflicts, PS_UNCHECKED, PS_WARNING, binding);

	ps_conflict_say(conflict,
			"packet sockets could not be listed, so it is not known whether a DHCP "
			"client or server misses what '%s' takes away: %s",
			ps_action_name(binding->action), strerror(-facts->packet_error));
}

void ps_conflicts_find_dhcp(struct ps_conflicts *conflicts, struct ps_facts *facts,
			    const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_binding *binding = &bindings->item[i];

		if (!takes_frames(binding) || !is_for_dhcp(binding))
			continue;
		if (facts->packet_error)
			add_unread(conflicts, facts, binding);
		else
			add_all_at(conflicts, facts, binding);
	}
}

static bool is_any_taken(const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++)
		if (takes_frames(&bindings->item[i]))
			return true;
	return false;
}

void ps_conflicts_find_packet_sockets(struct ps_conflicts *conflicts, struct ps_facts *facts,
				      const struct ps_bindings *bindings)
{
	static const struct ps_binding none;

	if (!is_any_taken(bindings))
		return;
	for (size_t i = 0; i < facts->packet_sockets.count; i++) {
		struct ps_listener *listener = &facts->packet_sockets.item[i];
		size_t count;
		const struct ps_attachment *at = ps_packet_socket_hook(facts, listener, &count);
		struct ps_conflict *conflict;

		if (!at)
			continue;
		conflict = add(conflicts, PS_INFO, &none, facts, listener);
		snprintf(conflict->device, sizeof(conflict->device), "%s", at->now);
		conflict->position = (__u32)conflicts->count;
	}
}

void ps_conflict_say_packet_socket(struct ps_conflict *conflict)
{
	bool is_one = conflict->listener->socket_count == 1;
	char holder[PS_HOLDER_TEXT], more[32] = "", what[64] = "bindings take away there";
	size_t count = 0;
	const struct ps_attachment *at =
		ps_packet_socket_hook(conflict->facts, conflict->listener, &count);

	if (count > 1)
		snprintf(more, sizeof(more), " and %zu more", count - 1);
	if (conflict->endpoint.proto != PS_NO_PROTO)
		snprintf(what, sizeof(what), "'%s' takes away", ps_action_name(conflict->action));
	ps_conflict_say(conflict, "%s on '%s'%s (%s) %s what %s",
			is_one ? "a packet socket" : "packet sockets", at ? at->now : "", more,
			ps_holder_format(conflict->facts, conflict->listener, holder),
			is_one ? "does not see" : "do not see", what);
}
