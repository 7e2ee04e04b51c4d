/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a rule compares of a packet, and what that makes of a match. Pure. For the
 * readers of nat.h alone.
 */
#ifndef PORTSTEER_HOST_NAT_FIELD_H
#define PORTSTEER_HOST_NAT_FIELD_H

#include "host/nat_chain.h"

enum ps_nat_field {
	PS_NAT_UNREAD, /* not understood */
	PS_NAT_CONSTANT,
	PS_NAT_FAMILY, /* NFPROTO_IPV4, NFPROTO_IPV6 */
	PS_NAT_PROTO, /* IPPROTO_TCP ... */
	PS_NAT_ADDRESS_4, /* the first bytes of a destination address */
	PS_NAT_ADDRESS_6,
	PS_NAT_PORT, /* of the destination */
	PS_NAT_PORTS, /* of the source, and behind it that of the destination */
	PS_NAT_DEVICE, /* the name of the interface where it arrived */
	PS_NAT_LOCAL, /* the type of the destination address: RTN_LOCAL ... */
};

/* What a field may be: from @first to @last of @size bytes, in network order where it has one. */
struct ps_nat_range {
	const __u8 *first, *last;
	size_t size;
};

/* The same by the bits that count. */
struct ps_nat_masked {
	const __u8 *value, *mask;
	size_t size;
};

/* Makes @match what is also in @range of @field; false: no packet is. */
bool ps_nat_field_narrow(struct ps_nat_match *match, enum ps_nat_field field,
			 const struct ps_nat_range *range);

/* The same for what is not there, as far as a match can say so. */
bool ps_nat_field_exclude(struct ps_nat_match *match, enum ps_nat_field field,
			  const struct ps_nat_range *range);

/* A rule may be for one of several things: what it is for is any of these. */
struct ps_nat_parts {
	struct ps_nat_match *item;
	size_t count;
	size_t room;
};

/* Begins with every packet. Release with ps_nat_parts_done(). */
void ps_nat_parts_init(struct ps_nat_parts *parts);
void ps_nat_parts_done(struct ps_nat_parts *parts);
void ps_nat_parts_add(struct ps_nat_parts *parts, const struct ps_nat_match *match);

/* Each of the two above, for all parts. */
void ps_nat_parts_narrow(struct ps_nat_parts *parts, enum ps_nat_field field,
			 const struct ps_nat_range *range);
void ps_nat_parts_exclude(struct ps_nat_parts *parts, enum ps_nat_field field,
			  const struct ps_nat_range *range);

/*
 * The same for what @field may be under a mask of as many bytes: of one with holes it is not said
 * what is meant.
 */
void ps_nat_parts_mask(struct ps_nat_parts *parts, enum ps_nat_field field,
		       const struct ps_nat_masked *masked);

/* They are for what they were for and one of @choices; of too many, some of it. */
void ps_nat_parts_choose(struct ps_nat_parts *parts, const struct ps_nat_parts *choices);

/* They ask for something that is not understood. */
void ps_nat_parts_miss(struct ps_nat_parts *parts);

/* "192.0.2.1:80", "port 80 of this host"; NULL @addr: this host; port 0: the same. */
void ps_nat_to_format(enum ps_family family, const __u8 *addr, __u16 port, char to[PS_NAT_TO]);

#endif
