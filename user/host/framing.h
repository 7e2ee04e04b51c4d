/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What packets of an interface begin with: an Ethernet header, their IP header, or
 * something that portsteer does not understand. By the types of linux/if_arp.h.
 */
#ifndef PORTSTEER_HOST_FRAMING_H
#define PORTSTEER_HOST_FRAMING_H

#include <stdbool.h>
#include <linux/types.h>

#define PS_FRAMING_TEXT 40

struct ps_framing {
	__u16 type; /* ARPHRD_* */
	char kind[16]; /* "tun"; empty for hardware */
};

/* Of an interface of the current network namespace. 0 or -errno; -ENODEV: it is not there. */
int ps_framing_read(__u32 ifindex, struct ps_framing *ret);

/* Some program can read its packets. */
bool ps_framing_is_known(__u16 type);

/* They begin with their IP header. */
bool ps_framing_has_no_link(__u16 type);

/*
 * Generic XDP sees them so as well. Behind some tunnels it sees what the tunnel took
 * off, and cannot know how much that is.
 */
bool ps_framing_is_bare(const struct ps_framing *framing);

/* "InfiniBand", "type 803". */
const char *ps_framing_name(__u16 type, char text[PS_FRAMING_TEXT]);

#endif
