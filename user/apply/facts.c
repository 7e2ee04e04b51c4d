// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Facts of the host. See facts.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "apply/facts.h"
#include "base/hook_name.h"
#include "base/memory.h"
#include "guard/attach.h"
#include "host/forwarding.h"
#include "host/netns.h"
#include "host/packet.h"
#include "host/reach.h"
#include "socket/registry.h"

static bool is_ingress(const struct ps_hook_info *info)
{
	return info->hook == PS_HOOK_XDP || info->hook == PS_HOOK_TC_INGRESS;
}

static void take_hook(struct ps_facts *facts, const struct ps_hook_info *info)
{
	facts->has_xdp |= info->hook == PS_HOOK_XDP;
	facts->has_tc_ingress |= info->hook == PS_HOOK_TC_INGRESS;
	facts->has_netns |= info->hook == PS_HOOK_SK_LOOKUP;
	if (is_ingress(info) && info->has_no_link)
		memcpy(facts->unlinked, info->device, sizeof(facts->unlinked));
}

/* Who has no right to ask a hook is told so by 'status'. */
static bool is_failure(int err)
{
	return err && err != EPERM && err != EACCES;
}

static void note_unchecked(const struct ps_attachment *attachment, struct ps_unchecked *unchecked)
{
	int err = 0;
	enum ps_hook hook = ps_programs_unseen(&attachment->way, &err);

	if (!attachment->is_checked && is_failure(attachment->err))
		ps_unchecked_add(unchecked, PS_NO_PROTO,
				 "whether the %s program of '%.15s' is still attached is not "
				 "known: %s",
				 ps_hook_name(attachment->info.hook), attachment->info.device,
				 strerror(attachment->err));
	else if (hook != PS_HOOK_FREE && is_failure(err))
		ps_unchecked_add(unchecked, PS_NO_PROTO,
				 "what else is on the %s hook of '%.15s' is not known: %s",
				 ps_hook_name(hook), attachment->now, strerror(err));
}

/* Of a blank instance the hooks are those that will be: nothing can have become of them. */
static void read_hooks(const struct ps_instance *instance, struct ps_facts *facts)
{
	for (int i = 0; i < PS_HOOKS_MAX && instance->is_blank; i++)
		take_hook(facts, &instance->hooks[i]);
	if (instance->is_blank)
		return;
	ps_attachments_read(instance, &facts->attachments);
	for (size_t i = 0; i < facts->attachments.count; i++) {
		const struct ps_attachment *attachment = &facts->attachments.item[i];

		if (ps_attachment_is_in_place(attachment))
			take_hook(facts, &attachment->info);
		note_unchecked(attachment, &facts->unchecked);
	}
}

/*
 * What stands for the namespace in commands. Only with -n they are to be taken
 * there: else this process is.
 */
static void find_word(const struct ps_instance *instance, char *ret, size_t size)
{
	char path[PS_NETNS_TEXT];

	if (!strcmp(instance->name, PS_INSTANCE_DEFAULT))
		return;
	ps_netns_lasting_path(path);
	snprintf(ret, size, "%s", ps_netns_word(path));
}

void ps_facts_read_source(const struct ps_instance *instance, const struct ps_devices *devices,
			  struct ps_xdp_source *ret)
{
	*ret = (struct ps_xdp_source){};
	find_word(instance, ret->netns, sizeof(ret->netns));
	for (int i = 0; i < PS_HOOKS_MAX; i++) {
		const struct ps_hook_info *hook = &instance->hooks[i];
		const struct ps_device *device = ps_devices_find(devices, hook->ifindex);

		if (hook->hook == PS_HOOK_XDP && device)
			ps_xdp_source_add(ret, device, hook->mode);
	}
}

static bool has_bound_listener(const struct ps_listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++)
		if (listeners->item[i].ifindex)
			return true;
	return false;
}

static bool is_hooked(const struct ps_instance *instance, __u32 ifindex)
{
	for (int i = 0; i < PS_HOOKS_MAX; i++)
		if (is_ingress(&instance->hooks[i]) && instance->hooks[i].ifindex == ifindex)
			return true;
	return false;
}

static void read_reach(const struct ps_instance *instance, struct ps_facts *facts)
{
	if (!has_bound_listener(&facts->listeners))
		return;
	for (size_t i = 0; i < facts->devices.count; i++)
		facts->devices.item[i].is_reached =
			is_hooked(instance, facts->devices.item[i].ifindex);
	ps_reach_spread(&facts->devices);
}

static void read_host(struct ps_facts *facts)
{
	struct ps_unchecked *unchecked = &facts->unchecked;
	struct ps_error error;

	ps_listeners_read(&facts->listeners, unchecked);
	if ((!facts->is_elsewhere || has_bound_listener(&facts->listeners)) &&
	    ps_devices_read(&facts->devices, &error))
		ps_unchecked_add(unchecked, PS_NO_PROTO, "%s", error.text);
	if (ps_addresses_read(&facts->addresses, &error))
		ps_unchecked_add(unchecked, PS_NO_PROTO, "%s", error.text);
	if (ps_ephemeral_read(&facts->ephemeral, &error))
		ps_unchecked_add(unchecked, PS_NO_PROTO,
				 "the ports of outgoing connections are not known: %s", error.text);
}

void ps_facts_read_ways(struct ps_facts *facts)
{
	if (facts->has_ways || facts->is_elsewhere)
		return;
	facts->has_ways = true;
	facts->packet_error = ps_packet_sockets_read(&facts->packet_sockets);
	ps_nat_rules_read(&facts->nat, &facts->unchecked);
}

static void read_guard(const struct ps_instance *instance, struct ps_facts *facts)
{
	struct ps_guard guard = {};
	struct ps_error error;

	if (instance->is_blank)
		return;
	facts->guard_is_unknown = ps_guard_read(instance, &guard, &error);
	facts->guard = guard.mode;
}

static void name_namespace(const struct ps_instance *instance, struct ps_facts *facts)
{
	find_word(instance, facts->enter, sizeof(facts->enter));
	if (!ps_is_yes(ps_netns_name(facts->netns, sizeof(facts->netns))))
		*facts->netns = '\0';
}

void ps_facts_read(const struct ps_instance *instance, struct ps_facts *ret)
{
	memset(ret, 0, sizeof(*ret));
	name_namespace(instance, ret);
	read_hooks(instance, ret);
	ps_registry_read(instance, &ret->registry);
	read_guard(instance, ret);
	read_host(ret);
	ps_facts_read_source(instance, &ret->devices, &ret->source);
	read_reach(instance, ret);
}

static void take_interfaces(struct ps_facts *facts, const struct ps_interfaces *interfaces)
{
	for (size_t i = 0; i < interfaces->count; i++) {
		const struct ps_hook_info info = { .hook = interfaces->item[i].hook };

		take_hook(facts, &info);
	}
}

static void take_places(struct ps_facts *facts, const struct ps_socket_places *places)
{
	struct ps_registry *registry = &facts->registry;

	for (size_t i = 0; i < places->count; i++) {
		const struct ps_socket_place *place = &places->item[i];
		struct ps_registered *registered;

		registry->item = ps_memory_grow(registry->item, registry->count, &registry->room,
						sizeof(*registry->item));
		registered = &registry->item[registry->count++];
		*registered = (struct ps_registered){ .is_open = true };
		memcpy(registered->name, place->name, sizeof(registered->name));
		registered->info.proto = place->endpoint.proto;
		registered->info.family = place->endpoint.family;
		registered->info.port = place->endpoint.port_first;
		memcpy(registered->info.addr, place->endpoint.addr, sizeof(place->endpoint.addr));
	}
}

void ps_facts_take_planned(struct ps_facts *facts, const struct ps_transition *transition)
{
	take_interfaces(facts, &transition->interfaces.added);
	take_interfaces(facts, &transition->interfaces.changed);
	take_places(facts, &transition->sockets.plan.added);
}

static void begin_elsewhere(const char *netns, struct ps_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	snprintf(facts->netns, sizeof(facts->netns), "%s", netns);
	snprintf(facts->enter, sizeof(facts->enter), "%s", netns);
	facts->is_elsewhere = true;
}

void ps_facts_read_elsewhere(const char *netns, struct ps_facts *ret)
{
	begin_elsewhere(netns, ret);
	read_host(ret);
}

void ps_facts_miss_elsewhere(const char *netns, const struct ps_error *error, struct ps_facts *ret)
{
	begin_elsewhere(netns, ret);
	ps_unchecked_add(&ret->unchecked, PS_NO_PROTO, "not looked at: %s", error->text);
}

void ps_facts_done(struct ps_facts *facts)
{
	ps_listeners_done(&facts->listeners);
	ps_listeners_done(&facts->packet_sockets);
	ps_nat_rules_done(&facts->nat);
	ps_addresses_done(&facts->addresses);
	ps_devices_done(&facts->devices);
	ps_attachments_done(&facts->attachments);
	ps_registry_done(&facts->registry);
}

/* Of a process that may not be looked into, neither is known. */
void ps_facts_find_processes(struct ps_facts *facts)
{
	ps_listeners_find_processes(&facts->listeners);
	ps_listeners_find_processes(&facts->packet_sockets);
	facts->listeners.has_unseen |= facts->packet_sockets.has_unseen;
}

static void ask_returns(struct ps_facts *facts, const struct ps_binding *binding)
{
	enum ps_family family = binding->endpoint.family;
	struct ps_device *device = NULL;

	for (size_t i = 0; i < facts->devices.count && !device; i++)
		if (facts->devices.item[i].ifindex == binding->target.ifindex)
			device = &facts->devices.item[i];
	if (!device || !ps_is_unknown(device->returns[family == PS_IPV6]))
		return;
	device->returns[family == PS_IPV6] = ps_forwarding_returns(device->name, family);
	if (ps_is_unknown(device->returns[family == PS_IPV6]))
		ps_unchecked_add(&facts->unchecked, PS_NO_PROTO,
				 "whether replies from '%.15s' are forwarded is not known: %s",
				 device->name, strerror(device->returns[family == PS_IPV6].err));
}

/* Only for redirects of addresses that this host has: it takes reading files for each target. */
static void find_returns(struct ps_facts *facts, const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++)
		if (ps_facts_is_redirected_here(facts, &bindings->item[i]))
			ask_returns(facts, &bindings->item[i]);
}

void ps_facts_check(struct ps_facts *facts, const struct ps_view *view,
		    const struct ps_bindings *bindings, struct ps_conflicts *conflicts)
{
	if (ps_bindings_take_any(bindings, PS_NO_PROTO))
		ps_facts_read_ways(facts);
	if (!facts->is_elsewhere) {
		ps_conflicts_find_overlaps(conflicts, view, bindings);
		ps_conflicts_find_overrides(conflicts, view, bindings);
	}
	ps_conflicts_find_listeners(conflicts, view, facts, bindings);
	ps_conflicts_find_dhcp(conflicts, facts, bindings);
	ps_facts_find_processes(facts);
	ps_conflicts_say_listeners(conflicts);
	ps_conflicts_find_ephemeral(conflicts, view, facts, bindings);
	if (!facts->is_elsewhere) {
		ps_conflicts_find_nat(conflicts, view, facts, bindings);
		ps_conflicts_find_unguarded(conflicts, facts, bindings);
		find_returns(facts, bindings);
		ps_conflicts_find_unreachable(conflicts, facts, bindings);
	}
	ps_conflicts_find_unchecked(conflicts, facts, bindings);
}
