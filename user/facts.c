// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Facts of the host. See facts.h.
 */
#include <stdio.h>
#include <string.h>
#include "facts.h"

static void read_hooks(const struct ps_instance *instance, struct ps_facts *facts)
{
	for (int i = 0; i < PS_HOOKS_MAX; i++) {
		facts->has_xdp |= instance->hooks[i].hook == PS_HOOK_XDP;
		facts->has_tc_ingress |= instance->hooks[i].hook == PS_HOOK_TC_INGRESS;
	}
}

void ps_facts_read_source(const struct ps_instance *instance, const struct ps_devices *devices,
			  struct ps_xdp_source *ret)
{
	*ret = (struct ps_xdp_source){};
	if (strcmp(instance->name, PS_INSTANCE_DEFAULT))
		snprintf(ret->netns, sizeof(ret->netns), "%s", instance->name);
	for (int i = 0; i < PS_HOOKS_MAX; i++) {
		const struct ps_hook_info *hook = &instance->hooks[i];
		const struct ps_device *device = ps_devices_find(devices, hook->ifindex);

		if (hook->hook == PS_HOOK_XDP && device)
			ps_xdp_source_add(ret, device, hook->mode);
	}
}

int ps_facts_read(const struct ps_instance *instance, struct ps_facts *ret, struct ps_error *error)
{
	memset(ret, 0, sizeof(*ret));
	read_hooks(instance, ret);
	if (ps_listeners_read(&ret->listeners, error) ||
	    ps_addresses_read(&ret->addresses, error) ||
	    ps_ephemeral_read(&ret->ephemeral, error) || ps_devices_read(&ret->devices, error))
		return -1;
	ps_facts_read_source(instance, &ret->devices, &ret->source);
	ps_listeners_find_owners(&ret->listeners);
	return 0;
}

void ps_facts_done(struct ps_facts *facts)
{
	ps_listeners_done(&facts->listeners);
	ps_addresses_done(&facts->addresses);
	ps_devices_done(&facts->devices);
}
