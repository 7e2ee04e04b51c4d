// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What rtnetlink tells of hooks. See hooked.h. libbpf asks for all interfaces
 * to tell of one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include "host/hooked.h"
#include "host/netlink.h"

static void take_xdp(struct ps_xdp_ids *ids, const struct nlattr *xdp)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, xdp)
	{
		if (mnl_attr_get_type(attr) == IFLA_XDP_HW_PROG_ID)
			ps_netlink_copy(attr, &ids->hardware, sizeof(ids->hardware));
		else if (mnl_attr_get_type(attr) == IFLA_XDP_DRV_PROG_ID)
			ps_netlink_copy(attr, &ids->driver, sizeof(ids->driver));
		else if (mnl_attr_get_type(attr) == IFLA_XDP_SKB_PROG_ID)
			ps_netlink_copy(attr, &ids->generic, sizeof(ids->generic));
	}
}

static void take_name(struct ps_hooked *hooked, const struct nlattr *attr)
{
	size_t length = strnlen(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));

	if (length < sizeof(hooked->name))
		memcpy(hooked->name, mnl_attr_get_payload(attr), length);
}

static int on_link(const struct nlmsghdr *message, void *items)
{
	const struct ifinfomsg *head = ps_netlink_head(message, sizeof(*head));
	struct ps_hooked *hooked;
	const struct nlattr *attr;

	if (!head)
		return MNL_CB_OK;
	hooked = ps_netlink_items_add(items);
	hooked->ifindex = (__u32)head->ifi_index;
	mnl_attr_for_each(attr, message, sizeof(*head))
	{
		if (mnl_attr_get_type(attr) == IFLA_IFNAME)
			take_name(hooked, attr);
		else if (mnl_attr_get_type(attr) == IFLA_XDP)
			take_xdp(&hooked->xdp, attr);
	}
	return MNL_CB_OK;
}

/* Counters of packets are most of an answer, and nobody reads them here. */
static struct nlmsghdr *request_link(char *buffer, __u32 ifindex)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));

	request->nlmsg_type = RTM_GETLINK;
	head->ifi_index = (int)ifindex;
	mnl_attr_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return request;
}

static int compare(const void *a, const void *b)
{
	const struct ps_hooked *one = a, *other = b;

	return one->ifindex < other->ifindex ? -1 : one->ifindex > other->ifindex;
}

static struct ps_hooked *find(const struct ps_hooked_all *all, __u32 ifindex)
{
	const struct ps_hooked key = { .ifindex = ifindex };

	return all->count ? bsearch(&key, all->item, all->count, sizeof(key), compare) : NULL;
}

static int on_qdisc(const struct nlmsghdr *message, void *items)
{
	const struct tcmsg *head = ps_netlink_head(message, sizeof(*head));

	if (head && TC_H_MAJ(head->tcm_handle) == TC_H_MAJ(TC_H_INGRESS))
		*(__u32 *)ps_netlink_items_add(items) = (__u32)head->tcm_ifindex;
	return MNL_CB_OK;
}

/* Where that cannot be told, filters are looked for at each interface. */
static void mark_filters(const struct ps_hooked_all *all)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct ps_netlink_items items = { .size = sizeof(__u32) };
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	const __u32 *ifindexes;
	int err;

	request->nlmsg_type = RTM_GETQDISC;
	mnl_nlmsg_put_extra_header(request, sizeof(struct tcmsg));
	err = ps_netlink_dump(NETLINK_ROUTE, request, on_qdisc, &items);
	for (size_t i = 0; i < all->count; i++)
		all->item[i].may_have_filters = err != 0;
	ifindexes = items.item;
	for (size_t i = 0; i < items.count; i++) {
		struct ps_hooked *hooked = find(all, ifindexes[i]);

		if (hooked)
			hooked->may_have_filters = true;
	}
	ps_netlink_items_done(&items);
}

void ps_hooked_read(struct ps_hooked_all *ret)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct ps_netlink_items items = { .size = sizeof(struct ps_hooked) };

	if (ps_netlink_dump(NETLINK_ROUTE, request_link(buffer, 0), on_link, &items))
		items.count = 0;
	*ret = (struct ps_hooked_all){ items.item, items.count };
	if (!ret->count)
		return;
	qsort(ret->item, ret->count, sizeof(*ret->item), compare);
	mark_filters(ret);
}

void ps_hooked_done(struct ps_hooked_all *all)
{
	free(all->item);
	*all = (struct ps_hooked_all){};
}

static int ask(__u32 ifindex, struct ps_hooked *ret)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct ps_netlink_items items = { .size = sizeof(struct ps_hooked) };
	struct nlmsghdr *request = request_link(buffer, ifindex);
	int err;

	request->nlmsg_flags = NLM_F_ACK;
	err = ps_netlink_request(NETLINK_ROUTE, request, on_link, &items);
	if (!err && !items.count)
		err = -EIO;
	if (!err) {
		*ret = *(const struct ps_hooked *)items.item;
		ret->may_have_filters = true;
	}
	ps_netlink_items_done(&items);
	return err;
}

struct ps_answer ps_hooked_ask(const struct ps_hooked_all *all, __u32 ifindex,
			       struct ps_hooked *ret)
{
	const struct ps_hooked *known = all ? find(all, ifindex) : NULL;

	if (!known)
		return ps_answer_of(-ask(ifindex, ret));
	*ret = *known;
	return ps_answer_yes();
}
