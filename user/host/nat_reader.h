/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the files that read nftables share. For nat_nftables.c and nat_set.c alone.
 */
#ifndef PORTSTEER_HOST_NAT_READER_H
#define PORTSTEER_HOST_NAT_READER_H

#include <linux/netfilter/nf_tables.h>
#include "host/nat_attributes.h"
#include "host/nat_expression.h"
#include "host/netlink.h"

#define PS_NAT_REQUEST_SIZE 1024
#define PS_NAT_NAME NFT_NAME_MAXLEN

struct ps_nat_set {
	__u8 family; /* of its table */
	char table[PS_NAT_NAME], name[PS_NAT_NAME];
	struct ps_nat_element *element;
	size_t count;
	bool is_unread;
};

/* A request about @family, in @buffer of PS_NAT_REQUEST_SIZE. */
struct nlmsghdr *ps_nat_request(char *buffer, int command, __u8 family);

/* Fills in the elements of @set, whose names are there. */
void ps_nat_set_read(struct ps_nat_scope *scope, struct ps_nat_set *set);

#endif
