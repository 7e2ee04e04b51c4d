/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Rules that change destinations, as bindings and questions look at them. Pure.
 */
#ifndef PORTSTEER_CONFLICT_NAT_H
#define PORTSTEER_CONFLICT_NAT_H

#include "conflict/conflict.h"

#define PS_NAT_MATCH_TEXT (2 * PS_ADDRESS_TEXT + 32)

/*
 * What a rule is for, of @proto when it is for all: "tcp 192.0.2.1:80", "tcp
 * 192.0.2.1-192.0.2.9:any". Returns @text.
 */
const char *ps_nat_match_format(const struct ps_nat_match *match, enum ps_proto proto,
				char text[PS_NAT_MATCH_TEXT]);

/* The rule may be for packets to this address and port of @facts' host. */
bool ps_nat_match_has(const struct ps_facts *facts, const struct ps_nat_match *match,
		      const struct ps_address *address, enum ps_proto proto, __u16 port);

#endif
