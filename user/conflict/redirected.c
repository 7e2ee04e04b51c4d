// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Redirects of an address that this host has itself. Packets leave unchanged, so
 * the target must have the address as well, and its replies come back under it.
 */
#include "base/advice.h"
#include "base/utf8.h"
#include "conflict/conflict.h"

#define KEY_SIZE (PS_DEV_SIZE + 32)

bool ps_facts_is_redirected_here(const struct ps_facts *facts, const struct ps_binding *binding)
{
	const struct ps_endpoint *endpoint = &binding->endpoint;

	if (binding->action != PS_REDIRECT || !ps_endpoint_is_one_address(endpoint))
		return false;
	for (size_t i = 0; i < facts->addresses.count; i++)
		if (ps_facts_is_steered(&facts->addresses.item[i], endpoint))
			return true;
	return false;
}

static const char *advise(const struct ps_facts *facts, const struct ps_device *device,
			  enum ps_family family)
{
	char accept[KEY_SIZE], filter[KEY_SIZE];

	if (family == PS_IPV6)
		return ps_advice_inside(facts->enter, "sysctl -w", "net/ipv6/conf/all/forwarding=1",
					NULL);
	ps_utf8_print(accept, KEY_SIZE, "net/ipv4/conf/%s/accept_local=1", device->name);
	ps_utf8_print(filter, KEY_SIZE, "net/ipv4/conf/%s/rp_filter=2", device->name);
	return ps_advice_inside(facts->enter, "sysctl -w", "net/ipv4/ip_forward=1", accept, filter,
				NULL);
}

const char *ps_facts_find_returns(const struct ps_facts *facts, const struct ps_binding *binding,
				  char *text, size_t size)
{
	const struct ps_device *device = ps_devices_find(&facts->devices, binding->target.ifindex);
	enum ps_family family = binding->endpoint.family;

	if (!device || !ps_facts_is_redirected_here(facts, binding) ||
	    !ps_is_no(device->returns[family == PS_IPV6]))
		return NULL;
	ps_utf8_print(
		text, size,
		"the address is one of this host, and packets are redirected unchanged: their "
		"target needs it as well, and this host drops its replies from '%s'; once it "
		"has it: %s",
		device->name, advise(facts, device, family));
	return text;
}
