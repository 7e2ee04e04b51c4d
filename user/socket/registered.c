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

static bool is_mapped(const struct ps_socket_info *info)
{
	static const __u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

	return info->family != PS_IPV4 && !memcmp(info->addr, mapped, sizeof(mapped));
}

void ps_socket_info_endpoint(const struct ps_socket_info *info, struct ps_endpoint *ret)
{
	const bool is_ipv4 = info->family == PS_IPV4 || is_mapped(info);
	static const __u8 any[16];
	__u8 addr[16] = {};

	if (is_mapped(info))
		memcpy(addr, info->addr + 12, 4);
	else
		memcpy(addr, info->addr, sizeof(addr));
	*ret = ps_endpoint_at(info->proto, is_ipv4 ? PS_IPV4 : PS_IPV6, addr, info->port);
	if (!memcmp(info->addr, any, sizeof(any)))
		ret->family = info->family;
}

void ps_registered_endpoint(const struct ps_registered *registered, struct ps_endpoint *ret)
{
	ps_socket_info_endpoint(&registered->info, ret);
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
