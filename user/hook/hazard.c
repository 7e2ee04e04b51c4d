// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Hazards. See hazard.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/advice.h"
#include "base/utf8.h"
#include "hook/hazard.h"

const char *ps_hazard_name(enum ps_hazard_kind kind)
{
	static const char *const names[] = {
		[PS_HAZARD_DOWN] = "down",     [PS_HAZARD_LRO] = "lro",
		[PS_HAZARD_GRO_HW] = "gro-hw", [PS_HAZARD_MTU] = "mtu",
		[PS_HAZARD_QUEUES] = "queues", [PS_HAZARD_MERGED] = "merged",
		[PS_HAZARD_VLAN] = "vlan",     [PS_HAZARD_CHECKSUM] = "checksum",
		[PS_HAZARD_PEER] = "peer",     [PS_HAZARD_GENERIC] = "generic",
	};

	_Static_assert(sizeof(names) / sizeof(*names) == PS_HAZARD_COUNT_OF, "all named");
	return names[kind];
}

static void add(struct ps_hazards *hazards, enum ps_hazard_kind kind, bool bites,
		const char *format, ...) __attribute__((format(printf, 4, 5)));

static void add(struct ps_hazards *hazards, enum ps_hazard_kind kind, bool bites,
		const char *format, ...)
{
	struct ps_hazard *hazard = &hazards->item[hazards->count++];
	va_list args;

	hazard->kind = kind;
	hazard->bites = bites;
	va_start(args, format);
	ps_utf8_format(hazard->message, sizeof(hazard->message), format, args);
	va_end(args);
}

static bool is_veth(const struct ps_device *device)
{
	return !strcmp(device->kind, "veth");
}

static bool is_native(const struct ps_arrival *arrival)
{
	return arrival->hook == PS_HOOK_XDP && arrival->mode == PS_MODE_NATIVE;
}

static bool is_generic(const struct ps_arrival *arrival)
{
	return arrival->hook == PS_HOOK_XDP && arrival->mode == PS_MODE_GENERIC;
}

static void find_down(const struct ps_arrival *arrival, struct ps_hazards *ret)
{

	if (!arrival->device->is_up)
		add(ret, PS_HAZARD_DOWN, false, "the interface is down, so nothing arrives; %s",
		    ps_advice_inside(arrival->netns, "ip link set", arrival->device->name, "up",
				     NULL));
}

static void find_receive_offloads(const struct ps_arrival *arrival, struct ps_hazards *ret)
{
	const char *device = arrival->device->name;

	if (!is_native(arrival))
		return;
	if (arrival->own.lro)
		add(ret, PS_HAZARD_LRO, true,
		    "large receive offload merges frames before XDP sees them, and most drivers "
		    "refuse XDP with it; %s",
		    ps_advice_inside(arrival->netns, "ethtool -K", device, "lro", "off", NULL));
	if (arrival->own.gro_hw)
		add(ret, PS_HAZARD_GRO_HW, true,
		    "the hardware merges frames before XDP sees them, and some drivers refuse XDP "
		    "with it; %s",
		    ps_advice_inside(arrival->netns, "ethtool -K", device, "rx-gro-hw", "off",
				     NULL));
}

/* Our programs take frames of several pages; what remains is up to the driver. */
static void find_mtu(const struct ps_arrival *arrival, struct ps_hazards *ret)
{
	const struct ps_device *device = arrival->device;
	bool is_sure = device->knows_features;
	char number[PS_ADVICE_NUMBER];

	if (!is_native(arrival) || device->mtu <= PS_ONE_PAGE_MTU)
		return;
	if (is_sure && (!(device->features & PS_XDP_BASIC) || device->features & PS_XDP_RX_FRAGS))
		return; /* without the first, XDP is refused whatever the MTU */
	add(ret, PS_HAZARD_MTU, is_sure,
	    "with an MTU of %u frames do not fit a page, and the driver %s frames in pieces to "
	    "XDP; %s",
	    device->mtu, is_sure ? "does not hand on" : "may not hand on",
	    ps_advice_inside(arrival->netns, "ip link set", device->name, "mtu",
			     ps_advice_number(PS_ONE_PAGE_MTU, number), NULL));
}

/* veth_xdp_set() of the kernel: a peer may not send on queues that nobody reads. */
static void find_queues(const struct ps_arrival *arrival, struct ps_hazards *ret)
{
	const struct ps_device *device = arrival->device;
	char number[PS_ADVICE_NUMBER];

	if (!is_native(arrival) || !is_veth(device) || !arrival->own.rx_queues ||
	    arrival->own.rx_queues >= arrival->peer.tx_queues)
		return;
	add(ret, PS_HAZARD_QUEUES, true,
	    "its peer sends on %u queues and it receives on %u, which the kernel refuses with "
	    "XDP; %s",
	    arrival->peer.tx_queues, arrival->own.rx_queues,
	    ps_advice_inside(arrival->netns, "ethtool -L", device->name, "rx",
			     ps_advice_number(arrival->peer.tx_queues, number), NULL));
}

/* As commands name it. */
static const char *netns_of_peer(const struct ps_arrival *arrival)
{
	return ps_hazard_peer_netns(arrival->device, arrival->netns);
}

/* Generic XDP comes behind GRO, and a merged packet is longer than any MTU. */
static void find_merged(const struct ps_arrival *arrival, struct ps_hazards *ret)
{
	const struct ps_device *device = arrival->device;

	if (!is_generic(arrival))
		return;
	if (arrival->own.gro)
		add(ret, PS_HAZARD_MERGED, arrival->has_redirect,
		    "generic XDP sees packets that GRO merged: several count as one, and a merged "
		    "one is lost when redirected; %s",
		    ps_advice_inside(arrival->netns, "ethtool -K", device->name, "gro", "off",
				     NULL));
	else if (is_veth(device) && arrival->peer.tx_segments)
		add(ret, PS_HAZARD_MERGED, arrival->has_redirect,
		    "its peer sends unsegmented packets: several count as one, and are lost when "
		    "redirected; %s",
		    ps_advice_inside(netns_of_peer(arrival), "ethtool -K", device->peer, "tso",
				     "off", "gso", "off", NULL));
}

static void find_vlan(const struct ps_arrival *arrival, struct ps_hazards *ret)
{
	const struct ps_device *device = arrival->device;

	if (is_native(arrival) && arrival->own.rx_vlan)
		add(ret, PS_HAZARD_VLAN, device->has_vlans,
		    "VLAN tags are taken off before XDP sees a frame: tagged frames are steered as "
		    "untagged ones, and lose their tag when redirected; %s",
		    ps_advice_inside(arrival->netns, "ethtool -K", device->name, "rxvlan", "off",
				     NULL));
}

/* A local sender leaves the checksum to hardware, and a redirected frame meets none. */
static void find_checksum(const struct ps_arrival *arrival, struct ps_hazards *ret)
{
	const struct ps_device *device = arrival->device;

	if (!is_native(arrival))
		return;
	if (!strcmp(device->kind, "tun"))
		add(ret, PS_HAZARD_CHECKSUM, arrival->has_redirect,
		    "senders may leave checksums unfinished, and the receiver of redirected "
		    "frames then drops them; in the guest: %s",
		    ps_advice_inside("", "ethtool -K DEV tx off", NULL));
	if (!is_veth(device) || (arrival->peer.is_known && !arrival->peer.tx_checksum))
		return;
	add(ret, PS_HAZARD_CHECKSUM, arrival->has_redirect,
	    "its peer %s checksums unfinished, and the receiver of redirected frames then drops "
	    "them; %s%s",
	    arrival->peer.is_known ? "leaves" : "may leave",
	    device->knows_peer && !*device->peer_netns && device->netns_id >= 0
		    ? "in the peer's namespace: "
		    : "",
	    ps_advice_inside(netns_of_peer(arrival), "ethtool -K",
			     device->knows_peer ? device->peer : "PEER", "tx", "off", NULL));
}

/* Frames that are redirected *to* a veth are received by its peer's driver. */
static void find_peer(const struct ps_arrival *arrival, struct ps_hazards *ret)
{
	struct ps_xdp_source nobody = { .is_native = true };
	char text[768];

	memcpy(nobody.netns, arrival->netns, sizeof(nobody.netns));
	if (arrival->hook == PS_HOOK_XDP && is_veth(arrival->device) && arrival->device->is_up &&
	    ps_hazard_of_target(arrival->device, &nobody, text, sizeof(text)))
		add(ret, PS_HAZARD_PEER, false, "%s", text);
}

/* Before 6.3 the kernel does not say whether a driver has XDP. */
static const char *better_than_generic(const struct ps_device *device)
{
	if (!device->knows_features)
		return "the driver may have XDP of its own: try 'mode native'";
	if (device->features & PS_XDP_BASIC)
		return "the driver has XDP of its own: 'mode native'";
	return "'hook tc' does the same at lower cost";
}

static void find_generic(const struct ps_arrival *arrival, struct ps_hazards *ret)
{
	if (is_generic(arrival))
		add(ret, PS_HAZARD_GENERIC, false,
		    "generic XDP copies each packet in the stack; %s",
		    better_than_generic(arrival->device));
}

void ps_hazards_find(const struct ps_arrival *arrival, struct ps_hazards *ret)
{
	ret->count = 0;
	find_down(arrival, ret);
	find_receive_offloads(arrival, ret);
	find_mtu(arrival, ret);
	find_queues(arrival, ret);
	find_merged(arrival, ret);
	find_vlan(arrival, ret);
	find_checksum(arrival, ret);
	find_peer(arrival, ret);
	find_generic(arrival, ret);
}
