// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What is said about a listener that loses packets: how many sockets, where,
 * whose. Which listeners do is listener.c.
 */
#include <stdio.h>
#include <string.h>
#include "base/phrase.h"
#include "conflict/holder.h"

static void add_peer(struct ps_phrase *phrase, const struct ps_listener *listener)
{
	struct ps_endpoint peer = {
		.port_first = listener->socket->peer_port,
		.port_last = listener->socket->peer_port,
		.family = listener->family,
		.proto = listener->proto,
		.prefix_len = listener->family == PS_IPV4 ? 32 : 128,
	};
	char text[PS_ENDPOINT_TEXT];

	memcpy(peer.addr, listener->socket->peer_addr, sizeof(peer.addr));
	ps_phrase_add(phrase, "%s", strchr(ps_endpoint_format(&peer, text), ' ') + 1);
}

/* "2 sockets listen on tcp any:80 on 'eth0', network namespace 'blue'" */
static void add_sockets(struct ps_phrase *phrase, const struct ps_conflict *conflict)
{
	const struct ps_listener *listener = conflict->listener;
	const struct ps_device *device =
		ps_devices_find(&conflict->facts->devices, listener->ifindex);
	const char *local = conflict->facts->is_elsewhere ? "" : "local ";
	bool is_one = listener->socket_count == 1;

	if (is_one)
		ps_phrase_add(phrase, "a %ssocket", local);
	else
		ps_phrase_add(phrase, "%zu %ssockets", listener->socket_count, local);
	if (listener->is_connected)
		ps_phrase_add(phrase, " at %s", conflict->with);
	else
		ps_phrase_add(phrase, is_one ? " listens on %s" : " together listen on %s",
			      conflict->with);
	if (device)
		ps_phrase_add(phrase, " on '%s'", device->name);
	if (conflict->facts->is_elsewhere)
		ps_phrase_add(phrase, " in network namespace '%s'", conflict->facts->netns);
	if (!listener->is_connected)
		return;
	ps_phrase_add(phrase, is_one ? " is connected to " : " are connected, one of them to ");
	add_peer(phrase, listener);
}

/* Sockets of others than the binding's owner lose nothing: they have what is the owner's. */
static void add_owner(struct ps_phrase *phrase, const struct ps_conflict *conflict)
{
	struct ps_answer is_owner = ps_holder_is_owner(conflict->listener, conflict->owner);

	ps_phrase_add(phrase, "; the owner of this binding is %s", conflict->owner);
	if (ps_is_unknown(is_owner))
		ps_phrase_add(phrase, ", and whether they are the same is not known");
}

/* "this binding drops its traffic" */
static const char *describe_loss(enum ps_action action)
{
	switch (action) {
	case PS_DROP:
		return "drops";
	case PS_REDIRECT:
		return "redirects";
	default:
		return "diverts";
	}
}

static void add_loss(struct ps_phrase *phrase, const struct ps_conflict *conflict)
{
	bool is_elsewhere = conflict->facts->is_elsewhere;

	if (conflict->severity == PS_INFO && !is_elsewhere)
		ps_phrase_add(phrase, "; no attached program sees its packets");
	else if (conflict->severity == PS_INFO)
		ps_phrase_add(phrase, "; '%s' must lead there if its packets come through here",
			      ps_action_name(conflict->action));
	else
		ps_phrase_add(phrase, "; this binding %s %s traffic%s",
			      describe_loss(conflict->action),
			      conflict->listener->socket_count == 1 ? "its" : "their",
			      is_elsewhere ? " if it comes through here" : "");
}

static void say_listener(struct ps_conflict *conflict)
{
	char holder[PS_HOLDER_TEXT];
	char text[1024];
	struct ps_phrase phrase = ps_phrase_begin(text, sizeof(text));

	add_sockets(&phrase, conflict);
	ps_phrase_add(&phrase, " (%s)",
		      ps_holder_format(conflict->facts, conflict->listener, holder));
	if (conflict->kind == PS_NOT_OWNER)
		add_owner(&phrase, conflict);
	else
		add_loss(&phrase, conflict);
	ps_conflict_say(conflict, "%s", text);
}

/* Who holds it was looked up since it was found. */
static bool is_none(const struct ps_conflict *conflict)
{
	return conflict->kind == PS_NOT_OWNER && !conflict->text &&
	       ps_is_yes(ps_holder_is_owner(conflict->listener, conflict->owner));
}

void ps_conflicts_say_listeners(struct ps_conflicts *conflicts)
{
	size_t kept = 0;

	for (size_t i = 0; i < conflicts->count; i++) {
		struct ps_conflict *conflict = &conflicts->item[i];

		if (is_none(conflict))
			continue;
		if (conflict->kind == PS_PACKET_SOCKET && !conflict->text)
			ps_conflict_say_packet_socket(conflict);
		else if (conflict->listener && !conflict->text)
			say_listener(conflict);
		conflicts->item[kept++] = *conflict;
	}
	conflicts->count = kept;
}
