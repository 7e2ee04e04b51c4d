/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Matches and targets of iptables, as iptables-legacy has them and as nftables
 * keeps those of iptables-nft. Pure. For the readers of nat.h alone.
 */
#ifndef PORTSTEER_HOST_NAT_XTABLES_H
#define PORTSTEER_HOST_NAT_XTABLES_H

#include "host/nat_field.h"

struct ps_xt {
	const char *name; /* "tcp", "DNAT" */
	__u32 revision;
	const void *info; /* its own, of @size bytes */
	size_t size;
};

/* Makes @parts what is also for the match. */
void ps_xt_match(const struct ps_xt *xt, struct ps_nat_parts *parts);

/* What becomes of packets at the target; a verdict that it does not know is to go on. */
void ps_xt_target(const struct ps_xt *xt, enum ps_nat_verdict *ret_verdict, char to[PS_NAT_TO]);

#endif
