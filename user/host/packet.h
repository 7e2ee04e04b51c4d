/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packet sockets (packet(7)) of the current network namespace: tcpdump, DHCP
 * clients and others who read frames past the stack. As listeners, so that their
 * processes are found like those of any socket.
 */
#ifndef PORTSTEER_HOST_PACKET_H
#define PORTSTEER_HOST_PACKET_H

#include "host/listener.h"

/* What a packet socket takes: in `port` of the listener. */
#define PS_PACKET_ALL 0x0003 /* ETH_P_ALL: every frame, before TC sees it */
#define PS_PACKET_IPV4 0x0800 /* ETH_P_IP: behind TC, as the next one */
#define PS_PACKET_IPV6 0x86dd

/*
 * Those that take IP packets, by interface (ifindex 0: all), protocol and user; of PS_NO_PROTO.
 * Processes are looked for as of any listeners, and so they are released. 0 or -errno; -ENOENT of
 * a kernel that does not list them.
 */
int ps_packet_sockets_read(struct ps_listeners *ret);

#endif
