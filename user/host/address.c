// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reads the addresses of the current network namespace with one RTM_GETADDR
 * dump. On a point-to-point interface IFA_ADDRESS is the other end, so
 * IFA_LOCAL is asked first.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include "host/address.h"
#include "host/netlink.h"

static const struct nlattr *own_address(const struct nlmsghdr *message)
{
	const struct nlattr *attr, *found = NULL;

	mnl_attr_for_each(attr, message, sizeof(struct ifaddrmsg))
	{
		if (mnl_attr_get_type(attr) == IFA_LOCAL)
			return attr;
		if (mnl_attr_get_type(attr) == IFA_ADDRESS)
			found = attr;
	}
	return found;
}

static int on_address(const struct nlmsghdr *message, void *items)
{
	const struct ifaddrmsg *head = ps_netlink_head(message, sizeof(*head));
	const struct nlattr *own = own_address(message);
	size_t length = head && head->ifa_family == AF_INET ? 4 : 16;
	struct ps_address *address;

	if (!head)
		return MNL_CB_OK;
	if (head->ifa_family != AF_INET && head->ifa_family != AF_INET6)
		return MNL_CB_OK;
	if (!own || mnl_attr_get_payload_len(own) != length)
		return MNL_CB_OK;
	address = ps_netlink_items_add(items);
	memcpy(address->addr, mnl_attr_get_payload(own), length);
	address->family = head->ifa_family == AF_INET ? PS_IPV4 : PS_IPV6;
	address->ifindex = head->ifa_index;
	return MNL_CB_OK;
}

int ps_addresses_read(struct ps_addresses *ret, struct ps_error *error)
{
	__attribute__((cleanup(ps_netlink_items_done))) struct ps_netlink_items items = {
		.size = sizeof(struct ps_address)
	};
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	int err;

	*ret = (struct ps_addresses){ 0 };
	request->nlmsg_type = RTM_GETADDR;
	mnl_nlmsg_put_extra_header(request, sizeof(struct ifaddrmsg)); /* AF_UNSPEC: all */
	err = ps_netlink_dump(NETLINK_ROUTE, request, on_address, &items);
	if (err)
		return ps_error_errno(error, -err, "cannot list the addresses of this host");
	*ret = (struct ps_addresses){ .item = items.item, .count = items.count };
	items.item = NULL; /* now of *ret */
	return 0;
}

void ps_addresses_done(struct ps_addresses *addresses)
{
	free(addresses->item);
	*addresses = (struct ps_addresses){ 0 };
}
