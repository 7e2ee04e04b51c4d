// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Conflicts of bindings with rules of netfilter that send packets elsewhere: a
 * published port of a container has no socket here. Packets meet XDP and TC in
 * front of such rules, and the hook of sockets behind them.
 */
#include <stdio.h>
#include <string.h>
#include "conflict/nat.h"

/* The prefix that is from @first to @last, -1: they are no prefix. */
static int prefix_of(const __u8 *first, const __u8 *last, int bits)
{
	int length = 0;

	while (length < bits && !((first[length / 8] ^ last[length / 8]) & 0x80 >> length % 8))
		length++;
	for (int i = length; i < bits; i++)
		if (first[i / 8] & 0x80 >> i % 8 || !(last[i / 8] & 0x80 >> i % 8))
			return -1;
	return length;
}

static void format_range(const struct ps_nat_match *match, char *text, size_t size)
{
	char first[PS_ADDRESS_TEXT], last[PS_ADDRESS_TEXT];

	ps_address_format(match->family, match->first, first);
	ps_address_format(match->family, match->last, last);
	snprintf(text, size, match->family == PS_IPV4 ? "%s-%s" : "[%s-%s]", first, last);
}

static void format_addresses(const struct ps_nat_match *match, char *text, size_t size)
{
	int length = prefix_of(match->first, match->last, match->family == PS_IPV4 ? 32 : 128);
	struct ps_endpoint endpoint = { .family = match->family, .prefix_len = (__u8)length };
	char prefix[PS_ADDRESS_TEXT];

	if (length < 0) {
		format_range(match, text, size);
		return;
	}
	memcpy(endpoint.addr, match->first, sizeof(endpoint.addr));
	ps_prefix_format(&endpoint, prefix);
	snprintf(text, size, match->family == PS_IPV6 && length ? "[%s]" : "%s", prefix);
}

const char *ps_nat_match_format(const struct ps_nat_match *match, enum ps_proto proto,
				char text[PS_NAT_MATCH_TEXT])
{
	const struct ps_endpoint ports = {
		.port_first = match->port_first,
		.port_last = match->port_last,
	};
	char addresses[2 * PS_ADDRESS_TEXT], port[PS_ADDRESS_TEXT];

	format_addresses(match, addresses, sizeof(addresses));
	snprintf(text, PS_NAT_MATCH_TEXT, "%s %s:%s",
		 ps_proto_name(match->proto == PS_NO_PROTO ? proto : match->proto), addresses,
		 match->port_first ? ps_ports_format(&ports, port) : "any");
	return text;
}

/* Some interface that is attached is one that the rule is for. What is attached later may be. */
static bool arrives_there(const struct ps_facts *facts, const struct ps_nat_match *match)
{
	bool is_any = false;

	if (!*match->device)
		return true;
	for (size_t i = 0; i < facts->attachments.count; i++) {
		const struct ps_attachment *attachment = &facts->attachments.item[i];

		if (!ps_attachment_is_ingress(attachment))
			continue;
		is_any = true;
		if (!strcmp(attachment->now, match->device) != match->is_elsewhere)
			return true;
	}
	return !is_any;
}

static bool has_address(const struct ps_nat_match *match, enum ps_family family,
			const __u8 addr[16])
{
	return (match->family == PS_ANY || match->family == family) &&
	       memcmp(match->first, addr, sizeof(match->first)) <= 0 &&
	       memcmp(match->last, addr, sizeof(match->last)) >= 0;
}

bool ps_nat_match_has(const struct ps_facts *facts, const struct ps_nat_match *match,
		      const struct ps_address *address, enum ps_proto proto, __u16 port)
{
	return (match->proto == PS_NO_PROTO || match->proto == proto) &&
	       match->port_first <= port && port <= match->port_last &&
	       has_address(match, address->family, address->addr) && arrives_there(facts, match);
}

/* A binding and a rule, and the ports of both. */
struct meeting {
	const struct ps_view *view;
	const struct ps_endpoint *endpoint;
	const struct ps_nat_match *match;
	struct ps_portset ports;
};

/* Of the ports of both, one at @address whose packets the binding gets. */
static bool meets_at(const struct meeting *meeting, const struct ps_address *address)
{
	struct ps_portset won = {};

	if (!has_address(meeting->match, address->family, address->addr) ||
	    !ps_facts_is_steered(address, meeting->endpoint))
		return false;
	ps_view_list_won(meeting->view, meeting->endpoint, address, &meeting->ports, &won);
	return !ps_portset_is_empty(&won);
}

/* The first address that both may be for, not one of this host's. */
static struct ps_address first_address(const struct meeting *meeting, enum ps_family family)
{
	struct ps_address address = { .family = family };
	bool is_of_rule =
		meeting->endpoint->family != family ||
		memcmp(meeting->match->first, meeting->endpoint->addr, sizeof(address.addr)) > 0;

	memcpy(address.addr, is_of_rule ? meeting->match->first : meeting->endpoint->addr,
	       sizeof(address.addr));
	return address;
}

static bool meets_elsewhere(const struct meeting *meeting)
{
	for (enum ps_family family = PS_IPV4; family <= PS_IPV6; family++) {
		struct ps_address address = first_address(meeting, family);

		if (meets_at(meeting, &address))
			return true;
	}
	return false;
}

static bool meets(const struct ps_view *view, const struct ps_facts *facts,
		  const struct ps_endpoint *endpoint, const struct ps_nat_match *match)
{
	struct meeting meeting = { view, endpoint, match, {} };
	__u16 first = match->port_first, last = match->port_last;

	first = first < endpoint->port_first ? endpoint->port_first : first;
	last = last > endpoint->port_last ? endpoint->port_last : last;
	if ((match->proto != PS_NO_PROTO && match->proto != endpoint->proto) || first > last ||
	    !arrives_there(facts, match))
		return false;
	ps_portset_add(&meeting.ports, first, last);
	for (size_t i = 0; i < facts->addresses.count; i++)
		if (meets_at(&meeting, &facts->addresses.item[i]))
			return true;
	return !match->is_local && meets_elsewhere(&meeting);
}

static void add(struct ps_conflicts *conflicts, const struct ps_facts *facts,
		const struct ps_binding *binding, const struct ps_nat_rule *rule)
{
	bool is_partial = rule->match.is_partial;
	struct ps_conflict *conflict =
		ps_conflicts_add(conflicts, PS_DNAT, is_partial ? PS_WARNING : PS_ERROR, binding);
	const char *action = ps_action_name(binding->action);
	char text[PS_NAT_MATCH_TEXT], loss[64];

	snprintf(conflict->with, sizeof(conflict->with), "%s", rule->to);
	conflict->facts = facts;
	snprintf(loss, sizeof(loss),
		 binding->action == PS_SOCKET ? "'%s' gets none of them" : "'%s' takes them first",
		 action);
	ps_conflict_say(conflict, "a NAT rule (%s) sends %spackets for %s to %s; %s", rule->where,
			is_partial ? "some " : "",
			ps_nat_match_format(&rule->match, binding->endpoint.proto, text),
			*rule->to ? rule->to : "another destination", loss);
}

void ps_conflicts_find_nat(struct ps_conflicts *conflicts, const struct ps_view *view,
			   const struct ps_facts *facts, const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_binding *binding = &bindings->item[i];

		if (!ps_action_takes_away(binding))
			continue;
		for (size_t j = 0; j < facts->nat.count; j++)
			if (meets(view, facts, &binding->endpoint, &facts->nat.item[j].match))
				add(conflicts, facts, binding, &facts->nat.item[j]);
	}
}
