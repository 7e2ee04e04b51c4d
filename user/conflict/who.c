// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who gets a packet: candidates in the order in which it meets them, asked for
 * each address that it may be for. See who.h. What is not about packets is
 * who_rest.c, words are who_text.c.
 */
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "binding/steered.h"
#include "conflict/nat.h"
#include "conflict/who_internal.h"
#include "table/probe.h"

struct ps_who_row *ps_who_add(struct ps_who_rows *rows, enum ps_who_what what,
			      const struct ps_facts *facts)
{
	struct ps_who_row *row;

	rows->item = ps_memory_grow(rows->item, rows->count, &rows->room, sizeof(*rows->item));
	row = &rows->item[rows->count++];
	*row = (struct ps_who_row){ .what = what, .facts = facts };
	return row;
}

/* A candidate, and for how many of the addresses it gets packets. */
struct candidate {
	struct ps_who_row row;
	size_t won;
	bool is_part; /* of those that arrive at some interfaces */
	bool is_doubtful; /* it may or may not be for them */
};

struct contest {
	const struct ps_who_question *question;
	struct ps_facts *facts;
	struct ps_who_known *known;
	struct candidate *candidate; /* bindings, rules, sockets, nobody, and routes */
	size_t bindings, rules, sockets, count; /* how many up to there */
	size_t asked; /* addresses */
	bool is_rest; /* of the one that is asked about, somebody has a part */
	bool is_unsteered; /* what arrives is never for that address */
	bool is_hooked; /* some interface is attached */
	bool is_hooked_everywhere; /* and so is every other one */
};

bool ps_who_is_at(const struct ps_who_question *question, const struct ps_listener *listener)
{
	const struct ps_endpoint *endpoint = &question->endpoint;

	if (listener->proto != endpoint->proto || listener->port != endpoint->port_first)
		return false;
	if (endpoint->family != PS_ANY && listener->family != PS_ANY &&
	    listener->family != endpoint->family)
		return false;
	return ps_listener_is_wildcard(listener) ||
	       ps_prefix_has(endpoint, listener->family, listener->addr);
}

/* As the kernel looks for a socket: its address, then its device, then its own family. */
int ps_who_compare_sockets(const struct ps_listener *a, const struct ps_listener *b)
{
	if (ps_listener_is_wildcard(a) != ps_listener_is_wildcard(b))
		return ps_listener_is_wildcard(a) ? 1 : -1;
	if (!a->ifindex != !b->ifindex)
		return a->ifindex ? -1 : 1;
	if ((a->family == PS_ANY) != (b->family == PS_ANY))
		return a->family == PS_ANY ? 1 : -1;
	return a < b ? -1 : a > b;
}

static int compare_candidates(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;

	return ps_who_compare_sockets(a->row.listener, b->row.listener);
}

static struct candidate *add(struct contest *contest, enum ps_who_what what)
{
	struct candidate *candidate = &contest->candidate[contest->count++];

	candidate->row = (struct ps_who_row){ .what = what, .facts = contest->facts };
	return candidate;
}

static void add_sockets(struct contest *contest)
{
	struct ps_listeners *listeners = &contest->facts->listeners;
	size_t first = contest->count;

	for (size_t i = 0; i < listeners->count; i++)
		if (!listeners->item[i].is_connected &&
		    ps_who_is_at(contest->question, &listeners->item[i]))
			add(contest, PS_WHO_SOCKET)->row.listener = &listeners->item[i];
	if (contest->count > first)
		qsort(contest->candidate + first, contest->count - first,
		      sizeof(*contest->candidate), compare_candidates);
	contest->sockets = contest->count;
}

static void add_candidates(struct contest *contest)
{
	const struct ps_facts *facts = contest->facts;
	const struct ps_bindings *bindings = &contest->known->bindings;

	contest->candidate =
		ps_memory_new(bindings->count + facts->nat.count + facts->listeners.count + 2,
			      sizeof(*contest->candidate));
	for (size_t i = 0; i < bindings->count; i++)
		add(contest, PS_WHO_BINDING)->row.binding = &bindings->item[i];
	contest->bindings = contest->count;
	for (size_t i = 0; i < facts->nat.count; i++)
		add(contest, PS_WHO_DNAT)->row.rule = &facts->nat.item[i];
	contest->rules = contest->count;
	add_sockets(contest);
	add(contest, PS_WHO_REFUSED);
	add(contest, PS_WHO_ROUTE);
}

static bool has_hook(const struct ps_facts *facts, __u32 ifindex)
{
	for (size_t i = 0; i < facts->attachments.count; i++)
		if (ps_attachment_is_ingress(&facts->attachments.item[i]) &&
		    facts->attachments.item[i].index == ifindex)
			return true;
	return false;
}

/* Members of a bridge or bond, and what is above other interfaces, are let be: too many ways. */
static void look_at_hooks(struct contest *contest)
{
	const struct ps_facts *facts = contest->facts;

	contest->is_hooked = facts->has_xdp || facts->has_tc_ingress;
	contest->is_hooked_everywhere = contest->is_hooked;
	for (size_t i = 0; i < facts->devices.count; i++) {
		const struct ps_device *device = &facts->devices.item[i];

		if (device->is_up && strcmp(device->name, "lo") &&
		    !has_hook(facts, device->ifindex))
			contest->is_hooked_everywhere = false;
	}
}

static bool is_local(const struct ps_facts *facts, const struct ps_address *address)
{
	for (size_t i = 0; i < facts->addresses.count; i++)
		if (facts->addresses.item[i].family == address->family &&
		    !memcmp(facts->addresses.item[i].addr, address->addr, sizeof(address->addr)))
			return true;
	return false;
}

/* The binding that packets to @address find. */
static struct candidate *find_binding(struct contest *contest, const struct ps_address *address)
{
	for (size_t i = 0; i < contest->bindings; i++)
		if (ps_prefix_has(&contest->candidate[i].row.binding->endpoint, address->family,
				  address->addr))
			return &contest->candidate[i];
	return NULL;
}

/* True: nothing is left for those behind it. */
static bool win(struct contest *contest, struct candidate *candidate, bool is_part)
{
	candidate->won++;
	candidate->is_part |= is_part || contest->is_rest;
	contest->is_rest |= is_part;
	return !is_part;
}

static bool offer_binding(struct contest *contest, struct candidate *candidate)
{
	if (!candidate || !contest->is_hooked || candidate->row.binding->action == PS_SOCKET ||
	    !ps_action_takes_away(candidate->row.binding))
		return false;
	return win(contest, candidate, !contest->is_hooked_everywhere);
}

static bool offer_rules(struct contest *contest, const struct ps_address *address)
{
	const struct ps_endpoint *endpoint = &contest->question->endpoint;

	for (size_t i = contest->bindings; i < contest->rules; i++) {
		struct candidate *candidate = &contest->candidate[i];
		const struct ps_nat_match *match = &candidate->row.rule->match;

		if (!ps_nat_match_has(contest->facts, match, address, endpoint->proto,
				      endpoint->port_first) ||
		    (match->is_local && !is_local(contest->facts, address)))
			continue;
		candidate->is_doubtful |= match->is_partial;
		if (!match->is_partial && win(contest, candidate, *match->device))
			return true;
	}
	return false;
}

/* At the hook of sockets a binding hands it to one, or drops it. */
static bool offer_registered(struct contest *contest, struct candidate *candidate)
{
	if (!candidate || candidate->row.binding->action != PS_SOCKET || !contest->facts->has_netns)
		return false;
	return win(contest, candidate, false);
}

static bool offer_sockets(struct contest *contest, const struct ps_address *address)
{
	for (size_t i = contest->rules; i < contest->sockets; i++) {
		struct candidate *candidate = &contest->candidate[i];
		const struct ps_listener *listener = candidate->row.listener;

		if (listener->family != PS_ANY && listener->family != address->family)
			continue;
		if (!ps_listener_is_wildcard(listener) &&
		    memcmp(listener->addr, address->addr, sizeof(address->addr)))
			continue;
		if (win(contest, candidate, listener->ifindex))
			return true;
	}
	return false;
}

/* Nothing that arrives is for the loopback: no hook and no rule is asked about it. */
static void ask_about(struct contest *contest, const struct ps_address *address)
{
	struct ps_endpoint place =
		ps_endpoint_at(contest->question->endpoint.proto, address->family, address->addr,
			       contest->question->endpoint.port_first);
	bool is_unsteered = ps_endpoint_unsteered(&place) != PS_REASON_NONE;
	struct candidate *binding = is_unsteered ? NULL : find_binding(contest, address);

	contest->asked++;
	contest->is_rest = false;
	contest->is_unsteered |= is_unsteered;
	if (offer_binding(contest, binding) || (!is_unsteered && offer_rules(contest, address)))
		return;
	if (!is_local(contest->facts, address))
		win(contest, &contest->candidate[contest->count - 1], false);
	else if (!offer_registered(contest, binding) && !offer_sockets(contest, address))
		win(contest, &contest->candidate[contest->count - 2], false);
}

/* A host that has no such address yet has nobody to ask about. */
static void ask_about_all(struct contest *contest)
{
	const struct ps_endpoint *endpoint = &contest->question->endpoint;
	const struct ps_addresses *addresses = &contest->facts->addresses;

	if (!ps_endpoint_is_any_address(endpoint)) {
		struct ps_address address = { .family = endpoint->family };

		memcpy(address.addr, endpoint->addr, sizeof(address.addr));
		ask_about(contest, &address);
		return;
	}
	for (size_t i = 0; i < addresses->count; i++)
		if (ps_facts_is_steered(&addresses->item[i], endpoint))
			ask_about(contest, &addresses->item[i]);
}

static enum ps_who_gets gets_of(const struct contest *contest, const struct candidate *candidate)
{
	const struct ps_binding *binding = candidate->row.binding;

	if (candidate->won && candidate->won == contest->asked && !candidate->is_part)
		return PS_GETS_ALL;
	if (candidate->won)
		return PS_GETS_SOME;
	if (candidate->is_doubtful)
		return PS_GETS_PERHAPS;
	if (binding && contest->is_hooked && !contest->is_unsteered &&
	    !ps_action_takes_away(binding))
		return PS_GETS_PASSES;
	return PS_GETS_NONE;
}

static bool gets_something(const struct ps_who_row *row)
{
	return row->gets == PS_GETS_ALL || row->gets == PS_GETS_SOME ||
	       row->gets == PS_GETS_PERHAPS;
}

/* Rules that are for other packets are not worth a word; nor are nobody and routes. */
static bool is_shown(const struct ps_who_row *row)
{
	if (row->what == PS_WHO_DNAT || row->what == PS_WHO_REFUSED || row->what == PS_WHO_ROUTE)
		return gets_something(row);
	return true;
}

static void take(struct ps_who_rows *rows, const struct contest *contest, size_t at)
{
	const struct ps_who_row *found = &contest->candidate[at].row;
	struct ps_who_row *row = ps_who_add(rows, found->what, found->facts);

	*row = *found;
	ps_who_note(row, contest->question);
	if (row->listener)
		row->listener->is_wanted = !*row->listener->user;
}

/* First those that get something, then sockets that do not, then bindings. */
static void take_all(struct ps_who_rows *rows, const struct contest *contest)
{
	for (size_t i = 0; i < contest->count; i++)
		if (gets_something(&contest->candidate[i].row))
			take(rows, contest, i);
	for (size_t i = contest->bindings; i < contest->count; i++)
		if (!gets_something(&contest->candidate[i].row) &&
		    is_shown(&contest->candidate[i].row))
			take(rows, contest, i);
	for (size_t i = 0; i < contest->bindings; i++)
		if (!gets_something(&contest->candidate[i].row))
			take(rows, contest, i);
}

void ps_who_find(struct ps_who_rows *rows, const struct ps_who_question *question,
		 struct ps_facts *facts, struct ps_who_known *known)
{
	struct contest contest = { .question = question, .facts = facts, .known = known };

	add_candidates(&contest);
	look_at_hooks(&contest);
	ask_about_all(&contest);
	for (size_t i = 0; i < contest.count; i++)
		contest.candidate[i].row.gets = gets_of(&contest, &contest.candidate[i]);
	take_all(rows, &contest);
	free(contest.candidate);
	ps_who_find_rest(rows, question, facts, known);
}

void ps_who_find_elsewhere(struct ps_who_rows *rows, const struct ps_who_question *question,
			   struct ps_facts *facts)
{
	size_t first = rows->count;

	for (size_t i = 0; i < facts->listeners.count; i++) {
		struct ps_listener *listener = &facts->listeners.item[i];

		if (!ps_who_is_at(question, listener) ||
		    (listener->is_connected && !question->has_connected))
			continue;
		ps_who_add(rows, listener->is_connected ? PS_WHO_CONNECTED : PS_WHO_SOCKET, facts)
			->listener = listener;
		listener->is_wanted = true;
	}
	ps_who_sort_sockets(rows, first);
	ps_who_add_unchecked(rows, question, facts);
}

void ps_who_rows_done(struct ps_who_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		free(rows->item[i].who);
		free(rows->item[i].note);
	}
	free(rows->item);
	*rows = (struct ps_who_rows){};
}
