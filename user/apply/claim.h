/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The ports that a table claims of those that outgoing connections get, and
 * keeping them from those: reserving them in ip_local_reserved_ports.
 */
#ifndef PORTSTEER_APPLY_CLAIM_H
#define PORTSTEER_APPLY_CLAIM_H

#include "apply/apply.h"
#include "conflict/conflict.h"

/* What a table needs, and what there is. Large: on the heap. */
struct ps_claim {
	struct ps_facts facts; /* of which only addresses and ports are read */
	struct ps_portset claimed; /* by the table, within ip_local_port_range */
	struct ps_portset own; /* reserved for the instance before */
	struct ps_portset others; /* reserved by anybody else */
	struct ps_portset wanted; /* all to be reserved */
	struct ps_endpoint left_out; /* the first of the bindings that no port is reserved for */
	size_t left_out_count;
};

/* Reads it into @ret, which is all zeros. */
int ps_claim_read(struct ps_apply *apply, struct ps_claim *ret);

/* The same, and reserves what is claimed; what the instance reserved and needs no more goes. */
int ps_apply_reserve(struct ps_apply *apply, struct ps_claim *ret);

/* Takes back all that the instance reserved. */
int ps_apply_unreserve(struct ps_apply *apply);

/* For __attribute__((cleanup)). */
void ps_claim_free(struct ps_claim *const *claim);

#define PS_CLAIM_FREED __attribute__((cleanup(ps_claim_free)))

#endif
