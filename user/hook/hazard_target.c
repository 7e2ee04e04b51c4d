// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Whether an interface takes the frames that XDP redirects to it. Where the
 * kernel does not say so itself (before 6.3), the type of the interface does.
 */
#include <stdio.h>
#include <string.h>
#include "base/advice.h"
#include "base/utf8.h"
#include "hook/hazard.h"

/* Types whose drivers have no ndo_xdp_xmit in Linux 6.1. */
static bool is_deaf_kind(const char *kind)
{
	static const char *const kinds[] = { "bridge", "dummy",	  "gre",  "ip6tnl", "ipip",
					     "ipvlan", "macvlan", "vlan", "vxlan",  "wireguard" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kind, kinds[i]))
			return true;
	return false;
}

static bool is_deaf(const struct ps_device *target)
{
	if (target->knows_features)
		return !(target->features & PS_XDP_XMIT);
	if (!strcmp(target->kind, "veth"))
		return target->knows_peer && !target->peer_has_program;
	return is_deaf_kind(target->kind);
}

const char *ps_hazard_peer_netns(const struct ps_device *device, const char *here)
{
	if (device->netns_id < 0)
		return here;
	return *device->peer_netns ? device->peer_netns : "NETNS";
}

static void describe_deaf(const struct ps_device *target, const char *here, char *text, size_t size)
{
	if (!strcmp(target->kind, "veth") && target->knows_peer)
		ps_utf8_print(
			text, size,
			"frames that XDP redirects to '%s' are lost while its peer '%s' has no XDP "
			"program; %s%s",
			target->name, target->peer,
			target->netns_id >= 0 && !*target->peer_netns ? "in the peer's namespace: "
								      : "",
			ps_advice_for(ps_hazard_peer_netns(target, here), "attach", target->peer,
				      NULL));
	else if (*target->kind)
		ps_utf8_print(
			text, size,
			"the driver of '%s' takes no frames from XDP: what is redirected there is "
			"lost; 'hook tc' redirects to every interface",
			target->name);
	else
		ps_utf8_print(
			text, size,
			"the driver of '%s' takes no frames from XDP: what is redirected there is "
			"lost; 'hook tc' redirects to every interface, and with some drivers it "
			"takes them once it is attached: %s",
			target->name, ps_advice_for(here, "attach", target->name, NULL));
}

void ps_xdp_source_add(struct ps_xdp_source *source, const struct ps_device *device,
		       enum ps_hook_mode mode)
{
	source->is_native |= mode == PS_MODE_NATIVE;
	if (device->mtu <= source->mtu)
		return;
	source->mtu = device->mtu;
	memcpy(source->device, device->name, sizeof(source->device));
}

/* Frames of several pages may come, and only those of one page get out. */
static bool is_short(const struct ps_device *target, const struct ps_xdp_source *source)
{
	return source->is_native && source->mtu > PS_ONE_PAGE_MTU && target->knows_features &&
	       !(target->features & PS_XDP_XMIT_FRAGS);
}

static void describe_down(const struct ps_device *target, const char *netns, char *text,
			  size_t size)
{
	ps_utf8_print(text, size, "'%s' is down, and what is redirected there is lost; %s",
		      target->name,
		      ps_advice_inside(netns, "ip link set", target->name, "up", NULL));
}

const char *ps_hazard_of_target(const struct ps_device *target, const struct ps_xdp_source *source,
				char *text, size_t size)
{
	char number[PS_ADVICE_NUMBER];

	if (!target->is_up)
		describe_down(target, source->netns, text, size);
	else if (*source->device && target->has_no_link)
		ps_utf8_print(text, size,
			      "'%s' has no link header, and what XDP redirects there is dropped; "
			      "'hook tc' takes the header off",
			      target->name);
	else if (source->is_native && is_deaf(target))
		describe_deaf(target, source->netns, text, size);
	else if (source->mtu > target->mtu)
		ps_utf8_print(
			text, size,
			"'%s' takes frames of at most %u bytes, and longer ones from '%s' (%u) are "
			"lost; %s",
			target->name, target->mtu, source->device, source->mtu,
			ps_advice_inside(source->netns, "ip link set", target->name, "mtu",
					 ps_advice_number(source->mtu, number), NULL));
	else if (is_short(target, source))
		ps_utf8_print(
			text, size,
			"the driver of '%s' takes no frames of more than a page from XDP, and "
			"those from '%s' (MTU %u) may be longer; %s",
			target->name, source->device, source->mtu,
			ps_advice_inside(source->netns, "ip link set", source->device, "mtu",
					 ps_advice_number(PS_ONE_PAGE_MTU, number), NULL));
	else
		return NULL;
	return text;
}
