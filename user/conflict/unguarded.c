// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Endpoints that belong to somebody, and that others may get all the same: by a
 * port that the kernel picks, which the guard does not see, or by bind(2) where
 * there is no guard.
 */
#include "base/advice.h"
#include "conflict/conflict.h"

/* What takes packets away is said to be `ephemeral`; nobody gets them by having its port. */
static bool is_owned(const struct ps_binding *binding)
{
	return binding->owner && !ps_action_takes_away(binding);
}

/* The kernel has no hook for SCTP, guard or none. */
static bool is_guarded(const struct ps_facts *facts, const struct ps_binding *binding)
{
	return facts->guard == PS_GUARD_ON && binding->endpoint.proto != PS_SCTP;
}

static void add_picked(struct ps_conflicts *conflicts, const struct ps_facts *facts,
		       const struct ps_binding *binding, int port)
{
	struct ps_conflict *conflict =
		ps_conflicts_add(conflicts, PS_UNGUARDED, PS_WARNING, binding);

	if (ps_facts_cannot_reserve(facts, binding))
		ps_conflict_say(conflict,
				"any process may have the kernel pick port %d (range %d-%d), which "
				"the guard does not see; reserving all of these ports would leave "
				"none: bind fewer",
				port, facts->ephemeral.first, facts->ephemeral.last);
	else
		ps_conflict_say(conflict,
				"any process may have the kernel pick port %d (range %d-%d), which "
				"the guard does not see; reserve it: %s",
				port, facts->ephemeral.first, facts->ephemeral.last,
				ps_advice("reserve set", NULL));
}

static void add_open(struct ps_conflicts *conflicts, const struct ps_facts *facts,
		     const struct ps_binding *binding)
{
	struct ps_conflict *conflict = ps_conflicts_add(conflicts, PS_UNGUARDED, PS_INFO, binding);
	bool is_free = binding->endpoint.port_last >= facts->ephemeral.unprivileged;

	if (binding->endpoint.proto == PS_SCTP)
		ps_conflict_say(conflict, "SCTP is not guarded, so whoever binds it first has it");
	else if (is_free)
		ps_conflict_say(conflict,
				"the guard does not refuse anything, so whoever binds it first has "
				"it; ports from %u on need no right (ip_unprivileged_port_start): "
				"%s",
				facts->ephemeral.unprivileged, ps_advice("guard on", NULL));
	else
		ps_conflict_say(conflict,
				"the guard does not refuse anything, so whoever has "
				"CAP_NET_BIND_SERVICE and binds it first has it: %s",
				ps_advice("guard on", NULL));
}

void ps_conflicts_find_unguarded(struct ps_conflicts *conflicts, const struct ps_facts *facts,
				 const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_binding *binding = &bindings->item[i];
		const struct ps_endpoint *endpoint = &binding->endpoint;
		int port;

		if (!is_owned(binding) || facts->guard_is_unknown)
			continue;
		port = ps_portset_find(&facts->ephemeral.ports, endpoint->port_first,
				       endpoint->port_last);
		if (!is_guarded(facts, binding))
			add_open(conflicts, facts, binding);
		else if (port >= 0)
			add_picked(conflicts, facts, binding, port);
	}
}
