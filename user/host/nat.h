/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Rules of netfilter that give packets which arrive another destination, in the
 * current network namespace: those of nftables, those that iptables keeps there,
 * and those of iptables-legacy. Of what a rule asks, protocol, destination and
 * interface are understood; that it asks for more is said.
 */
#ifndef PORTSTEER_HOST_NAT_H
#define PORTSTEER_HOST_NAT_H

#include <stdbool.h>
#include <stddef.h>
#include <portsteer/abi.h>
#include "host/unchecked.h"

/* Which packets, as far as it is understood: none but these, and maybe not all of them. */
struct ps_nat_match {
	__u8 first[16], last[16]; /* of destination addresses, as in struct ps_endpoint */
	enum ps_family family; /* PS_ANY: both, at every address */
	enum ps_proto proto; /* PS_NO_PROTO: all */
	__u16 port_first, port_last;
	char device[PS_DEV_SIZE]; /* where they arrive, "": anywhere */
	bool is_elsewhere; /* anywhere but at that device */
	bool is_local; /* only addresses of this host */
	bool is_partial; /* it asks for more */
};

#define PS_NAT_WHERE 160
#define PS_NAT_TO 80

struct ps_nat_rule {
	struct ps_nat_match match;
	char where[PS_NAT_WHERE]; /* "table ip nat, chain DOCKER, handle 7" */
	char to[PS_NAT_TO]; /* "172.17.0.2:80", "" when a map or something else decides */
};

struct ps_nat_rules {
	struct ps_nat_rule *item; /* in the order in which packets meet them */
	size_t count;
	size_t room;
};

/* What could not be read is unchecked. Release with ps_nat_rules_done(). */
void ps_nat_rules_read(struct ps_nat_rules *ret, struct ps_unchecked *unchecked);
void ps_nat_rules_done(struct ps_nat_rules *rules);

#endif
