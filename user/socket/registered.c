// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Registered sockets as values. See registered.h.
 */
#include <stdlib.h>
#include <string.h>
#include "socket/registered.h"

void ps_registry_done(struct ps_registry *registry)
{
	free(registry->item);
	*registry = (struct ps_registry){};
}

int ps_registered_compare(const struct ps_registered *first, const struct ps_registered *second)
{
	int order = strcmp(first->name, second->name);

	order = order ?: (int)first->info.proto - (int)second->info.proto;
	order = order ?: (int)first->info.port - (int)second->info.port;
	order = order ?: memcmp(first->info.addr, second->info.addr, sizeof(first->info.addr));
	return order
		       ?: (first->info.cookie > second->info.cookie) -
				  (first->info.cookie < second->info.cookie);
}

void ps_registered_endpoint(const struct ps_registered *registered, struct ps_endpoint *ret)
{
	const struct ps_socket_info *info = &registered->info;
	static const __u8 any[16];

	*ret = (struct ps_endpoint){
		.proto = info->proto,
		.family = info->family,
		.port_first = info->port,
		.port_last = info->port,
	};
	memcpy(ret->addr, info->addr, sizeof(ret->addr));
	if (memcmp(info->addr, any, sizeof(any))) {
		ret->family = info->family == PS_IPV4 ? PS_IPV4 : PS_IPV6;
		ret->prefix_len = info->family == PS_IPV4 ? 32 : 128;
	}
}

const char *ps_registered_place(const struct ps_registered *registered, char text[PS_ENDPOINT_TEXT])
{
	struct ps_endpoint place;

	*text = '\0';
	if (registered->info.proto == PS_NO_PROTO)
		return text;
	ps_registered_endpoint(registered, &place);
	return ps_endpoint_format(&place, text);
}
