// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What has to do with an endpoint and gets no packets for it: sockets that are
 * connected or do not listen, packet sockets, the guard, reservations, and what
 * kind of port it is.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "conflict/who_internal.h"
#include "host/packet.h"

static char *text_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *text_of(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = ps_memory_text(format, args);
	va_end(args);
	return text;
}

static int compare_rows(const void *left, const void *right)
{
	const struct ps_who_row *a = left, *b = right;

	if (a->what != b->what)
		return a->what < b->what ? -1 : 1;
	return ps_who_compare_sockets(a->listener, b->listener);
}

void ps_who_sort_sockets(struct ps_who_rows *rows, size_t first)
{
	if (rows->count > first)
		qsort(rows->item + first, rows->count - first, sizeof(*rows->item), compare_rows);
}

static void add_socket(struct ps_who_rows *rows, enum ps_who_what what,
		       const struct ps_facts *facts, struct ps_listener *listener)
{
	ps_who_add(rows, what, facts)->listener = listener;
	listener->is_wanted = !*listener->user;
}

static void add_idle(struct ps_who_rows *rows, const struct ps_who_question *question,
		     const struct ps_facts *facts, struct ps_listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++) {
		struct ps_listener *listener = &listeners->item[i];

		if (!ps_who_is_at(question, listener))
			continue;
		if (listener->is_connected && question->has_connected)
			add_socket(rows, PS_WHO_CONNECTED, facts, listener);
		else if (!listener->is_connected)
			add_socket(rows, PS_WHO_BOUND, facts, listener);
	}
}

static void add_connected(struct ps_who_rows *rows, const struct ps_who_question *question,
			  struct ps_facts *facts)
{
	struct ps_listeners *listeners = &facts->listeners;

	for (size_t i = 0; i < listeners->count; i++)
		if (question->has_connected && listeners->item[i].is_connected &&
		    ps_who_is_at(question, &listeners->item[i]))
			add_socket(rows, PS_WHO_CONNECTED, facts, &listeners->item[i]);
}

/* Who reads everything reads this as well. */
static void add_packet_sockets(struct ps_who_rows *rows, const struct ps_who_question *question,
			       struct ps_facts *facts)
{
	struct ps_listeners *sockets = &facts->packet_sockets;

	for (size_t i = 0; i < sockets->count; i++) {
		__u16 protocol = sockets->item[i].port;

		if ((protocol == PS_PACKET_IPV4 && question->endpoint.family == PS_IPV6) ||
		    (protocol == PS_PACKET_IPV6 && question->endpoint.family == PS_IPV4))
			continue;
		add_socket(rows, PS_WHO_PACKET_SOCKET, facts, &sockets->item[i]);
		ps_who_note(&rows->item[rows->count - 1], question);
	}
}

static const char *guard_word(const struct ps_facts *facts)
{
	static const char *const words[] = {
		[PS_GUARD_OFF] = "but the guard is off",
		[PS_GUARD_REPORT] = "and the guard reports others",
		[PS_GUARD_ON] = "and the guard refuses others",
	};

	return facts->guard_is_unknown ? "and whether the guard is on is not known"
				       : words[facts->guard];
}

/* What bind(2) is judged by. */
static void add_guard(struct ps_who_rows *rows, const struct ps_facts *facts,
		      const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_binding *binding = &bindings->item[i];
		struct ps_who_row *row;

		if (!binding->owner &&
		    (facts->guard == PS_GUARD_OFF || !ps_action_takes_away(binding)))
			continue;
		row = ps_who_add(rows, PS_WHO_GUARD, facts);
		row->binding = binding;
		row->who = text_of("%s", binding->owner ?: "no process");
		if (binding->owner)
			row->note = text_of("belongs to it, %s", guard_word(facts));
		else
			row->note = text_of("bind(2) is refused to everybody%s",
					    facts->guard == PS_GUARD_ON ? "" : " (only reported)");
	}
}

static void add_reserved(struct ps_who_rows *rows, const struct ps_facts *facts,
			 const struct ps_who_known *known, __u16 port)
{
	bool is_own = ps_portset_has(&known->reserved, port);
	struct ps_who_row *row;

	if (!ps_portset_has(&facts->ephemeral.reserved, port))
		return;
	row = ps_who_add(rows, PS_WHO_RESERVED, facts);
	row->who = text_of("%s", is_own ? "portsteer" : "others");
	row->note = text_of("in ip_local_reserved_ports: the kernel never picks it");
}

static void add_ephemeral(struct ps_who_rows *rows, const struct ps_facts *facts, __u16 port)
{
	struct ps_who_row *row;

	if (!ps_portset_has(&facts->ephemeral.ports, port))
		return;
	row = ps_who_add(rows, PS_WHO_EPHEMERAL, facts);
	row->who = text_of("any connection");
	row->note = text_of("the kernel may pick it (ip_local_port_range %u-%u)",
			    facts->ephemeral.first, facts->ephemeral.last);
}

static void add_range(struct ps_who_rows *rows, const struct ps_who_question *question,
		      const struct ps_facts *facts)
{
	struct ps_who_row *row = ps_who_add(rows, PS_WHO_RANGE, facts);
	__u16 port = question->endpoint.port_first;

	row->who = text_of("%s%s%s", ps_who_range(port), *question->service ? ", " : "",
			   question->service);
	if (!facts->ephemeral.last) /* could not be read */
		return;
	if (port < facts->ephemeral.unprivileged)
		row->note = text_of("bind(2) needs CAP_NET_BIND_SERVICE");
	else if (port < 1024)
		row->note = text_of("everybody may bind it (ip_unprivileged_port_start is %u)",
				    facts->ephemeral.unprivileged);
}

void ps_who_add_unchecked(struct ps_who_rows *rows, const struct ps_who_question *question,
			  const struct ps_facts *facts)
{
	for (int i = 0; i < facts->unchecked.count; i++) {
		enum ps_proto proto = facts->unchecked.item[i].proto;

		if (proto == PS_NO_PROTO || proto == question->endpoint.proto)
			ps_who_add(rows, PS_WHO_UNCHECKED, facts)->note =
				text_of("%s", facts->unchecked.item[i].text);
	}
	if (facts->packet_error)
		ps_who_add(rows, PS_WHO_UNCHECKED, facts)->note =
			text_of("the packet sockets could not be listed: %s",
				strerror(-facts->packet_error));
}

void ps_who_find_rest(struct ps_who_rows *rows, const struct ps_who_question *question,
		      struct ps_facts *facts, struct ps_who_known *known)
{
	__u16 port = question->endpoint.port_first;
	size_t first = rows->count;

	add_idle(rows, question, facts, &known->connections);
	add_connected(rows, question, facts);
	ps_who_sort_sockets(rows, first);
	add_packet_sockets(rows, question, facts);
	add_guard(rows, facts, &known->bindings);
	add_reserved(rows, facts, known, port);
	add_ephemeral(rows, facts, port);
	add_range(rows, question, facts);
	ps_who_add_unchecked(rows, question, facts);
}
