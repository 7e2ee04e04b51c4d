// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reading the NAT chains of nftables over netlink. See nat.h. First the names of
 * all chains; where none takes what arrives, that is all. What rules are is
 * nat_expression.c. Why not by libnftnl is in doc/adr/0045-nat.md.
 */
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
	struct ps_netlink_items chains; /* struct chain, by family, table and name */
	struct ps_netlink_items sets; /* struct ps_nat_set */
	struct ps_nat_chains model;
	size_t nowhere; /* a chain without rules, for names that are not there */
};

/* Rules of one table: a dump may begin again, and only then they are known. */
struct reading {
	struct ps_netlink_items steps; /* struct step */
	struct ps_nat_scope *scope;
};

struct step {
	size_t chain;
	struct ps_nat_step step;
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

static int compare_names(const void *left, const void *right)
{
	const struct chain *a = left, *b = right;
	int order = a->family - b->family;

	return order ?: strcmp(a->table, b->table) ?: strcmp(a->name, b->name);
}

static size_t find_chain(struct ps_nat_scope *scope, const char *name)
{
	const struct reader *reader = scope->reader;
	struct chain sought = { .family = scope->family };
	const struct chain *found;

	snprintf(sought.table, sizeof(sought.table), "%s", scope->table);
	snprintf(sought.name, sizeof(sought.name), "%s", name);
	found = bsearch(&sought, reader->chains.item, reader->chains.count, sizeof(sought),
			compare_names);
	return found ? found->index : reader->nowhere;
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
static void add_parts(struct reading *reading, const struct ps_nat_parts *parts, struct step *step)
{
	for (size_t i = 0; i < parts->count; i++) {
		step->step.match = parts->item[i];
		*(struct step *)ps_netlink_items_add(&reading->steps) = *step;
	}
}

/* So is each element of a map of verdicts that it ends with. */
static void add_elements(struct reading *reading, const struct ps_nat_run *run, struct step *step)
{
	for (size_t i = 0; i < run->element_count; i++) {
		const struct ps_nat_element *element = &run->element[i];
		struct ps_nat_parts parts = {};

		ps_nat_run_select(run, run->element_slot, element, &parts);
		ps_nat_parts_choose(&parts, &run->parts);
		step->step.verdict = element->verdict;
		step->step.chain = element->chain;
		add_parts(reading, &parts, step);
		ps_nat_parts_done(&parts);
	}
}

static const char *family_name(__u8 family)
{
	if (family == NFPROTO_INET)
		return "inet";
	return family == NFPROTO_IPV4 ? "ip" : "ip6";
}

static void add_rule(struct reading *reading, const char *name, unsigned long long handle,
		     const struct nlattr *expressions)
{
	struct ps_nat_scope *scope = reading->scope;
	struct step step = { .chain = find_chain(scope, name) };
	struct ps_nat_run run;

	ps_nat_run(&run, scope, expressions);
	step.step.verdict = run.verdict;
	step.step.chain = run.chain;
	memcpy(step.step.to, run.to, sizeof(step.step.to));
	snprintf(step.step.where, sizeof(step.step.where),
		 "table %s %.50s, chain %.50s, handle %llu", family_name(scope->family),
		 scope->table, name, handle);
	if (run.element)
		add_elements(reading, &run, &step);
	else
		add_parts(reading, &run.parts, &step);
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
	add_rule(reading, chain, be64toh(handle_be), expressions);
	return MNL_CB_OK;
}

static void take_steps(struct reader *reader, struct ps_netlink_items *steps)
{
	const struct step *step = steps->item;

	for (size_t i = 0; i < steps->count; i++)
		if (step[i].chain != reader->nowhere)
			ps_nat_step_add(&reader->model, step[i].chain, &step[i].step);
	ps_netlink_items_done(steps);
}

/* All rules of the table that @of is in. */
static int read_table(struct reader *reader, const struct chain *of)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NAT_REQUEST_SIZE];
	struct nlmsghdr *request = ps_nat_request(buffer, NFT_MSG_GETRULE, of->family);
	struct ps_nat_scope scope = { reader, of->family, of->table, find_chain, find_set };
	struct reading reading = { .steps = { .size = sizeof(struct step) }, .scope = &scope };
	struct chain *chain = reader->chains.item;
	int err;

	for (size_t i = 0; i < reader->chains.count; i++)
		chain[i].is_read |= is_of(&chain[i], &scope);
	mnl_attr_put_strz(request, NFTA_RULE_TABLE, of->table);
	err = ps_netlink_dump(NETLINK_NETFILTER, request, on_rule, &reading.steps);
	take_steps(reader, &reading.steps);
	return err;
}

static struct ps_nat_match match_of(__u8 family)
{
	struct ps_nat_match match = ps_nat_match_all();

	if (family != NFPROTO_INET)
		match.family = family == NFPROTO_IPV4 ? PS_IPV4 : PS_IPV6;
	return match;
}

/* By priority: who changes the destination first has done so. */
static int compare_priorities(const void *left, const void *right)
{
	const struct chain *a = *(const struct chain *const *)left;
	const struct chain *b = *(const struct chain *const *)right;
	int order = (a->priority > b->priority) - (a->priority < b->priority);

	return order ?: (a->index > b->index) - (a->index < b->index);
}

/* From @chain on, which takes what arrives. 0 or -errno. */
static int read_rules(struct reader *reader, const struct chain *chain, struct ps_nat_rules *rules)
{
	struct ps_nat_match all = match_of(chain->family);
	int err = chain->is_read ? 0 : read_table(reader, chain);

	if (err)
		return err;
	return ps_nat_chains_walk(&reader->model, chain->index, &all, rules) ? 0 : -E2BIG;
}

static void read_all_rules(struct reader *reader, struct ps_nat_rules *rules,
			   struct ps_unchecked *unchecked)
{
	const struct chain *chain = reader->chains.item;
	PS_FREED const struct chain **base = ps_memory_new(reader->chains.count, sizeof(*base));
	size_t count = 0;

	for (size_t i = 0; i < reader->chains.count; i++)
		if (chain[i].is_nat)
			base[count++] = &chain[i];
	qsort(base, count, sizeof(*base), compare_priorities);
	for (size_t i = 0; i < count; i++) {
		int err = read_rules(reader, base[i], rules);

		if (err)
			ps_unchecked_add(unchecked, PS_NO_PROTO,
					 "not all NAT rules of table %s %.60s were read: %s",
					 family_name(base[i]->family), base[i]->table,
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

	for (size_t i = 0; i < reader->chains.count; i++)
		chain[i].index = ps_nat_chain_add(&reader->model);
	if (reader->chains.count)
		qsort(chain, reader->chains.count, sizeof(*chain), compare_names);
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
		read_all_rules(&reader, rules, unchecked);
	reader_done(&reader);
}
