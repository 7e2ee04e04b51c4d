// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Conflicts of bindings with outgoing connections, whose port the kernel picks:
 * replies to them would be taken for what a binding is for.
 */
#include <stdio.h>
#include <string.h>
#include "base/advice.h"
#include "base/memory.h"
#include "conflict/conflict.h"

#define SYSCTL "net.ipv4.ip_local_reserved_ports"
#define LINE_MAX 4000 /* the kernel takes a page in one piece, and cuts off the rest */

/* To a socket goes only what belongs to no connection; of UDP, a socket may wait without one. */
static bool finds_connections(const struct ps_facts *facts, const struct ps_binding *binding)
{
	return binding->action == PS_SOCKET &&
	       (facts->is_elsewhere || binding->endpoint.proto == PS_TCP);
}

bool ps_facts_cannot_reserve(const struct ps_facts *facts, const struct ps_binding *binding)
{
	const struct ps_endpoint *endpoint = &binding->endpoint;

	return (ps_action_takes_away(binding) ? finds_connections(facts, binding)
					      : binding->owner != NULL) &&
	       endpoint->port_first <= facts->ephemeral.first &&
	       endpoint->port_last >= facts->ephemeral.last;
}

/* The ports that the host may pick and whose packets @binding then gets; false: none. */
static bool list_taken(const struct ps_view *view, const struct ps_facts *facts,
		       const struct ps_binding *binding, struct ps_portset *ret)
{
	const struct ps_endpoint *endpoint = &binding->endpoint;
	bool is_clear = false;

	if (ps_portset_find(&facts->ephemeral.ports, endpoint->port_first, endpoint->port_last) < 0)
		return false;
	for (size_t i = 0; i < facts->addresses.count; i++) {
		if (!ps_facts_is_steered(&facts->addresses.item[i], endpoint))
			continue;
		if (!is_clear)
			memset(ret, 0, sizeof(*ret));
		is_clear = true;
		ps_view_list_won(view, endpoint, &facts->addresses.item[i], &facts->ephemeral.ports,
				 ret);
	}
	return is_clear && !ps_portset_is_empty(ret);
}

/* A host without an address of @endpoint's may get one, and then all its ports are taken. */
static void add_expected(const struct ps_facts *facts, const struct ps_endpoint *endpoint,
			 struct ps_portset *ret)
{
	struct ps_portset ports = facts->ephemeral.ports;

	for (size_t i = 0; i < facts->addresses.count; i++)
		if (ps_facts_is_steered(&facts->addresses.item[i], endpoint))
			return;
	if (endpoint->port_first)
		ps_portset_remove(&ports, 0, (__u16)(endpoint->port_first - 1));
	if (endpoint->port_last < 65535)
		ps_portset_remove(&ports, (__u16)(endpoint->port_last + 1), 65535);
	ps_portset_add_all(ret, &ports);
}

void ps_view_list_claimed(const struct ps_view *view, const struct ps_facts *facts,
			  const struct ps_bindings *bindings, struct ps_portset *ret)
{
	struct ps_portset taken;

	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_binding *binding = &bindings->item[i];

		if ((!ps_action_takes_away(binding) && !binding->owner) ||
		    ps_facts_cannot_reserve(facts, binding))
			continue;
		if (list_taken(view, facts, binding, &taken))
			ps_portset_add_all(ret, &taken);
		else if (ps_endpoint_is_any_address(&binding->endpoint))
			add_expected(facts, &binding->endpoint, ret);
	}
}

static void add_ephemeral(struct ps_conflicts *conflicts, const struct ps_facts *facts,
			  const struct ps_binding *binding, int port)
{
	struct ps_conflict *conflict =
		ps_conflicts_add(conflicts, PS_EPHEMERAL, PS_WARNING, binding);

	conflict->facts = facts;
	ps_conflict_say(conflict,
			"%s%s%s may pick port %d for an outgoing connection (range %d-%d), whose "
			"replies this binding would take",
			facts->is_elsewhere ? "network namespace '" : "this host",
			facts->is_elsewhere ? facts->netns : "", facts->is_elsewhere ? "'" : "",
			port, facts->ephemeral.first, facts->ephemeral.last);
}

/* The command that reserves @taken beside what is reserved now; NULL when it is too long. */
static const char *find_fix(const struct ps_facts *facts, const struct ps_portset *taken)
{
	struct ps_portset reserved = facts->ephemeral.reserved;
	char setting[sizeof(SYSCTL) + LINE_MAX], *list = setting + sizeof(SYSCTL);

	ps_portset_add_all(&reserved, taken);
	if (ps_portset_format(&reserved, list, LINE_MAX))
		return NULL;
	memcpy(setting, SYSCTL "=", sizeof(SYSCTL));
	return ps_advice_inside(facts->enter, "sysctl -w", setting, NULL);
}

/* One line for all: a second one would take back what the first one reserved. */
static void add_fix(struct ps_conflicts *conflicts, size_t first, const struct ps_facts *facts,
		    const struct ps_portset *taken)
{
	const char *line = find_fix(facts, taken);
	struct ps_portset left = facts->ephemeral.ports;

	ps_portset_remove_all(&left, taken);
	for (size_t i = first; i < conflicts->count; i++) {
		struct ps_conflict *conflict = &conflicts->item[i];

		if (ps_portset_is_empty(&left)) {
			ps_conflict_say(conflict,
					"%s; reserving all of these ports would leave none: "
					"bind fewer",
					conflict->text);
		} else if (!line) {
			ps_conflict_say(conflict,
					"%s; the list to reserve is too long for one sysctl "
					"command: %s",
					conflict->text, ps_advice("reserve set", NULL));
		} else {
			ps_conflict_say(conflict, "%s; reserve it: %s", conflict->text, line);
		}
	}
}

void ps_conflicts_find_ephemeral(struct ps_conflicts *conflicts, const struct ps_view *view,
				 const struct ps_facts *facts, const struct ps_bindings *bindings)
{
	size_t first = conflicts->count;
	struct ps_portset all = {}, taken;

	for (size_t i = 0; i < bindings->count; i++) {
		if (finds_connections(facts, &bindings->item[i]) ||
		    !ps_action_takes_away(&bindings->item[i]) ||
		    !list_taken(view, facts, &bindings->item[i], &taken))
			continue;
		ps_portset_add_all(&all, &taken);
		add_ephemeral(conflicts, facts, &bindings->item[i],
			      ps_portset_find(&taken, 0, 65535));
	}
	if (conflicts->count > first)
		add_fix(conflicts, first, facts, &all);
}
