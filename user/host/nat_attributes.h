/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Attributes of nftables. For the readers of nat.h alone.
 */
#ifndef PORTSTEER_HOST_NAT_ATTRIBUTES_H
#define PORTSTEER_HOST_NAT_ATTRIBUTES_H

#include <libmnl/libmnl.h>
#include <linux/types.h>

#define PS_NAT_ATTRIBUTES 16 /* what is read of an expression or an element has lower numbers */

/* The attributes of a nest, by number; NULL: it is not there. */
struct ps_nat_attributes {
	const struct nlattr *of[PS_NAT_ATTRIBUTES];
};

struct ps_nat_attributes ps_nat_nest(const struct nlattr *nest);

/* A number of four bytes; 0 when it has another size. */
__u32 ps_nat_number(const struct nlattr *attr);

/* 0 when it is not there. */
__u32 ps_nat_number_at(const struct ps_nat_attributes *attributes, int at);

/* "" when it is not there, or is no text. */
const char *ps_nat_text_at(const struct ps_nat_attributes *attributes, int at);

/* The bytes in a nest of NFTA_DATA_VALUE; NULL when there are none. */
const __u8 *ps_nat_value_at(const struct ps_nat_attributes *attributes, int at, size_t *ret_size);

#endif
