// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Whether an interface takes the frames that XDP redirects to it. Where the
 * kernel does not say so itself (before 6.3), the type of the interface does.
 */
#include <stdio.h>
#include <string.h>
#include "hazard.h"

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

static void describe_deaf(const struct ps_device *target, const char *here, char *text, size_t size)
{
	const char *there = target->netns_id < 0 ? here : target->peer_netns;
	bool has_no_name = target->netns_id >= 0 && !*there;

	if (!strcmp(target->kind, "veth") && target->knows_peer)
		snprintf(
			text, size,
			"frames that XDP redirects to '%s' are lost while its peer '%s' has no XDP "
			"program; %sportsteer %s%s%sattach %s",
			target->name, target->peer, has_no_name ? "in the peer's namespace: " : "",
			*there ? "-n " : "", there, *there ? " " : "", target->peer);
	else
		snprintf(text, size,
			 "the driver of '%s' takes no frames from XDP: what is redirected there is "
			 "lost; 'hook tc' redirects to every interface%s",
			 target->name,
			 *target->kind
				 ? ""
				 : ", and with some drivers 'portsteer attach' of it mends it");
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

const char *ps_hazard_of_target(const struct ps_device *target, const struct ps_xdp_source *source,
				char *text, size_t size)
{
	const char *in = *source->netns ? "ip -n " : "ip ";
	const char *blank = *source->netns ? " " : "";

	if (!target->is_up)
		snprintf(text, size,
			 "'%s' is down, and what is redirected there is lost; %s%s%slink set %s up",
			 target->name, in, source->netns, blank, target->name);
	else if (*source->device && target->has_no_link)
		snprintf(text, size,
			 "'%s' has no link header, and what XDP redirects there is dropped; "
			 "'hook tc' takes the header off",
			 target->name);
	else if (source->is_native && is_deaf(target))
		describe_deaf(target, source->netns, text, size);
	else if (source->mtu > target->mtu)
		snprintf(
			text, size,
			"'%s' takes frames of at most %u bytes, and longer ones from '%s' (%u) are "
			"lost; %s%s%slink set %s mtu %u",
			target->name, target->mtu, source->device, source->mtu, in, source->netns,
			blank, target->name, source->mtu);
	else if (is_short(target, source))
		snprintf(text, size,
			 "the driver of '%s' takes no frames of more than a page from XDP, and "
			 "those "
			 "from '%s' (MTU %u) may be longer; %s%s%slink set %s mtu %d",
			 target->name, source->device, source->mtu, in, source->netns, blank,
			 source->device, PS_ONE_PAGE_MTU);
	else
		return NULL;
	return text;
}
