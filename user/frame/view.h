/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a frame shows of itself to people: as much as its bytes say, also where the
 * programs would not go by it. Judges nothing. Pure.
 */
#ifndef PORTSTEER_FRAME_VIEW_H
#define PORTSTEER_FRAME_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <portsteer/abi.h>

#define PS_VIEW_VLANS 16 /* tags that are listed */

struct ps_view {
	__u16 vlan[PS_VIEW_VLANS]; /* outermost first */
	int vlans;
	enum ps_family family; /* PS_ANY: there is no IP header */
	enum ps_proto proto; /* PS_NO_PROTO: another, or none that can be seen */
	__u8 source[16], destination[16]; /* as in struct ps_endpoint */
	bool has_ports;
	__u16 source_port, destination_port;
	size_t network, transport; /* where these headers begin; 0: there is none */
};

/* Of an Ethernet frame. */
void ps_view_frame(const __u8 *bytes, size_t size, struct ps_view *ret);

#endif
