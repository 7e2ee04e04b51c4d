// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Words of who.h.
 */
#include <stdio.h>
#include <string.h>
#include "base/hook_name.h"
#include "base/phrase.h"
#include "base/utf8.h"
#include "conflict/conflict.h"
#include "conflict/holder.h"
#include "conflict/nat.h"
#include "conflict/who_internal.h"

static const char *const what_names[] = {
	[PS_WHO_BINDING] = "binding",	  [PS_WHO_DNAT] = "dnat",
	[PS_WHO_SOCKET] = "listener",	  [PS_WHO_REFUSED] = "refused",
	[PS_WHO_ROUTE] = "route",	  [PS_WHO_BOUND] = "bound",
	[PS_WHO_CONNECTED] = "connected", [PS_WHO_PACKET_SOCKET] = "packet-socket",
	[PS_WHO_GUARD] = "guard",	  [PS_WHO_RESERVED] = "reserved",
	[PS_WHO_EPHEMERAL] = "ephemeral", [PS_WHO_RANGE] = "range",
	[PS_WHO_UNCHECKED] = "unchecked",
};

const char *ps_who_what_name(const struct ps_who_row *row)
{
	_Static_assert(sizeof(what_names) / sizeof(*what_names) == PS_WHO_UNCHECKED + 1, "all");
	return what_names[row->what];
}

const char *ps_who_gets_name(enum ps_who_gets gets)
{
	static const char *const names[] = {
		[PS_GETS_UNASKED] = "",	       [PS_GETS_ALL] = "all",	    [PS_GETS_SOME] = "some",
		[PS_GETS_PERHAPS] = "perhaps", [PS_GETS_PASSES] = "passes", [PS_GETS_NONE] = "none",
	};

	return names[gets];
}

const char *ps_who_range(__u16 port)
{
	if (port < 1024)
		return "well-known (0-1023)";
	return port < 49152 ? "registered (1024-49151)" : "dynamic (49152-65535)";
}

const char *ps_who_place(const struct ps_who_row *row, const struct ps_who_question *question,
			 char text[PS_ENDPOINT_TEXT])
{
	const struct ps_listener *listener = row->listener;
	struct ps_endpoint place = question->endpoint;
	char match[PS_NAT_MATCH_TEXT];

	if (row->rule) {
		ps_nat_match_format(&row->rule->match, place.proto, match);
		snprintf(text, PS_ENDPOINT_TEXT, "%.95s", match);
		return text;
	}
	if (row->binding)
		place = row->binding->endpoint;
	else if (listener && listener->proto != PS_NO_PROTO)
		place = ps_endpoint_at(listener->proto, listener->family, listener->addr,
				       listener->port);
	return ps_endpoint_format(&place, text);
}

static void format_binding(const struct ps_binding *binding, char *text, size_t size)
{
	char action[PS_ACTION_TEXT];

	ps_action_format(binding, action);
	ps_utf8_print(text, size, *binding->name ? "%s (name '%.31s')" : "%s", action,
		      binding->name);
}

const char *ps_who_format(const struct ps_who_row *row, char text[PS_WHO_TEXT])
{
	char holder[PS_HOLDER_TEXT];

	*text = '\0';
	if (row->who)
		snprintf(text, PS_WHO_TEXT, "%s", row->who);
	else if (row->binding)
		format_binding(row->binding, text, PS_WHO_TEXT);
	else if (row->rule)
		snprintf(text, PS_WHO_TEXT, "%s",
			 *row->rule->to ? row->rule->to : "another destination");
	else if (row->listener)
		snprintf(text, PS_WHO_TEXT, "%s",
			 ps_holder_format(row->facts, row->listener, holder));
	return text;
}

#define HOOKS_SHOWN 4

/* "at eth0 (xdp), eth1 (tc-ingress)" */
static void add_hooks(struct ps_phrase *phrase, const struct ps_facts *facts)
{
	size_t count = 0;

	for (size_t i = 0; i < facts->attachments.count; i++) {
		const struct ps_attachment *attachment = &facts->attachments.item[i];

		if (!ps_attachment_is_ingress(attachment))
			continue;
		if (count < HOOKS_SHOWN)
			ps_phrase_add(phrase, "%s %s (%s)", count ? "," : "at", attachment->now,
				      ps_hook_name(attachment->info.hook));
		count++;
	}
	if (count > HOOKS_SHOWN)
		ps_phrase_add(phrase, " and %zu more", count - HOOKS_SHOWN);
}

static void note_binding(struct ps_phrase *phrase, const struct ps_who_row *row,
			 const struct ps_who_question *question)
{
	bool is_hooked = row->facts->has_xdp || row->facts->has_tc_ingress;
	const char *unsteered = ps_unsteered_text(&question->endpoint);

	if (unsteered)
		ps_phrase_add(phrase, "%s", unsteered);
	else if (row->binding->action == PS_SOCKET && !row->facts->has_netns)
		ps_phrase_add(phrase, "the hook of the network namespace is not attached");
	else if (row->binding->action == PS_SOCKET && row->gets != PS_GETS_NONE)
		ps_phrase_add(phrase, "at the hook of the network namespace");
	else if (row->binding->action != PS_SOCKET && !is_hooked)
		ps_phrase_add(phrase, "no program is attached");
	else if (row->gets == PS_GETS_NONE)
		ps_phrase_add(phrase, "what comes before it gets all of them");
	else
		add_hooks(phrase, row->facts);
}

static void note_socket(struct ps_phrase *phrase, const struct ps_who_row *row)
{
	const struct ps_device *device =
		ps_devices_find(&row->facts->devices, row->listener->ifindex);

	if (row->listener->socket_count > 1)
		ps_phrase_add(phrase, "%zu sockets; ", row->listener->socket_count);
	if (device)
		ps_phrase_add(phrase, "only what arrives at %s; ", device->name);
	if (ps_address_is_loopback(row->listener->family, row->listener->addr))
		ps_phrase_add(phrase, "only from this host; ");
	else if (row->gets == PS_GETS_NONE)
		ps_phrase_add(phrase, "the rows above get all of its packets; ");
	if (phrase->length)
		phrase->text[phrase->length - 2] = '\0';
}

static void note_packet_socket(struct ps_phrase *phrase, const struct ps_who_row *row)
{
	const struct ps_device *device =
		ps_devices_find(&row->facts->devices, row->listener->ifindex);
	size_t count;

	ps_phrase_add(phrase, device ? "at %s" : "at every interface", device ? device->name : "");
	if (ps_packet_socket_hook(row->facts, row->listener, &count))
		ps_phrase_add(phrase, "; does not see what bindings take away there");
}

void ps_who_note(struct ps_who_row *row, const struct ps_who_question *question)
{
	char text[512];
	struct ps_phrase phrase = ps_phrase_begin(text, sizeof(text));

	switch (row->what) {
	case PS_WHO_BINDING:
		note_binding(&phrase, row, question);
		break;
	case PS_WHO_DNAT:
		ps_phrase_add(&phrase, "%s%s", row->rule->where,
			      row->rule->match.is_partial
				      ? "; it has conditions that were not checked"
				      : "");
		break;
	case PS_WHO_SOCKET:
		note_socket(&phrase, row);
		break;
	case PS_WHO_PACKET_SOCKET:
		note_packet_socket(&phrase, row);
		break;
	case PS_WHO_REFUSED:
		ps_phrase_add(&phrase, "the kernel answers with %s",
			      question->endpoint.proto == PS_TCP   ? "a reset"
			      : question->endpoint.proto == PS_UDP ? "port unreachable"
								   : "an abort");
		break;
	case PS_WHO_ROUTE:
		ps_phrase_add(&phrase, "not an address of this host: it is forwarded, or dropped");
		break;
	default:
		break;
	}
	if (*text)
		row->note = strdup(text);
}
