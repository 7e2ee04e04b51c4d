/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Chains of rules, whoever keeps them, and the way of packets through them: what
 * a rule is for is what it asks, within what those ask that lead to it. Pure. For
 * nat.c and the readers alone.
 */
#ifndef PORTSTEER_HOST_NAT_CHAIN_H
#define PORTSTEER_HOST_NAT_CHAIN_H

#include "host/nat.h"

enum ps_nat_verdict {
	PS_NAT_GO_ON,
	PS_NAT_JUMP, /* and comes back */
	PS_NAT_GOTO, /* and does not */
	PS_NAT_LEAVE, /* the chain, or all of them */
	PS_NAT_CHANGE, /* the destination */
};

/* A rule, or of one that asks for one of several things, the part for one of them. */
struct ps_nat_step {
	struct ps_nat_match match;
	enum ps_nat_verdict verdict;
	size_t chain; /* of PS_NAT_JUMP and PS_NAT_GOTO */
	char where[PS_NAT_WHERE];
	char to[PS_NAT_TO];
};

struct ps_nat_chain {
	struct ps_nat_step *step;
	size_t count;
	size_t room;
};

struct ps_nat_chains {
	struct ps_nat_chain *item;
	size_t count;
	size_t room;
};

/* Every packet. */
struct ps_nat_match ps_nat_match_all(void);

/* Makes @match what it and @other ask; false: no packet is both. */
bool ps_nat_match_narrow(struct ps_nat_match *match, const struct ps_nat_match *other);

/* Appends a chain without rules; its index. */
size_t ps_nat_chain_add(struct ps_nat_chains *chains);

/* Appends a rule to @chain. */
void ps_nat_step_add(struct ps_nat_chains *chains, size_t chain, const struct ps_nat_step *step);

/*
 * Appends the rules that packets of @match find from @chain on. False when these are so many that
 * it stopped.
 */
bool ps_nat_chains_walk(const struct ps_nat_chains *chains, size_t chain,
			const struct ps_nat_match *match, struct ps_nat_rules *ret);
void ps_nat_chains_done(struct ps_nat_chains *chains);

/* The readers, each of which appends what it finds. */
void ps_nat_read_nftables(struct ps_nat_rules *rules, struct ps_unchecked *unchecked);
void ps_nat_read_legacy(struct ps_nat_rules *rules, struct ps_unchecked *unchecked);

#endif
