/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Interfaces of the current network namespace, as far as it matters to what
 * arrives there by XDP or is sent there: type, MTU, other ends, what the driver can.
 */
#ifndef PORTSTEER_HOST_DEVICE_H
#define PORTSTEER_HOST_DEVICE_H

#include <stdbool.h>
#include <portsteer/abi.h>
#include "base/answer.h"
#include "base/error.h"

#define PS_KIND_SIZE 16
#define PS_NETNS_SIZE 256

/* What a driver can do with XDP: bits of NETDEV_A_DEV_XDP_FEATURES, linux/netdev.h of 6.3 */
#define PS_XDP_BASIC 0x01 /* programs in the driver */
#define PS_XDP_XMIT 0x04 /* takes frames that are redirected to it */
#define PS_XDP_RX_FRAGS 0x20 /* programs see frames of more than one page */
#define PS_XDP_XMIT_FRAGS 0x40 /* takes these as well */

struct ps_device {
	__u32 ifindex;
	__u32 mtu;
	__u32 link; /* the other end of a veth, or what a VLAN is upon; 0: none */
	__u32 master; /* the bridge, bond or VRF that it is a member of, 0: none */
	int netns_id; /* of the namespace that the link is in, -1: this one */
	__u16 tunnel_port; /* of UDP, where the kernel takes its packets; 0: not said */
	struct ps_answer returns[2]; /* IPv4, IPv6: ps_forwarding_returns(), unknown until asked */
	bool is_up;
	bool has_no_link; /* its packets begin with their IP header, see framing.h */
	bool is_reached; /* gets packets that attached programs let pass, see reach.h */
	bool has_program; /* of XDP */
	bool has_vlans; /* VLAN interfaces are upon it */
	bool knows_features; /* the kernel says what the driver can do */
	bool knows_peer; /* the next two were found out */
	bool peer_has_program;
	__u64 features; /* PS_XDP_* */
	char name[PS_DEV_SIZE];
	char kind[PS_KIND_SIZE]; /* "veth", "bridge"; empty for hardware */
	char peer[PS_DEV_SIZE];
	char peer_netns[PS_NETNS_SIZE]; /* empty: this one, or one without a name */
};

struct ps_devices {
	struct ps_device *item;
	size_t count;
};

/* Release with ps_devices_done(), also after failure. */
int ps_devices_read(struct ps_devices *ret, struct ps_error *error);
void ps_devices_done(struct ps_devices *devices);

/* That of an index, or NULL. */
const struct ps_device *ps_devices_find(const struct ps_devices *devices, __u32 ifindex);

#endif
