/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Frames from text, layer by layer: "vlan=5 ip4 dst=192.0.2.9 ihl=7 tcp dport=443".
 * Ethernet comes by itself. Lengths and protocol numbers are right unless an
 * option says otherwise; checksums are zero. All filler is 00 50 00 50 ..., so
 * that bytes wrongly read as ports are port 80.
 *
 *   eth       dst=MAC type=HEX
 *   vlan qinq =VID (802.1Q, 802.1ad)
 *   ip4       src= dst= ihl=WORDS hlen=FIELD len=N|+N|-N off=UNITS mf df version= next=
 *   ip6       src= dst= len= version= next=
 *   hop route opts   =N (8 + 8 N bytes) hlen=FIELD next=
 *   ah        =N (8 + 4 N bytes)        frag   off=UNITS m next=
 *   tcp udp sctp     sport= dport= flags=SAFRPU doff= len= short=BYTES
 *   icmp icmp6 esp gre mobility arp     8 bytes of each
 *   pad=N     payload        trail=N    bytes behind the IP packet
 *   cut=N     ends after N bytes        chop=N  without the last N bytes
 */
#ifndef PORTSTEER_TESTS_FRAME_H
#define PORTSTEER_TESTS_FRAME_H

#include <stddef.h>
#include <portsteer/abi.h>

#define FRAME_MAX 70000

struct frame_end {
	size_t addr_at, port_at; /* 0: none */
};

struct frame {
	size_t size;
	enum ps_family family;
	enum ps_proto proto; /* of the last transport header, 0: none */
	struct frame_end src, dst;
	__u8 data[FRAME_MAX];
};

/* @proto, unless 0, is put in the place of the transport that @text names. */
void frame_build(const char *text, enum ps_proto proto, struct frame *ret);

void frame_get(const struct frame *frame, const struct frame_end *end, __u8 ret_addr[16],
	       __u16 *ret_port);
void frame_set_addr(struct frame *frame, const struct frame_end *end, const __u8 addr[16]);
void frame_set_port(struct frame *frame, const struct frame_end *end, __u16 port);

#endif
