// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reading a set or a map of nftables: each element as a range of keys. Ends of
 * intervals are elements of their own there, and not here.
 */
#include <stdlib.h>
#include <string.h>
#include <linux/netfilter/nfnetlink.h>
#include "host/nat_reader.h"

struct reading {
	struct ps_netlink_items elements; /* struct ps_nat_element */
	struct ps_nat_scope *scope;
	bool is_unread; /* it has something that is not understood */
};

/* Its size, 0 when it is none that is understood. */
static size_t take_key(const struct ps_nat_attributes *attributes, int at, __u8 ret[PS_NAT_KEY])
{
	size_t size;
	const __u8 *value = ps_nat_value_at(attributes, at, &size);

	if (size > PS_NAT_KEY)
		return 0;
	if (value)
		memcpy(ret, value, size);
	return size;
}

static void take_element(struct reading *reading, const struct nlattr *nest)
{
	struct ps_nat_element *element = ps_netlink_items_add(&reading->elements);
	struct ps_nat_attributes attributes = ps_nat_nest(nest);
	struct ps_nat_attributes data = ps_nat_nest(attributes.of[NFTA_SET_ELEM_DATA]);
	__u32 flags = ps_nat_number_at(&attributes, NFTA_SET_ELEM_FLAGS);

	element->is_end = flags & NFT_SET_ELEM_INTERVAL_END;
	element->size = take_key(&attributes, NFTA_SET_ELEM_KEY, element->first);
	memcpy(element->last, element->first, sizeof(element->last));
	take_key(&attributes, NFTA_SET_ELEM_KEY_END, element->last);
	if (data.of[NFTA_DATA_VERDICT])
		ps_nat_verdict_read(reading->scope, data.of[NFTA_DATA_VERDICT], &element->verdict,
				    &element->chain);
	reading->is_unread |= !element->size;
}

static int on_elements(const struct nlmsghdr *message, void *items)
{
	struct reading *reading = (struct reading *)items; /* its first member */
	const struct nlattr *attr, *nest;

	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg))
	{
		if (mnl_attr_get_type(attr) != NFTA_SET_ELEM_LIST_ELEMENTS)
			continue;
		mnl_attr_for_each_nested(nest, attr)
		{
			take_element(reading, nest);
		}
	}
	return MNL_CB_OK;
}

static int on_set(const struct nlmsghdr *message, void *flags)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg))
	{
		if (mnl_attr_get_type(attr) == NFTA_SET_FLAGS)
			*(__u32 *)flags = ps_nat_number(attr);
	}
	return MNL_CB_OK;
}

static int read_flags(const struct ps_nat_set *set, __u32 *ret)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NAT_REQUEST_SIZE];
	struct nlmsghdr *request = ps_nat_request(buffer, NFT_MSG_GETSET, set->family);

	request->nlmsg_flags = NLM_F_ACK;
	mnl_attr_put_strz(request, NFTA_SET_TABLE, set->table);
	mnl_attr_put_strz(request, NFTA_SET_NAME, set->name);
	return ps_netlink_request(NETLINK_NETFILTER, request, on_set, ret);
}

static int read_elements(const struct ps_nat_set *set, struct reading *reading)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NAT_REQUEST_SIZE];
	struct nlmsghdr *request = ps_nat_request(buffer, NFT_MSG_GETSETELEM, set->family);

	mnl_attr_put_strz(request, NFTA_SET_ELEM_LIST_TABLE, set->table);
	mnl_attr_put_strz(request, NFTA_SET_ELEM_LIST_SET, set->name);
	return ps_netlink_dump(NETLINK_NETFILTER, request, on_elements, &reading->elements);
}

/* The end of an interval comes before what begins there. */
static int compare(const void *left, const void *right)
{
	const struct ps_nat_element *a = left, *b = right;
	int order = memcmp(a->first, b->first, sizeof(a->first));

	return order ?: b->is_end - a->is_end;
}

/* The greatest of @size bytes that is less than @bytes. */
static void decrease(__u8 *bytes, size_t size)
{
	while (size && !bytes[size - 1]--)
		size--;
}

/* What follows an interval, its end or another one, is not in it any more. */
static void close_intervals(struct ps_netlink_items *elements)
{
	struct ps_nat_element *item = elements->item;
	size_t kept = 0;

	for (size_t i = 0; i < elements->count; i++) {
		struct ps_nat_element element = item[i];

		if (element.is_end)
			continue;
		if (i + 1 == elements->count) {
			memset(element.last, 0xff, element.size);
		} else {
			memcpy(element.last, item[i + 1].first, sizeof(element.last));
			decrease(element.last, element.size);
		}
		item[kept++] = element;
	}
	elements->count = kept;
}

void ps_nat_set_read(struct ps_nat_scope *scope, struct ps_nat_set *set)
{
	struct reading reading = { .elements = { .size = sizeof(struct ps_nat_element) },
				   .scope = scope };
	__u32 flags = 0;

	set->is_unread =
		read_flags(set, &flags) || read_elements(set, &reading) || reading.is_unread;
	if (reading.elements.count)
		qsort(reading.elements.item, reading.elements.count, sizeof(struct ps_nat_element),
		      compare);
	if (flags & NFT_SET_INTERVAL && !(flags & NFT_SET_CONCAT))
		close_intervals(&reading.elements);
	set->element = reading.elements.item;
	set->count = reading.elements.count;
}
