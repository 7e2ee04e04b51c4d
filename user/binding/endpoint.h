/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Endpoints as text ("tcp 192.0.2.1:443") and as sets of packets: what is in
 * them, what they share, how they sort. Pure. The layout is in abi.h.
 */
#ifndef PORTSTEER_BINDING_ENDPOINT_H
#define PORTSTEER_BINDING_ENDPOINT_H

#include <stdbool.h>
#include <portsteer/abi.h>
#include "base/error.h"

#define PS_ENDPOINT_TEXT 96 /* the longest text, with its NUL */
#define PS_ADDRESS_TEXT 64

/* One endpoint for each protocol named ("tcp,udp any:53"). */
struct ps_endpoints {
	struct ps_endpoint item[PS_PROTOS];
	int count;
	bool masked; /* the address had bits beyond its prefix */
};

/*
 * Parses the two words of an endpoint, "tcp,udp" and "192.0.2.1:443", into
 * canonical form. Faults are reported at word 0 or 1.
 */
int ps_endpoints_parse(const char *protocols, const char *place, struct ps_endpoints *ret,
		       struct ps_error *error);

/* What ps_endpoints_parse() takes back: "tcp 192.0.2.1:443". Returns @text. */
const char *ps_endpoint_format(const struct ps_endpoint *endpoint, char text[PS_ENDPOINT_TEXT]);

/* The parts of it: "192.0.2.0/24", "any", "2001:db8::1"; "80", "80-90", "any". */
const char *ps_prefix_format(const struct ps_endpoint *endpoint, char text[PS_ADDRESS_TEXT]);
const char *ps_ports_format(const struct ps_endpoint *endpoint, char text[PS_ADDRESS_TEXT]);

/* An address laid out as in struct ps_endpoint. */
const char *ps_address_format(enum ps_family family, const __u8 addr[16],
			      char text[PS_ADDRESS_TEXT]);

/* Parses "192.0.2.1" or "2001:db8::1"; 0 or -1. */
int ps_address_parse(const char *text, enum ps_family *ret_family, __u8 ret_addr[16]);

/* An error, at word 1 of an endpoint, when it is one of IPv4 in the clothes of IPv6. */
int ps_address_check(enum ps_family family, const __u8 addr[16], const char *typed,
		     struct ps_error *error);

const char *ps_proto_name(enum ps_proto proto);

/* Bits of @addr beyond @prefix_len to zero. */
void ps_address_mask(__u8 addr[16], __u8 prefix_len);

bool ps_endpoint_is_any_address(const struct ps_endpoint *endpoint);
bool ps_endpoint_is_one_address(const struct ps_endpoint *endpoint); /* no prefix around it */

/*
 * One port of one address, or of every address: where a socket can wait. There, 0.0.0.0 and [::]
 * are every address of their family.
 */
bool ps_endpoints_take_place(const struct ps_endpoints *endpoints, struct ps_endpoint *ret);

/* What a socket there is for; of an address that is all zero, every one of @family. */
struct ps_endpoint ps_endpoint_at(enum ps_proto proto, enum ps_family family, const __u8 addr[16],
				  __u16 port);

bool ps_endpoint_is_equal(const struct ps_endpoint *a, const struct ps_endpoint *b);

/* Addresses of @inner are all among those of @outer; ports and protocols do not matter. */
bool ps_prefix_covers(const struct ps_endpoint *outer, const struct ps_endpoint *inner);

/* @endpoint has this address, of PS_IPV4 or PS_IPV6. */
bool ps_prefix_has(const struct ps_endpoint *endpoint, enum ps_family family, const __u8 addr[16]);

bool ps_ports_cover(const struct ps_endpoint *outer, const struct ps_endpoint *inner);
bool ps_ports_meet(const struct ps_endpoint *a, const struct ps_endpoint *b);

/* They meet, and neither is within the other. */
bool ps_ports_cross(const struct ps_endpoint *a, const struct ps_endpoint *b);

/* Order for people: protocol, family, address, prefix length, ports. As for qsort(). */
int ps_endpoint_compare(const struct ps_endpoint *a, const struct ps_endpoint *b);

#endif
