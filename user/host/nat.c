// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Rules that change destinations: chains, and the way through them. See nat.h
 * and nat_chain.h.
 */
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "host/nat_chain.h"

#define DEPTH_MAX 16 /* NFT_JUMP_STACK_SIZE, and what iptables allows */
#define STEPS_MAX 1000000 /* rules looked at: more is not worth the time of a command */

struct ps_nat_match ps_nat_match_all(void)
{
	struct ps_nat_match match = { .port_last = 65535 };

	memset(match.last, 0xff, sizeof(match.last));
	return match;
}

static bool narrow_addresses(struct ps_nat_match *match, const struct ps_nat_match *other)
{
	if (match->family != PS_ANY && other->family != PS_ANY && match->family != other->family)
		return false;
	match->family = match->family ?: other->family;
	if (memcmp(match->first, other->first, sizeof(match->first)) < 0)
		memcpy(match->first, other->first, sizeof(match->first));
	if (memcmp(match->last, other->last, sizeof(match->last)) > 0)
		memcpy(match->last, other->last, sizeof(match->last));
	return memcmp(match->first, match->last, sizeof(match->first)) <= 0;
}

static bool narrow_ports(struct ps_nat_match *match, const struct ps_nat_match *other)
{
	if (match->proto != PS_NO_PROTO && other->proto != PS_NO_PROTO &&
	    match->proto != other->proto)
		return false;
	match->proto = match->proto ?: other->proto;
	if (match->port_first < other->port_first)
		match->port_first = other->port_first;
	if (match->port_last > other->port_last)
		match->port_last = other->port_last;
	return match->port_first <= match->port_last;
}

/* Of two conditions for interfaces one is kept, unless they are the same. */
static void narrow_device(struct ps_nat_match *match, const struct ps_nat_match *other)
{
	if (!*other->device)
		return;
	if (*match->device &&
	    (strcmp(match->device, other->device) || match->is_elsewhere != other->is_elsewhere))
		match->is_partial = true;
	memcpy(match->device, other->device, sizeof(match->device));
	match->is_elsewhere = other->is_elsewhere;
}

bool ps_nat_match_narrow(struct ps_nat_match *match, const struct ps_nat_match *other)
{
	narrow_device(match, other);
	match->is_local |= other->is_local;
	match->is_partial |= other->is_partial;
	return narrow_addresses(match, other) && narrow_ports(match, other);
}

size_t ps_nat_chain_add(struct ps_nat_chains *chains)
{
	chains->item =
		ps_memory_grow(chains->item, chains->count, &chains->room, sizeof(*chains->item));
	chains->item[chains->count] = (struct ps_nat_chain){};
	return chains->count++;
}

void ps_nat_step_add(struct ps_nat_chains *chains, size_t chain, const struct ps_nat_step *step)
{
	struct ps_nat_chain *to = &chains->item[chain];

	to->step = ps_memory_grow(to->step, to->count, &to->room, sizeof(*to->step));
	to->step[to->count++] = *step;
}

struct walk {
	const struct ps_nat_chains *chains;
	struct ps_nat_rules *ret;
	size_t steps;
	int depth;
};

static void add_rule(struct ps_nat_rules *rules, const struct ps_nat_step *step,
		     const struct ps_nat_match *match)
{
	struct ps_nat_rule *rule;

	rules->item = ps_memory_grow(rules->item, rules->count, &rules->room, sizeof(*rules->item));
	rule = &rules->item[rules->count++];
	rule->match = *match;
	memcpy(rule->where, step->where, sizeof(rule->where));
	memcpy(rule->to, step->to, sizeof(rule->to));
}

/* All packets of @incoming are also @match, which they were narrowed to. */
static bool is_same(const struct ps_nat_match *incoming, const struct ps_nat_match *match)
{
	return match->family == incoming->family && match->proto == incoming->proto &&
	       match->port_first == incoming->port_first &&
	       match->port_last == incoming->port_last &&
	       match->is_elsewhere == incoming->is_elsewhere &&
	       match->is_local == incoming->is_local && !strcmp(match->device, incoming->device) &&
	       !memcmp(match->first, incoming->first, sizeof(match->first)) &&
	       !memcmp(match->last, incoming->last, sizeof(match->last));
}

/*
 * What a rule in front lets leave, or sends away for good, is not seen by those behind: all of it
 * ends the chain; that some of it left is said of them.
 */
static bool walk(struct walk *walking, size_t chain, struct ps_nat_match incoming)
{
	const struct ps_nat_chain *steps = &walking->chains->item[chain];
	bool is_whole = walking->depth < DEPTH_MAX;

	walking->depth++;
	for (size_t i = 0; i < steps->count && is_whole; i++) {
		const struct ps_nat_step *step = &steps->step[i];
		struct ps_nat_match match = incoming;
		bool is_last = step->verdict == PS_NAT_LEAVE || step->verdict == PS_NAT_GOTO;

		is_whole = ++walking->steps < STEPS_MAX;
		if (!ps_nat_match_narrow(&match, &step->match))
			continue;
		if (step->verdict == PS_NAT_CHANGE)
			add_rule(walking->ret, step, &match);
		else if (step->verdict == PS_NAT_JUMP || step->verdict == PS_NAT_GOTO)
			is_whole = is_whole && walk(walking, step->chain, match);
		if (is_last && !step->match.is_partial && is_same(&incoming, &match))
			break;
		incoming.is_partial |= step->verdict == PS_NAT_LEAVE;
	}
	walking->depth--;
	return is_whole;
}

bool ps_nat_chains_walk(const struct ps_nat_chains *chains, size_t chain,
			const struct ps_nat_match *match, struct ps_nat_rules *ret)
{
	struct walk walking = { .chains = chains, .ret = ret };

	return walk(&walking, chain, *match);
}

void ps_nat_chains_done(struct ps_nat_chains *chains)
{
	for (size_t i = 0; i < chains->count; i++)
		free(chains->item[i].step);
	free(chains->item);
	*chains = (struct ps_nat_chains){};
}

void ps_nat_rules_read(struct ps_nat_rules *ret, struct ps_unchecked *unchecked)
{
	*ret = (struct ps_nat_rules){};
	ps_nat_read_nftables(ret, unchecked);
	ps_nat_read_legacy(ret, unchecked);
}

void ps_nat_rules_done(struct ps_nat_rules *rules)
{
	free(rules->item);
	*rules = (struct ps_nat_rules){};
}
