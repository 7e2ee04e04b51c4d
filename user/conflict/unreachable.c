// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Conflicts of bindings with this host: what no hook can do, and what could not
 * be looked at. Those with sockets are listener.c.
 */
#include <stdio.h>
#include <string.h>
#include "base/advice.h"
#include "base/nearest.h"
#include "base/number.h"
#include "base/utf8.h"
#include "binding/steered.h"
#include "conflict/conflict.h"

const char *ps_unsteered_text(const struct ps_endpoint *endpoint)
{
	bool is_ipv4 = endpoint->family == PS_IPV4;
	enum ps_reason reason = ps_endpoint_unsteered(endpoint);

	if (reason == PS_REASON_MULTICAST)
		return is_ipv4 && endpoint->addr[0] == 255 ? "broadcast packets are never steered"
							   : "multicast packets are never steered";
	if (reason == PS_REASON_MARTIAN)
		return "packets to this address do not leave this host, and are never steered";
	return NULL;
}

/* What belongs to somebody, and takes nothing away, is there for the guard. */
static const char *describe_unsteered(const struct ps_binding *binding)
{
	bool is_for_guard = binding->owner && !ps_action_takes_away(binding);

	if (is_for_guard && ps_endpoint_unsteered(&binding->endpoint) == PS_REASON_MARTIAN)
		return NULL;
	return ps_unsteered_text(&binding->endpoint);
}

/* Frames get to the target's interface, and not out of it. */
static const char *find_loss(const struct ps_facts *facts, const struct ps_binding *binding,
			     char *text, size_t size)
{
	const struct ps_device *device;

	if (binding->action != PS_REDIRECT)
		return NULL;
	device = ps_devices_find(&facts->devices, binding->target.ifindex);
	if (*facts->unlinked && device && !device->has_no_link) {
		snprintf(text, size,
			 "what arrives at '%.15s' has no link header, and is dropped instead of "
			 "being redirected to '%s'",
			 facts->unlinked, device->name);
		return text;
	}
	if (binding->target.hop == PS_HOP_PEER)
		return NULL;
	return device ? ps_hazard_of_target(device, &facts->source, text, size) : NULL;
}

static bool is_attached(const struct ps_facts *facts)
{
	return facts->has_xdp || facts->has_tc_ingress;
}

static const char *describe_no_tc(char *text, size_t size)
{
	snprintf(text, size, "'peer' needs the TC hook; '%s' attaches it",
		 ps_advice("attach DEV hook tc", NULL));
	return text;
}

/* Which one is meant that is called nearly so. */
static void add_guess(const struct ps_facts *facts, const struct ps_target *target, char *text,
		      size_t size)
{
	struct ps_nearest nearest = ps_nearest_of(target->device);
	char guess[PS_NEAREST_TEXT];
	size_t length = strlen(text);

	for (size_t i = 0; i < facts->devices.count; i++)
		ps_nearest_offer(&nearest, facts->devices.item[i].name);
	ps_utf8_print(text + length, size - length, "%s", ps_nearest_format(&nearest, guess));
}

/* What keeps a redirect from its target. No neighbour answers where the link is down. */
static const char *describe_target(const struct ps_facts *facts, const struct ps_target *target,
				   char *text, size_t size)
{
	const struct ps_device *device = ps_devices_find(&facts->devices, target->ifindex);
	const char *problem = ps_target_problem(target, text, size);

	if (target->state == PS_TARGET_NO_NEIGHBOUR && device && !device->is_up)
		return ps_hazard_of_target(device, &facts->source, text, size);
	if (target->state == PS_TARGET_NO_DEVICE && !target->ifindex)
		add_guess(facts, target, text, size);
	return problem;
}

static const char *find_obstacle(const struct ps_facts *facts, const struct ps_binding *binding,
				 char *text, size_t size)
{
	const char *obstacle = describe_unsteered(binding);

	if (!obstacle && binding->action == PS_REDIRECT)
		obstacle = describe_target(facts, &binding->target, text, size)
				   ?: ps_facts_find_returns(facts, binding, text, size);
	if (!obstacle && binding->action == PS_SOCKET)
		obstacle = ps_facts_find_no_socket(facts, binding, text, size);
	if (obstacle || binding->action == PS_SOCKET)
		return obstacle;
	if (binding->action == PS_REDIRECT && binding->target.hop == PS_HOP_PEER &&
	    is_attached(facts) && !facts->has_tc_ingress)
		obstacle = describe_no_tc(text, size);
	else if (is_attached(facts))
		obstacle = find_loss(facts, binding, text, size);
	return obstacle;
}

static void add_unreachable(struct ps_conflicts *conflicts, const struct ps_binding *binding,
			    const char *obstacle)
{
	struct ps_conflict *conflict =
		ps_conflicts_add(conflicts, PS_UNREACHABLE, PS_WARNING, binding);

	ps_conflict_say(conflict, "%s", obstacle);
}

/* What is the same for @count bindings is said of the first of them. */
static void add_unattached(struct ps_conflicts *conflicts, const struct ps_binding *first,
			   size_t count)
{
	struct ps_conflict *conflict =
		ps_conflicts_add(conflicts, PS_UNREACHABLE, PS_WARNING, first);
	char others[64] = "";

	if (count > 1)
		snprintf(others, sizeof(others), ", for this and %zu other binding%s", count - 1,
			 ps_number_plural(count - 1));
	ps_conflict_say(conflict, "no program is attached%s; '%s' attaches one", others,
			ps_advice("attach DEV", NULL));
}

void ps_conflicts_find_unreachable(struct ps_conflicts *conflicts, const struct ps_facts *facts,
				   const struct ps_bindings *bindings)
{
	const struct ps_binding *first = NULL;
	size_t count = 0;

	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_binding *binding = &bindings->item[i];
		char text[768];
		const char *obstacle = find_obstacle(facts, binding, text, sizeof(text));

		if (obstacle) {
			add_unreachable(conflicts, binding, obstacle);
		} else if (!is_attached(facts) && binding->action != PS_SOCKET) {
			first = first ?: binding;
			count++;
		}
	}
	if (first)
		add_unattached(conflicts, first, count);
}

bool ps_bindings_take_any(const struct ps_bindings *bindings, enum ps_proto proto)
{
	for (size_t i = 0; i < bindings->count; i++)
		if (ps_action_takes_away(&bindings->item[i]) &&
		    (proto == PS_NO_PROTO || proto == bindings->item[i].endpoint.proto))
			return true;
	return false;
}

static void add_unchecked(struct ps_conflicts *conflicts, const struct ps_facts *facts,
			  const char *text)
{
	static const struct ps_binding none;
	struct ps_conflict *conflict = ps_conflicts_add(conflicts, PS_UNCHECKED, PS_WARNING, &none);

	conflict->facts = facts;
	if (facts->is_elsewhere)
		ps_conflict_say(conflict, "network namespace '%s': %s", facts->netns, text);
	else
		ps_conflict_say(conflict, "%s", text);
}

/* The conflicts may hold it already, when they are of several lists of bindings. */
static bool is_said(const struct ps_conflicts *conflicts, const struct ps_facts *facts,
		    const char *text)
{
	for (size_t i = 0; i < conflicts->count; i++)
		if (conflicts->item[i].kind == PS_UNCHECKED && conflicts->item[i].facts == facts &&
		    strstr(conflicts->item[i].text, text))
			return true;
	return false;
}

void ps_conflicts_find_unchecked(struct ps_conflicts *conflicts, const struct ps_facts *facts,
				 const struct ps_bindings *bindings)
{
	for (int i = 0; i < facts->unchecked.count; i++) {
		const char *text = facts->unchecked.item[i].text;

		if (ps_bindings_take_any(bindings, facts->unchecked.item[i].proto) &&
		    !is_said(conflicts, facts, text))
			add_unchecked(conflicts, facts, text);
	}
}
