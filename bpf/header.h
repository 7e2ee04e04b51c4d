/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Headers on the wire of which linux/ has no layout that fits.
 */
#ifndef PORTSTEER_HEADER_H
#define PORTSTEER_HEADER_H

#include <linux/types.h>

struct ps_link { /* struct ethhdr, which is packed, so that compilers read it byte by byte */
	__u8 dst[6];
	__u8 src[6];
	__be16 proto;
};

struct ps_vlan {
	__be16 tci;
	__be16 proto;
};

struct ps_ext_header {
	__u8 next;
	__u8 len; /* beyond the first 8 bytes: in 8 bytes, for AH in 4 */
	__be16 offset; /* of a fragment, whose len means nothing */
	__be32 rest;
};

struct ps_ports {
	__be16 src;
	__be16 dst;
};

#endif
