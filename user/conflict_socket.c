// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Conflicts of bindings with registered sockets: names by which nobody is
 * registered, and sockets that were closed.
 */
#include <stdio.h>
#include <string.h>
#include "conflict.h"

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

const char *ps_facts_find_no_socket(const struct ps_facts *facts, const struct ps_binding *binding,
				    char *text, size_t size)
{
	static const char *const families[] = { "", " over IPv4", " over IPv6" };
	const char *name = binding->target.socket;
	bool is_any = false;

	if (!facts->has_netns)
		return "'socket' needs the hook of the network namespace; 'portsteer attach netns' "
		       "attaches it";
	for (size_t i = 0; i < facts->registry.count; i++) {
		const struct ps_registered *registered = &facts->registry.item[i];

		if (!is_by_name(registered, binding))
			continue;
		is_any = true;
		if (takes(&registered->info, &binding->endpoint))
			return NULL; /* when it is closed, that is said of it */
	}
	if (is_any)
		snprintf(text, size, "of the sockets registered as '%s' none takes %s%s", name,
			 ps_proto_name(binding->endpoint.proto),
			 families[binding->endpoint.family]);
	else
		snprintf(text, size,
			 "no socket is registered as '%s'; 'portsteer socket add %s' registers one",
			 name, name);
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
	char place[PS_ENDPOINT_TEXT], start[300] = "portsteer", command[600];

	ps_registered_place(registered, place);
	if (facts->attachments.netns[0])
		snprintf(start, sizeof(start), "portsteer -n %s", facts->attachments.netns);
	snprintf(conflict->device, sizeof(conflict->device), PS_HOOK_NETNS);
	snprintf(conflict->with, sizeof(conflict->with), "%s", place);
	conflict->position = (__u32)conflicts->count;
	snprintf(command, sizeof(command), "%s socket add %s --listening %s", start,
		 registered->name, place);
	ps_conflict_say(conflict,
			"socket '%s': %s of '%.15s', pid %u, was closed; when it is open again: %s",
			registered->name, place, info->command, info->pid, command);
	conflict->mend = strdup(command);
}

void ps_conflicts_find_closed(struct ps_conflicts *conflicts, const struct ps_facts *facts)
{
	for (size_t i = 0; i < facts->registry.count; i++)
		if (facts->registry.item[i].info.proto != PS_NO_PROTO &&
		    !facts->registry.item[i].is_open)
			add_closed(conflicts, facts, &facts->registry.item[i]);
}
