/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Expressions of a rule of nftables, executed on no packet in particular: what
 * they load, compare, look up, and where they lead. For nat_nftables.c alone.
 */
#ifndef PORTSTEER_HOST_NAT_EXPRESSION_H
#define PORTSTEER_HOST_NAT_EXPRESSION_H

#include <libmnl/libmnl.h>
#include "host/nat_field.h"

#define PS_NAT_KEY 64 /* bytes of a key in a set, at most */
#define PS_NAT_SLOTS 20 /* registers of four bytes; the first four are the verdict */

/* A value that was loaded, at its first register. */
struct ps_nat_slot {
	enum ps_nat_field field;
	__u8 value[16]; /* of a constant */
	__u8 mask[16]; /* of what was masked */
	size_t size;
	bool is_masked;
};

/* Of a set: from @first to @last, and for a map of verdicts where it leads. */
struct ps_nat_element {
	__u8 first[PS_NAT_KEY], last[PS_NAT_KEY];
	size_t size;
	bool is_end; /* of the interval that the one before begins */
	enum ps_nat_verdict verdict;
	size_t chain;
};

/* The reader, as a rule sees it. */
struct ps_nat_scope {
	void *reader;
	__u8 family; /* NFPROTO_IPV4 ... of the table */
	const char *table;
	/* The chain of that name in this table. */
	size_t (*find_chain)(struct ps_nat_scope *scope, const char *name);
	/* Its elements in order, which stay the reader's; false: they could not be read. */
	bool (*find_set)(struct ps_nat_scope *scope, const char *name,
			 const struct ps_nat_element **ret, size_t *ret_count);
};

/* What a rule is, after its last expression. */
struct ps_nat_run {
	struct ps_nat_scope *scope;
	struct ps_nat_parts parts;
	struct ps_nat_slot slot[PS_NAT_SLOTS];
	const struct ps_nat_element *element; /* of the map of verdicts that it ends with */
	size_t element_count;
	unsigned int element_slot;
	enum ps_nat_verdict verdict;
	size_t chain;
	char to[PS_NAT_TO];
};

/* Begins with every packet; release run->parts. @expressions: NFTA_RULE_EXPRESSIONS, or NULL. */
void ps_nat_run(struct ps_nat_run *run, struct ps_nat_scope *scope,
		const struct nlattr *expressions);

/* Adds to @ret what @element of a set is for, which was looked up from @slot on. */
void ps_nat_run_select(const struct ps_nat_run *run, unsigned int slot,
		       const struct ps_nat_element *element, struct ps_nat_parts *ret);

/* Reads NFTA_DATA_VERDICT into *@ret_verdict and *@ret_chain. */
void ps_nat_verdict_read(struct ps_nat_scope *scope, const struct nlattr *verdict,
			 enum ps_nat_verdict *ret_verdict, size_t *ret_chain);

#endif
