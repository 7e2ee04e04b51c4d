// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reading the NAT tables of iptables-legacy and ip6tables-legacy. See nat.h. A
 * table comes as one blob of entries, in which jumps are offsets. Where there is
 * no such table, asking for it would make it: /proc tells before.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include "base/answer.h"
#include "base/memory.h"
#include "base/scope.h"
#include "host/nat_xtables.h"

/* What differs between the two. */
struct kind {
	const char *name, *names_path;
	enum ps_family family;
	int domain, level, get_info, get_entries;
	size_t target_at, next_at, elements_at; /* in an entry */
};

#define KIND(text, path, ip, af, proto, prefix, entry)                                        \
	{                                                                                     \
		.name = text, .names_path = path, .family = ip, .domain = af, .level = proto, \
		.get_info = prefix##_SO_GET_INFO, .get_entries = prefix##_SO_GET_ENTRIES,     \
		.target_at = offsetof(struct entry, target_offset),                           \
		.next_at = offsetof(struct entry, next_offset),                               \
		.elements_at = sizeof(struct entry)                                           \
	}

static const struct kind kinds[] = {
	KIND("iptables-legacy", "/proc/net/ip_tables_names", PS_IPV4, AF_INET, IPPROTO_IP, IPT,
	     ipt_entry),
	KIND("ip6tables-legacy", "/proc/net/ip6_tables_names", PS_IPV6, AF_INET6, IPPROTO_IPV6,
	     IP6T, ip6t_entry),
};

/* A table that was read: what is said of one is the same for both. */
struct table {
	const struct kind *kind;
	struct ipt_getinfo info;
	const char *entries;
	size_t *chain_at; /* by offset: the chain that begins there and 1, 0: none does */
	struct ps_nat_chains chains;
};
_Static_assert(sizeof(struct ipt_getinfo) == sizeof(struct ip6t_getinfo), "read as one");
_Static_assert(sizeof(struct ipt_get_entries) == sizeof(struct ip6t_get_entries), "read as one");

/* What is asked of every packet, of either family. */
struct head {
	const __u8 *addr, *mask;
	bool has_source;
	const char *device;
	const unsigned char *device_mask;
	__u8 proto, flags, inverted;
};

static __u16 short_at(const char *entry, size_t at)
{
	__u16 number;

	memcpy(&number, entry + at, sizeof(number));
	return number;
}

static bool is_any(const void *mask, size_t size)
{
	static const __u8 zeros[16];

	return !memcmp(mask, zeros, size);
}

static struct head head_of(const struct table *table, const char *entry)
{
	const struct ipt_ip *v4 = (const void *)entry;
	const struct ip6t_ip6 *v6 = (const void *)entry;

	if (table->kind->family == PS_IPV4)
		return (struct head){
			.addr = (const __u8 *)&v4->dst,
			.mask = (const __u8 *)&v4->dmsk,
			.has_source = !is_any(&v4->smsk, 4),
			.device = v4->iniface,
			.device_mask = v4->iniface_mask,
			.proto = (__u8)v4->proto,
			.flags = v4->flags,
			.inverted = v4->invflags,
		};
	return (struct head){
		.addr = (const __u8 *)&v6->dst,
		.mask = (const __u8 *)&v6->dmsk,
		.has_source = !is_any(&v6->smsk, 16),
		.device = v6->iniface,
		.device_mask = v6->iniface_mask,
		.proto = (__u8)v6->proto,
		.flags = v6->flags & IP6T_F_GOTO ? IPT_F_GOTO : 0,
		.inverted = v6->invflags,
	};
}

static void narrow_address(const struct table *table, const struct head *head,
			   struct ps_nat_parts *parts)
{
	bool is_v4 = table->kind->family == PS_IPV4;
	const struct ps_nat_masked masked = { head->addr, head->mask, is_v4 ? 4 : 16 };

	ps_nat_parts_mask(parts, is_v4 ? PS_NAT_ADDRESS_4 : PS_NAT_ADDRESS_6, &masked);
}

/* The mask has the bytes of the name that count, with the NUL when it is the whole name. */
static void narrow_device(const struct head *head, struct ps_nat_parts *parts)
{
	size_t size = strnlen((const char *)head->device_mask, IFNAMSIZ);
	const struct ps_nat_range range = { (const __u8 *)head->device, (const __u8 *)head->device,
					    size };

	if (!size)
		return;
	if (head->inverted & IPT_INV_VIA_IN)
		ps_nat_parts_exclude(parts, PS_NAT_DEVICE, &range);
	else
		ps_nat_parts_narrow(parts, PS_NAT_DEVICE, &range);
}

static void narrow_head(const struct table *table, const char *entry, struct ps_nat_parts *parts)
{
	struct head head = head_of(table, entry);
	const struct ps_nat_range proto = { &head.proto, &head.proto, 1 };

	if (head.has_source || head.inverted & ~IPT_INV_VIA_IN || head.flags & IPT_F_FRAG)
		ps_nat_parts_miss(parts);
	if (!(head.inverted & IPT_INV_DSTIP))
		narrow_address(table, &head, parts);
	if (head.proto && !(head.inverted & XT_INV_PROTO))
		ps_nat_parts_narrow(parts, PS_NAT_PROTO, &proto);
	narrow_device(&head, parts);
}

/* The matches of an entry stand between its head and its target. */
static void narrow_matches(const struct table *table, const char *entry, __u16 target_at,
			   struct ps_nat_parts *parts)
{
	size_t at = table->kind->elements_at;

	while (at + sizeof(struct xt_entry_match) <= target_at) {
		const struct xt_entry_match *match = (const void *)(entry + at);
		size_t size = match->u.user.match_size;
		struct ps_xt xt = { match->u.user.name, match->u.user.revision, match->data,
				    size - sizeof(*match) };

		if (size < sizeof(*match) || at + size > target_at)
			break;
		ps_xt_match(&xt, parts);
		at += size;
	}
}

static size_t read_chain(struct table *table, size_t at);

/* A jump is an offset; to the next entry it is none. Others are negative numbers. */
static void read_standard(struct table *table, size_t at, int verdict, struct ps_nat_step *step)
{
	const char *entry = table->entries + at;

	if (verdict < 0)
		step->verdict = PS_NAT_LEAVE;
	if (verdict < 0 || (size_t)verdict == at + short_at(entry, table->kind->next_at))
		return;
	step->verdict = head_of(table, entry).flags & IPT_F_GOTO ? PS_NAT_GOTO : PS_NAT_JUMP;
	step->chain = read_chain(table, (size_t)verdict);
}

static void read_target(struct table *table, size_t at, struct ps_nat_step *step)
{
	const char *entry = table->entries + at;
	const struct xt_standard_target *target =
		(const void *)(entry + short_at(entry, table->kind->target_at));
	struct ps_xt xt = { target->target.u.user.name, target->target.u.user.revision,
			    target->target.data,
			    target->target.u.user.target_size - sizeof(target->target) };

	if (!*xt.name)
		read_standard(table, at, target->verdict, step);
	else
		ps_xt_target(&xt, &step->verdict, step->to);
}

static bool is_end(const struct table *table, size_t at)
{
	const char *entry = table->entries + at;
	const struct xt_entry_target *target =
		(const void *)(entry + short_at(entry, table->kind->target_at));

	return !strcmp(target->u.user.name, XT_ERROR_TARGET);
}

static void read_entry(struct table *table, size_t chain, size_t at, int number)
{
	const char *entry = table->entries + at;
	struct ps_nat_step step = {};
	struct ps_nat_parts parts;

	ps_nat_parts_init(&parts);
	narrow_head(table, entry, &parts);
	narrow_matches(table, entry, short_at(entry, table->kind->target_at), &parts);
	read_target(table, at, &step);
	snprintf(step.where, sizeof(step.where), "%s, table nat, rule %d of its chain",
		 table->kind->name, number);
	for (size_t i = 0; i < parts.count; i++) {
		step.match = parts.item[i];
		ps_nat_step_add(&table->chains, chain, &step);
	}
	ps_nat_parts_done(&parts);
}

/* Up to the head of the next one, or to the policy. The kernel has seen that there are no loops. */
static size_t read_chain(struct table *table, size_t at)
{
	size_t chain, next;

	if (at >= table->info.size)
		return 0;
	if (table->chain_at[at])
		return table->chain_at[at] - 1;
	chain = ps_nat_chain_add(&table->chains);
	table->chain_at[at] = chain + 1;
	for (int number = 1; at < table->info.size && !is_end(table, at); at += next) {
		next = short_at(table->entries + at, table->kind->next_at);
		read_entry(table, chain, at, number++);
		if (!next || at == table->info.underflow[NF_INET_PRE_ROUTING])
			break;
	}
	return chain;
}

static bool read_rules(struct table *table, struct ps_nat_rules *rules)
{
	struct ps_nat_match all = ps_nat_match_all();
	size_t first;

	ps_nat_chain_add(&table->chains); /* for jumps to nowhere */
	first = read_chain(table, table->info.hook_entry[NF_INET_PRE_ROUTING]);
	all.family = table->kind->family;
	return ps_nat_chains_walk(&table->chains, first, &all, rules);
}

/* Another rule may come or go between the two questions; then it is asked again. */
static int read_blob(struct table *table, int fd, struct ipt_get_entries **ret)
{
	socklen_t size = sizeof(table->info);

	snprintf(table->info.name, sizeof(table->info.name), "nat");
	if (getsockopt(fd, table->kind->level, table->kind->get_info, &table->info, &size))
		return -errno;
	size = (socklen_t)(sizeof(**ret) + table->info.size);
	free(*ret);
	*ret = ps_memory_new(1, size);
	snprintf((*ret)->name, sizeof((*ret)->name), "nat");
	(*ret)->size = table->info.size;
	return getsockopt(fd, table->kind->level, table->kind->get_entries, *ret, &size) ? -errno
											 : 0;
}

static int read_table(const struct kind *kind, struct ps_nat_rules *rules)
{
	PS_CLOSED_FD int fd = socket(kind->domain, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	PS_FREED struct ipt_get_entries *blob = NULL;
	PS_FREED size_t *chain_at = NULL;
	struct table table = { .kind = kind };
	int err = fd < 0 ? -errno : -EAGAIN;

	for (int turn = 0; turn < 8 && err == -EAGAIN; turn++)
		err = read_blob(&table, fd, &blob);
	if (err)
		return err;
	table.entries = (const char *)blob->entrytable;
	table.chain_at = chain_at = ps_memory_new(table.info.size + 1, sizeof(*chain_at));
	err = read_rules(&table, rules) ? 0 : -E2BIG;
	ps_nat_chains_done(&table.chains);
	return err;
}

/* The kernel makes a table when it is asked for it; its list of those that are there does not. */
static struct ps_answer has_table(const struct kind *kind)
{
	FILE *file = fopen(kind->names_path, "re");
	struct ps_answer answer = ps_answer_of(file ? 0 : errno);
	char line[64];
	bool is_there = false;

	while (file && fgets(line, sizeof(line), file))
		is_there |= !strcmp(line, "nat\n");
	if (file)
		fclose(file);
	return ps_is_yes(answer) && !is_there ? ps_answer_no() : answer;
}

/* Who may not look is told so of nftables, once for all. */
void ps_nat_read_legacy(struct ps_nat_rules *rules, struct ps_unchecked *unchecked)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct ps_answer answer = has_table(&kinds[i]);
		int err = ps_is_yes(answer) ? -read_table(&kinds[i], rules) : answer.err;

		if (err && err != EPERM && err != EACCES)
			ps_unchecked_add(unchecked, PS_NO_PROTO,
					 "not all NAT rules of %s were read: %s", kinds[i].name,
					 strerror(err));
	}
}
