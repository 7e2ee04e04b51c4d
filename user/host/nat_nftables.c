// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reading the NAT chains of nftables over netlink. See nat.h. First the names of
 * all chains; where none takes what arrives, that is all. What rules are is
 * nat_expression.c. Why not by libnftnl is in doc/adr/0045-nat.md.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include "base/memory.h"
#include "host/nat_reader.h"

struct chain {
	__u8 family; /* NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_INET */
	bool is_nat; /* and takes what arrives */
	bool is_read; /* the rules of its table are in the model */
	int priority;
	size_t index; /* in the model */
	char table[PS_NAT_NAME], name[PS_NAT_NAME];
};

struct reader {
	struct ps_netlink_items chains; /* struct chain */
	struct ps_netlink_items sets; /* struct ps_nat_set */
	struct ps_nat_chains model;
	size_t nowhere; /* a chain without rules, for names that are not there */
};

/* What a dump of rules hands to its callback. */
struct reading {
	struct ps_netlink_items none; /* it collects nothing: rules go into the model */
	struct ps_nat_scope *scope;
};

struct nlmsghdr *ps_nat_request(char *buffer, int command, __u8 family)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));

	request->nlmsg_type = (__u16)(NFNL_SUBSYS_NFTABLES << 8 | command);
	head->nfgen_family = family;
	head->version = NFNETLINK_V0;
	return request;
}

__u32 ps_nat_number(const struct nlattr *attr)
{
	__be32 number_be = 0;

	ps_netlink_copy(attr, &number_be, sizeof(number_be));
	return ntohl(number_be);
}

static void take_name(char name[PS_NAT_NAME], const struct nlattr *attr)
{
	snprintf(name, PS_NAT_NAME, "%.*s", (int)mnl_attr_get_payload_len(attr),
		 (const char *)mnl_attr_get_payload(attr));
}

static void take_hook(struct chain *chain, const struct nlattr *hook)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, hook)
	{
		if (mnl_attr_get_type(attr) == NFTA_HOOK_HOOKNUM)
			chain->is_nat = ps_nat_number(attr) == NF_INET_PRE_ROUTING;
		else if (mnl_attr_get_type(attr) == NFTA_HOOK_PRIORITY)
			chain->priority = (int)ps_nat_number(attr);
	}
}

static void take_attribute(struct chain *chain, const struct nlattr *attr, bool *ret_is_nat)
{
	char type[PS_NAT_NAME];

	switch (mnl_attr_get_type(attr)) {
	case NFTA_CHAIN_TABLE:
		take_name(chain->table, attr);
		break;
	case NFTA_CHAIN_NAME:
		take_name(chain->name, attr);
		break;
	case NFTA_CHAIN_HOOK:
		take_hook(chain, attr);
		break;
	case NFTA_CHAIN_TYPE:
		take_name(type, attr);
		*ret_is_nat = !strcmp(type, "nat");
		break;
	}
}

static int on_chain(const struct nlmsghdr *message, void *items)
{
	const struct nfgenmsg *head = ps_netlink_head(message, sizeof(*head));
	const struct nlattr *attr;
	struct chain *chain;
	bool is_nat = false;

	if (!head || (head->nfgen_family != NFPROTO_IPV4 && head->nfgen_family != NFPROTO_IPV6 &&
		      head->nfgen_family != NFPROTO_INET))
		return MNL_CB_OK;
	chain = ps_netlink_items_add(items);
	chain->family = head->nfgen_family;
	mnl_attr_for_each(attr, message, sizeof(*head))
	{
		take_attribute(chain, attr, &is_nat);
	}
	chain->is_nat &= is_nat;
	return MNL_CB_OK;
}

static bool is_of(const struct chain *chain, const struct ps_nat_scope *scope)
{
	return chain->family == scope->family && !strcmp(chain->table, scope->table);
}

static size_t find_chain(struct ps_nat_scope *scope, const char *name)
{
	const struct reader *reader = scope->reader;
	const struct chain *chain = reader->chains.item;

	for (size_t i = 0; i < reader->chains.count; i++)
		if (is_of(&chain[i], scope) && !strcmp(chain[i].name, name))
			return chain[i].index;
	return reader->nowhere;
}

static bool find_set(struct ps_nat_scope *scope, const char *name,
		     const struct ps_nat_element **ret, size_t *ret_count)
{
	struct reader *reader = scope->reader;
	struct ps_nat_set *set = reader->sets.item;
	size_t at = 0;

	while (at < reader->sets.count &&
	       (set[at].family != scope->family || strcmp(set[at].table, scope->table) ||
		strcmp(set[at].name, name)))
		at++;
	if (at == reader->sets.count) {
		set = (struct ps_nat_set *)ps_netlink_items_add(&reader->sets) - at;
		set[at].family = scope->family;
		snprintf(set[at].table, sizeof(set->table), "%s", scope->table);
		snprintf(set[at].name, sizeof(set->name), "%s", name);
		ps_nat_set_read(scope, &set[at]);
	}
	*ret = set[at].element;
	*ret_count = set[at].count;
	return !set[at].is_unread;
}

/* Each part of a rule is a step. */
static void add_parts(struct reader *reader, size_t chain, const struct ps_nat_run *run,
		      struct ps_nat_step *step)
{
	for (size_t i = 0; i < run->parts.count; i++) {
		step->match = run->parts.item[i];
		ps_nat_step_add(&reader->model, chain, step);
	}
}

/* So is each element of a map of verdicts that it ends with. */
static void add_elements(struct reader *reader, size_t chain, struct ps_nat_run *run,
			 struct ps_nat_step *step)
{
	for (size_t i = 0; i < run->element_count; i++) {
		const struct ps_nat_element *element = &run->element[i];
		struct ps_nat_parts all = run->parts, choice = {};

		ps_nat_run_select(run, run->element_slot, element, &choice);
		run->parts = (struct ps_nat_parts){};
		for (size_t j = 0; j < all.count; j++)
			ps_nat_parts_add(&run->parts, &all.item[j]);
		ps_nat_parts_choose(&run->parts, &choice);
		step->verdict = element->verdict;
		step->chain = element->chain;
		add_parts(reader, chain, run, step);
		ps_nat_parts_done(&choice);
		ps_nat_parts_done(&run->parts);
		run->parts = all;
	}
}

static const char *family_name(__u8 family)
{
	if (family == NFPROTO_INET)
		return "inet";
	return family == NFPROTO_IPV4 ? "ip" : "ip6";
}

static void add_rule(struct ps_nat_scope *scope, const char *name, unsigned long long handle,
		     const struct nlattr *expressions)
{
	struct reader *reader = scope->reader;
	size_t chain = find_chain(scope, name);
	struct ps_nat_step step = {};
	struct ps_nat_run run;

	if (chain == reader->nowhere)
		return;
	ps_nat_run(&run, scope, expressions);
	step.verdict = run.verdict;
	step.chain = run.chain;
	memcpy(step.to, run.to, sizeof(step.to));
	snprintf(step.where, sizeof(step.where), "table %s %.50s, chain %.50s, handle %llu",
		 family_name(scope->family), scope->table, name, handle);
	if (run.element)
		add_elements(reader, chain, &run, &step);
	else
		add_parts(reader, chain, &run, &step);
	ps_nat_parts_done(&run.parts);
}

static int on_rule(const struct nlmsghdr *message, void *items)
{
	struct reading *reading = (struct reading *)items; /* its first member */
	const struct nlattr *attr, *expressions = NULL;
	char chain[PS_NAT_NAME] = "";
	__be64 handle_be = 0;

	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg))
	{
		if (mnl_attr_get_type(attr) == NFTA_RULE_CHAIN)
			take_name(chain, attr);
		else if (mnl_attr_get_type(attr) == NFTA_RULE_HANDLE)
			ps_netlink_copy(attr, &handle_be, sizeof(handle_be));
		else if (mnl_attr_get_type(attr) == NFTA_RULE_EXPRESSIONS)
			expressions = attr;
	}
	add_rule(reading->scope, chain, be64toh(handle_be), expressions);
	return MNL_CB_OK;
}

/* All rules of the table that @of is in. */
static int read_table(struct reader *reader, const struct chain *of)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NAT_REQUEST_SIZE];
	struct nlmsghdr *request = ps_nat_request(buffer, NFT_MSG_GETRULE, of->family);
	struct ps_nat_scope scope = { reader, of->family, of->table, find_chain, find_set };
	struct reading reading = { .scope = &scope };
	struct chain *chain = reader->chains.item;

	for (size_t i = 0; i < reader->chains.count; i++)
		chain[i].is_read |= is_of(&chain[i], &scope);
	mnl_attr_put_strz(request, NFTA_RULE_TABLE, of->table);
	return ps_netlink_dump(NETLINK_NETFILTER, request, on_rule, &reading.none);
}

/* By priority: who changes the destination first has done so. */
static int compare(const void *left, const void *right)
{
	const struct chain *a = left, *b = right;

	return (a->priority > b->priority) - (a->priority < b->priority);
}

static struct ps_nat_match match_of(__u8 family)
{
	struct ps_nat_match match = ps_nat_match_all();

	if (family != NFPROTO_INET)
		match.family = family == NFPROTO_IPV4 ? PS_IPV4 : PS_IPV6;
	return match;
}

static void read_rules(struct reader *reader, struct ps_nat_rules *rules,
		       struct ps_unchecked *unchecked)
{
	struct chain *chain = reader->chains.item;

	for (size_t i = 0; i < reader->chains.count; i++) {
		struct ps_nat_match all = match_of(chain[i].family);
		int err = 0;

		if (!chain[i].is_nat)
			continue;
		if (!chain[i].is_read)
			err = read_table(reader, &chain[i]);
		if (!err && !ps_nat_chains_walk(&reader->model, chain[i].index, &all, rules))
			err = -E2BIG;
		if (err)
			ps_unchecked_add(unchecked, PS_NO_PROTO,
					 "not all NAT rules of table %s %.60s were read: %s",
					 family_name(chain[i].family), chain[i].table,
					 strerror(-err));
	}
}

static void reader_done(struct reader *reader)
{
	struct ps_nat_set *set = reader->sets.item;

	for (size_t i = 0; i < reader->sets.count; i++)
		free(set[i].element);
	ps_netlink_items_done(&reader->sets);
	ps_netlink_items_done(&reader->chains);
	ps_nat_chains_done(&reader->model);
}

static int read_chains(struct reader *reader)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NAT_REQUEST_SIZE];
	struct nlmsghdr *request = ps_nat_request(buffer, NFT_MSG_GETCHAIN, NFPROTO_UNSPEC);
	int err = ps_netlink_dump(NETLINK_NETFILTER, request, on_chain, &reader->chains);
	struct chain *chain = reader->chains.item;

	if (reader->chains.count)
		qsort(chain, reader->chains.count, sizeof(*chain), compare);
	for (size_t i = 0; i < reader->chains.count; i++)
		chain[i].index = ps_nat_chain_add(&reader->model);
	reader->nowhere = ps_nat_chain_add(&reader->model);
	return err;
}

/* A kernel without nftables says that it knows no such messages, or no such bus. */
void ps_nat_read_nftables(struct ps_nat_rules *rules, struct ps_unchecked *unchecked)
{
	struct reader reader = { .chains = { .size = sizeof(struct chain) },
				 .sets = { .size = sizeof(struct ps_nat_set) } };
	int err = read_chains(&reader);

	if (err == -EPERM || err == -EACCES)
		ps_unchecked_add(unchecked, PS_NO_PROTO,
				 "whether NAT rules change the destination of packets is not known "
				 "(needs CAP_NET_ADMIN)");
	else if (err && err != -EINVAL && err != -EPROTONOSUPPORT)
		ps_unchecked_add(unchecked, PS_NO_PROTO,
				 "the chains of nftables could not be listed: %s", strerror(-err));
	else
		read_rules(&reader, rules, unchecked);
	reader_done(&reader);
}
