// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Expressions of nftables. See nat_expression.h. What is not known here makes a
 * rule one that asks for more than was understood.
 */
#include <string.h>
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include "host/nat_attributes.h"
#include "host/nat_expression.h"
#include "host/nat_xtables.h"

/* A register is one of four of 16 bytes, or of sixteen of 4, in the same place; 0: the verdict. */
static unsigned int register_at(const struct ps_nat_attributes *attributes, int at)
{
	__u32 number = ps_nat_number_at(attributes, at);

	number = number >= NFT_REG32_00 ? number - NFT_REG32_00 + 4 : number * 4;
	return number < PS_NAT_SLOTS ? number : 0;
}

/* That of the verdict is never read. */
static struct ps_nat_slot *slot_at(struct ps_nat_run *run,
				   const struct ps_nat_attributes *attributes, int at)
{
	return &run->slot[register_at(attributes, at)];
}

static void load_meta(struct ps_nat_run *run, const struct ps_nat_attributes *meta)
{
	struct ps_nat_slot *slot = slot_at(run, meta, NFTA_META_DREG);

	if (meta->of[NFTA_META_SREG]) /* a mark is set */
		return;
	*slot = (struct ps_nat_slot){};
	if (ps_nat_number_at(meta, NFTA_META_KEY) == NFT_META_L4PROTO)
		slot->field = PS_NAT_PROTO;
	else if (ps_nat_number_at(meta, NFTA_META_KEY) == NFT_META_NFPROTO)
		slot->field = PS_NAT_FAMILY;
	else if (ps_nat_number_at(meta, NFTA_META_KEY) == NFT_META_IIFNAME)
		slot->field = PS_NAT_DEVICE;
}

/* Only a rule that is for one family loads of its header. */
static bool is_family(const struct ps_nat_run *run, enum ps_family family)
{
	if (run->scope->family != NFPROTO_INET)
		return run->scope->family == (family == PS_IPV4 ? NFPROTO_IPV4 : NFPROTO_IPV6);
	for (size_t i = 0; i < run->parts.count; i++)
		if (run->parts.item[i].family != family)
			return false;
	return true;
}

/* Parts of an address begin with its first byte: what prefixes of whole bytes are compared by. */
static enum ps_nat_field network_field(const struct ps_nat_run *run, __u32 offset, __u32 size)
{
	if (offset == 16 && size <= 4 && is_family(run, PS_IPV4))
		return PS_NAT_ADDRESS_4;
	if (offset == 24 && size <= 16 && is_family(run, PS_IPV6))
		return PS_NAT_ADDRESS_6;
	if (size == 1 &&
	    ((offset == 9 && is_family(run, PS_IPV4)) || (offset == 6 && is_family(run, PS_IPV6))))
		return PS_NAT_PROTO;
	return PS_NAT_UNREAD;
}

static void load_payload(struct ps_nat_run *run, const struct ps_nat_attributes *payload)
{
	struct ps_nat_slot *slot = slot_at(run, payload, NFTA_PAYLOAD_DREG);
	__u32 base = ps_nat_number_at(payload, NFTA_PAYLOAD_BASE);
	__u32 offset = ps_nat_number_at(payload, NFTA_PAYLOAD_OFFSET);
	__u32 size = ps_nat_number_at(payload, NFTA_PAYLOAD_LEN);

	*slot = (struct ps_nat_slot){ .size = size };
	if (base == NFT_PAYLOAD_NETWORK_HEADER)
		slot->field = network_field(run, offset, size);
	else if (base == NFT_PAYLOAD_TRANSPORT_HEADER && offset == 2 && size == 2)
		slot->field = PS_NAT_PORT;
	else if (base == NFT_PAYLOAD_TRANSPORT_HEADER && !offset && size == 4)
		slot->field = PS_NAT_PORTS;
}

static void load_fib(struct ps_nat_run *run, const struct ps_nat_attributes *fib)
{
	struct ps_nat_slot *slot = slot_at(run, fib, NFTA_FIB_DREG);

	*slot = (struct ps_nat_slot){};
	if (ps_nat_number_at(fib, NFTA_FIB_RESULT) == NFT_FIB_RESULT_ADDRTYPE &&
	    ps_nat_number_at(fib, NFTA_FIB_FLAGS) == NFTA_FIB_F_DADDR)
		slot->field = PS_NAT_LOCAL;
}

static void load_bitwise(struct ps_nat_run *run, const struct ps_nat_attributes *bitwise)
{
	struct ps_nat_slot *from = slot_at(run, bitwise, NFTA_BITWISE_SREG);
	struct ps_nat_slot slot = *from;
	size_t size, other_size;
	const __u8 *mask = ps_nat_value_at(bitwise, NFTA_BITWISE_MASK, &size);
	const __u8 *other = ps_nat_value_at(bitwise, NFTA_BITWISE_XOR, &other_size);
	static const __u8 zeros[16];

	if (!mask || !other || ps_nat_number_at(bitwise, NFTA_BITWISE_OP) ||
	    size > sizeof(slot.mask) || other_size > size || memcmp(other, zeros, other_size) ||
	    slot.is_masked)
		slot = (struct ps_nat_slot){};
	else
		memcpy(slot.mask, mask, size);
	slot.is_masked = true;
	*slot_at(run, bitwise, NFTA_BITWISE_DREG) = slot;
}

/* Up to a value, or from it on, with the value or without. */
static void compare_order(struct ps_nat_run *run, const struct ps_nat_slot *slot, __u32 operation,
			  const struct ps_nat_range *value)
{
	static const __u8 zeros[16];
	__u8 ones[16];

	memset(ones, 0xff, sizeof(ones));
	if (operation == NFT_CMP_GTE || operation == NFT_CMP_GT)
		ps_nat_parts_narrow(&run->parts, slot->field,
				    &(struct ps_nat_range){ value->first, ones, value->size });
	else
		ps_nat_parts_narrow(&run->parts, slot->field,
				    &(struct ps_nat_range){ zeros, value->first, value->size });
	if (operation == NFT_CMP_GT || operation == NFT_CMP_LT)
		ps_nat_parts_miss(&run->parts); /* all but that value */
}

static void compare(struct ps_nat_run *run, const struct ps_nat_attributes *cmp)
{
	const struct ps_nat_slot *slot = slot_at(run, cmp, NFTA_CMP_SREG);
	__u32 operation = ps_nat_number_at(cmp, NFTA_CMP_OP);
	struct ps_nat_range range;
	size_t size;

	range.first = range.last = ps_nat_value_at(cmp, NFTA_CMP_DATA, &size);
	range.size = size;
	if (!range.first || !size || size > 16 || (slot->is_masked && operation != NFT_CMP_EQ))
		ps_nat_parts_miss(&run->parts);
	else if (slot->is_masked)
		ps_nat_parts_mask(&run->parts, slot->field,
				  &(struct ps_nat_masked){ range.first, slot->mask, size });
	else if (operation == NFT_CMP_EQ)
		ps_nat_parts_narrow(&run->parts, slot->field, &range);
	else if (operation == NFT_CMP_NEQ)
		ps_nat_parts_exclude(&run->parts, slot->field, &range);
	else
		compare_order(run, slot, operation, &range);
}

static void compare_range(struct ps_nat_run *run, const struct ps_nat_attributes *attributes)
{
	const struct ps_nat_slot *slot = slot_at(run, attributes, NFTA_RANGE_SREG);
	struct ps_nat_range range;
	size_t size, last_size;

	range.first = ps_nat_value_at(attributes, NFTA_RANGE_FROM_DATA, &size);
	range.last = ps_nat_value_at(attributes, NFTA_RANGE_TO_DATA, &last_size);
	range.size = size;
	if (!range.first || !range.last || size != last_size || size > 16 || slot->is_masked ||
	    ps_nat_number_at(attributes, NFTA_RANGE_OP) != NFT_RANGE_EQ)
		ps_nat_parts_miss(&run->parts);
	else
		ps_nat_parts_narrow(&run->parts, slot->field, &range);
}

/* Makes @match what the part of an element is that stands at its byte @at. */
static bool select_field(const struct ps_nat_slot *loaded, const struct ps_nat_element *element,
			 size_t at, struct ps_nat_match *match)
{
	const struct ps_nat_range range = { element->first + at, element->last + at,
					    element->size - at };

	if (loaded->is_masked || loaded->field == PS_NAT_UNREAD)
		match->is_partial = true;
	else
		return ps_nat_field_narrow(match, loaded->field, &range);
	return true;
}

void ps_nat_run_select(const struct ps_nat_run *run, unsigned int slot,
		       const struct ps_nat_element *element, struct ps_nat_parts *ret)
{
	struct ps_nat_match match = ps_nat_match_all();
	bool is_any = true;

	for (size_t at = 0; at < element->size && slot < PS_NAT_SLOTS && is_any;) {
		size_t words = run->slot[slot].field == PS_NAT_ADDRESS_6 ? 4 : 1;

		is_any = select_field(&run->slot[slot], element, at, &match);
		at += words * 4;
		slot += (unsigned int)words;
	}
	if (is_any)
		ps_nat_parts_add(ret, &match);
}

static void look_up(struct ps_nat_run *run, const struct ps_nat_attributes *lookup)
{
	unsigned int slot = register_at(lookup, NFTA_LOOKUP_SREG);
	const struct ps_nat_element *element;
	struct ps_nat_parts choices = {};
	size_t count;

	if (ps_nat_number_at(lookup, NFTA_LOOKUP_FLAGS) || !slot ||
	    !run->scope->find_set(run->scope, ps_nat_text_at(lookup, NFTA_LOOKUP_SET), &element,
				  &count)) {
		ps_nat_parts_miss(&run->parts);
		return;
	}
	if (lookup->of[NFTA_LOOKUP_DREG] && !ps_nat_number_at(lookup, NFTA_LOOKUP_DREG)) {
		run->element = element;
		run->element_count = count;
		run->element_slot = slot;
		return;
	}
	for (size_t i = 0; i < count; i++)
		ps_nat_run_select(run, slot, &element[i], &choices);
	ps_nat_parts_choose(&run->parts, &choices);
	ps_nat_parts_done(&choices);
	if (lookup->of[NFTA_LOOKUP_DREG]) /* what a map gives is another for each */
		*slot_at(run, lookup, NFTA_LOOKUP_DREG) = (struct ps_nat_slot){};
}

void ps_nat_verdict_read(struct ps_nat_scope *scope, const struct nlattr *verdict,
			 enum ps_nat_verdict *ret_verdict, size_t *ret_chain)
{
	struct ps_nat_attributes attributes = ps_nat_nest(verdict);
	int code = (int)ps_nat_number_at(&attributes, NFTA_VERDICT_CODE);

	if (code == NFT_CONTINUE)
		*ret_verdict = PS_NAT_GO_ON;
	else if (code == NFT_JUMP || code == NFT_GOTO)
		*ret_verdict = code == NFT_JUMP ? PS_NAT_JUMP : PS_NAT_GOTO;
	else
		*ret_verdict = PS_NAT_LEAVE;
	if (code == NFT_JUMP || code == NFT_GOTO)
		*ret_chain =
			scope->find_chain(scope, ps_nat_text_at(&attributes, NFTA_VERDICT_CHAIN));
}

static void load_immediate(struct ps_nat_run *run, const struct ps_nat_attributes *immediate)
{
	struct ps_nat_attributes data = ps_nat_nest(immediate->of[NFTA_IMMEDIATE_DATA]);
	struct ps_nat_slot slot = { .field = PS_NAT_CONSTANT };
	size_t size;
	const __u8 *value = ps_nat_value_at(immediate, NFTA_IMMEDIATE_DATA, &size);

	if (data.of[NFTA_DATA_VERDICT])
		ps_nat_verdict_read(run->scope, data.of[NFTA_DATA_VERDICT], &run->verdict,
				    &run->chain);
	if (!value || size > sizeof(slot.value))
		return;
	memcpy(slot.value, value, size);
	slot.size = size;
	*slot_at(run, immediate, NFTA_IMMEDIATE_DREG) = slot;
}

static __u16 port_of(const struct ps_nat_slot *slot)
{
	return slot->field == PS_NAT_CONSTANT && slot->size >= 2
		       ? (__u16)(slot->value[0] << 8 | slot->value[1])
		       : 0;
}

static void change_address(struct ps_nat_run *run, const struct ps_nat_attributes *nat)
{
	const struct ps_nat_slot *addr = slot_at(run, nat, NFTA_NAT_REG_ADDR_MIN);
	__u8 number = (__u8)ps_nat_number_at(nat, NFTA_NAT_FAMILY);
	enum ps_family family = number == NFPROTO_IPV6 ? PS_IPV6 : PS_IPV4;
	const struct ps_nat_range range = { &number, &number, 1 };
	__u16 port = 0;

	if (ps_nat_number_at(nat, NFTA_NAT_TYPE) != NFT_NAT_DNAT)
		return;
	run->verdict = PS_NAT_CHANGE;
	if (nat->of[NFTA_NAT_FAMILY]) /* in a table of both, it changes the packets of one */
		ps_nat_parts_narrow(&run->parts, PS_NAT_FAMILY, &range);
	if (nat->of[NFTA_NAT_REG_PROTO_MIN])
		port = port_of(slot_at(run, nat, NFTA_NAT_REG_PROTO_MIN));
	if (nat->of[NFTA_NAT_REG_ADDR_MIN] && addr->field == PS_NAT_CONSTANT)
		ps_nat_to_format(family, addr->value, port, run->to);
}

static void redirect(struct ps_nat_run *run, const struct ps_nat_attributes *redir)
{
	__u16 port = 0;

	if (redir->of[NFTA_REDIR_REG_PROTO_MIN])
		port = port_of(slot_at(run, redir, NFTA_REDIR_REG_PROTO_MIN));
	run->verdict = PS_NAT_CHANGE;
	ps_nat_to_format(PS_ANY, NULL, port, run->to);
}

static struct ps_xt read_xt(const struct ps_nat_attributes *attributes)
{
	const struct nlattr *info = attributes->of[NFTA_MATCH_INFO];

	return (struct ps_xt){
		.name = ps_nat_text_at(attributes, NFTA_MATCH_NAME),
		.revision = ps_nat_number_at(attributes, NFTA_MATCH_REV),
		.info = info ? mnl_attr_get_payload(info) : NULL,
		.size = info ? mnl_attr_get_payload_len(info) : 0,
	};
}

/* Of iptables, which keeps what nftables has no words for; targets have the same attributes. */
static void match_xt(struct ps_nat_run *run, const struct ps_nat_attributes *attributes)
{
	struct ps_xt xt = read_xt(attributes);

	ps_xt_match(&xt, &run->parts);
}

static void target_xt(struct ps_nat_run *run, const struct ps_nat_attributes *attributes)
{
	struct ps_xt xt = read_xt(attributes);

	ps_xt_target(&xt, &run->verdict, run->to);
}

static const struct {
	const char *name;
	/* NULL: it changes nothing */
	void (*execute)(struct ps_nat_run *run, const struct ps_nat_attributes *attributes);
} expressions[] = {
	{ "meta", load_meta },	   { "payload", load_payload },
	{ "fib", load_fib },	   { "bitwise", load_bitwise },
	{ "cmp", compare },	   { "range", compare_range },
	{ "lookup", look_up },	   { "immediate", load_immediate },
	{ "nat", change_address }, { "redir", redirect },
	{ "match", match_xt },	   { "target", target_xt },
	{ "counter", NULL },	   { "log", NULL },
};

static void execute(struct ps_nat_run *run, const struct nlattr *expression)
{
	struct ps_nat_attributes head = ps_nat_nest(expression);
	struct ps_nat_attributes data = ps_nat_nest(head.of[NFTA_EXPR_DATA]);
	const char *name = ps_nat_text_at(&head, NFTA_EXPR_NAME);

	for (size_t i = 0; i < MNL_ARRAY_SIZE(expressions); i++)
		if (!strcmp(name, expressions[i].name)) {
			if (expressions[i].execute)
				expressions[i].execute(run, &data);
			return;
		}
	ps_nat_parts_miss(&run->parts);
	memset(run->slot, 0, sizeof(run->slot)); /* it may have loaded something */
}

void ps_nat_run(struct ps_nat_run *run, struct ps_nat_scope *scope, const struct nlattr *all)
{
	const struct nlattr *expression;

	*run = (struct ps_nat_run){ .scope = scope };
	ps_nat_parts_init(&run->parts);
	if (!all)
		return;
	mnl_attr_for_each_nested(expression, all)
	{
		execute(run, expression);
	}
}
