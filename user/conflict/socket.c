// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Conflicts of bindings with registered sockets: names by which nobody is
 * registered, and sockets that were closed.
 */
#include <stdio.h>
#include <string.h>
#include "base/advice.h"
#include "base/utf8.h"
#include "conflict/conflict.h"

static bool is_by_name(const struct ps_registered *registered, const struct ps_binding *binding)
{
	return registered->info.proto != PS_NO_PROTO &&
	       !strncmp(registered->name, binding->target.socket, PS_NAME_SIZE);
}

static bool takes(const struct ps_socket_info *info, const struct ps_endpoint *endpoint)
{
	return info->proto == endpoint->proto &&
	       (info->family == PS_ANY || endpoint->family == PS_ANY ||
		info->family == endpoint->family);
}

#define ADD_TEXT (PS_NAME_SIZE + 32)

/* Names of sockets mean nothing to a shell, and are no options. */
static const char *format_add(const char *name, char text[ADD_TEXT])
{
	snprintf(text, ADD_TEXT, "socket add %s --listening", name);
	return text;
}

static const char *describe_no_hook(char *text, size_t size)
{
	ps_utf8_print(text, size,
		      "'socket' needs the hook of the network namespace; '%s' attaches it",
		      ps_advice("attach netns", NULL));
	return text;
}

const char *ps_facts_find_no_socket(const struct ps_facts *facts, const struct ps_binding *binding,
				    char *text, size_t size)
{
	static const char *const families[] = { "", " over IPv4", " over IPv6" };
	const char *name = binding->target.socket;
	char words[ADD_TEXT];
	bool is_any = false;

	if (!facts->has_netns)
		return describe_no_hook(text, size);
	for (size_t i = 0; i < facts->registry.count; i++) {
		const struct ps_registered *registered = &facts->registry.item[i];

		if (!is_by_name(registered, binding))
			continue;
		is_any = true;
		if (takes(&registered->info, &binding->endpoint))
			return NULL; /* when it is closed, that is said of it */
	}
	if (is_any)
		ps_utf8_print(text, size, "none of the sockets registered as '%s' accepts %s%s",
			      name, ps_proto_name(binding->endpoint.proto),
			      families[binding->endpoint.family]);
	else
		ps_utf8_print(text, size, "no socket is registered as '%s'; register one: %s", name,
			      ps_advice(format_add(name, words),
					ps_proto_name(binding->endpoint.proto), "ADDRESS:PORT",
					NULL));
	return text;
}

/* One place may be shared: then all are, or none. */
static bool is_at(const struct ps_socket_info *info, const struct ps_listener *listener)
{
	return info->proto == listener->proto && info->port == listener->port &&
	       (info->family == PS_IPV4) == (listener->family == PS_IPV4) &&
	       !memcmp(info->addr, listener->addr, sizeof(info->addr));
}

bool ps_facts_is_own_socket(const struct ps_facts *facts, const struct ps_binding *binding,
			    const struct ps_listener *listener)
{
	for (size_t i = 0; i < facts->registry.count; i++)
		if (is_by_name(&facts->registry.item[i], binding) &&
		    is_at(&facts->registry.item[i].info, listener))
			return true;
	return false;
}

static void add_closed(struct ps_conflicts *conflicts, const struct ps_facts *facts,
		       const struct ps_registered *registered)
{
	const struct ps_binding none = {};
	const struct ps_socket_info *info = &registered->info;
	struct ps_conflict *conflict = ps_conflicts_add(conflicts, PS_STALE, PS_WARNING, &none);
	const char *proto = ps_proto_name(info->proto);
	char place[PS_ENDPOINT_TEXT], words[ADD_TEXT];

	format_add(registered->name, words);
	ps_registered_place(registered, place);
	snprintf(conflict->device, sizeof(conflict->device), PS_HOOK_NETNS);
	snprintf(conflict->with, sizeof(conflict->with), "%s", place);
	conflict->position = (__u32)conflicts->count;
	ps_conflict_say(conflict,
			"socket '%s': %s of '%.15s', pid %u, was closed; when it is open again: %s",
			registered->name, place, info->command, info->pid,
			ps_advice_for(facts->attachments.netns, words, proto,
				      place + strlen(proto) + 1, NULL));
}

void ps_conflicts_find_closed(struct ps_conflicts *conflicts, const struct ps_facts *facts)
{
	for (size_t i = 0; i < facts->registry.count; i++)
		if (facts->registry.item[i].info.proto != PS_NO_PROTO &&
		    !facts->registry.item[i].is_open)
			add_closed(conflicts, facts, &facts->registry.item[i]);
}
