// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Interfaces by rtnetlink, and what their drivers can do with XDP by the
 * generic netlink family "netdev", which kernels before 6.3 do not have.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include "host/device.h"
#include "host/framing.h"
#include "host/netlink.h"
#include "host/netns_id.h"

/* include/uapi/linux/netdev.h of 6.3 and later */
#define NETDEV_FAMILY_NAME_6_3 "netdev"
#define NETDEV_CMD_DEV_GET_6_3 1
#define NETDEV_A_DEV_IFINDEX_6_3 1
#define NETDEV_A_DEV_XDP_FEATURES_6_3 3

static void take_text(char *ret, size_t size, const struct nlattr *attr)
{
	size_t length = strnlen(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));

	if (length >= size)
		length = size - 1;
	memcpy(ret, mnl_attr_get_payload(attr), length);
	ret[length] = '\0';
}

/* Tunnels that say where they take packets; that of WireGuard is told to root alone. */
static const struct {
	const char *kind;
	int attribute;
} tunnels[] = {
	{ "vxlan", IFLA_VXLAN_PORT },
	{ "geneve", IFLA_GENEVE_PORT },
	{ "bareudp", IFLA_BAREUDP_PORT },
};

static int port_attribute(const char *kind)
{
	for (size_t i = 0; i < MNL_ARRAY_SIZE(tunnels); i++)
		if (!strcmp(kind, tunnels[i].kind))
			return tunnels[i].attribute;
	return -1;
}

static void take_tunnel(struct ps_device *device, const struct nlattr *data)
{
	int attribute = port_attribute(device->kind);
	const struct nlattr *attr;
	__be16 port_be = 0;

	mnl_attr_for_each_nested(attr, data)
	{
		if (mnl_attr_get_type(attr) == attribute)
			ps_netlink_copy(attr, &port_be, sizeof(port_be));
	}
	device->tunnel_port = ntohs(port_be);
}

/* The kind comes before what is particular to it (rtnl_link_fill()). */
static void take_info(struct ps_device *device, const struct nlattr *info)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, info)
	{
		if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
			take_text(device->kind, sizeof(device->kind), attr);
		else if (mnl_attr_get_type(attr) == IFLA_INFO_DATA)
			take_tunnel(device, attr);
	}
}

static void take_program(struct ps_device *device, const struct nlattr *xdp)
{
	__u8 attached = XDP_ATTACHED_NONE;
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, xdp)
	{
		if (mnl_attr_get_type(attr) == IFLA_XDP_ATTACHED)
			ps_netlink_copy(attr, &attached, sizeof(attached));
	}
	device->has_program = attached != XDP_ATTACHED_NONE;
}

static void take_attribute(struct ps_device *device, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case IFLA_IFNAME:
		take_text(device->name, sizeof(device->name), attr);
		break;
	case IFLA_MTU:
		ps_netlink_copy(attr, &device->mtu, sizeof(device->mtu));
		break;
	case IFLA_LINK:
		ps_netlink_copy(attr, &device->link, sizeof(device->link));
		break;
	case IFLA_MASTER:
		ps_netlink_copy(attr, &device->master, sizeof(device->master));
		break;
	case IFLA_LINK_NETNSID:
		ps_netlink_copy(attr, &device->netns_id, sizeof(device->netns_id));
		break;
	case IFLA_LINKINFO:
		take_info(device, attr);
		break;
	case IFLA_XDP:
		take_program(device, attr);
		break;
	}
}

static int on_link(const struct nlmsghdr *message, void *items)
{
	const struct ifinfomsg *head = ps_netlink_head(message, sizeof(*head));
	struct ps_device *device;
	const struct nlattr *attr;

	if (!head)
		return MNL_CB_OK;
	device = ps_netlink_items_add(items);
	device->ifindex = (__u32)head->ifi_index;
	device->is_up = head->ifi_flags & IFF_UP;
	device->has_no_link = ps_framing_has_no_link(head->ifi_type);
	device->netns_id = -1;
	mnl_attr_for_each(attr, message, sizeof(*head))
	{
		take_attribute(device, attr);
	}
	return MNL_CB_OK;
}

static int read_links(struct ps_netlink_items *items)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);

	request->nlmsg_type = RTM_GETLINK;
	mnl_nlmsg_put_extra_header(request, sizeof(struct ifinfomsg));
	mnl_attr_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return ps_netlink_dump(NETLINK_ROUTE, request, on_link, items);
}

static int compare(const void *a, const void *b)
{
	const struct ps_device *one = a, *other = b;

	return one->ifindex < other->ifindex ? -1 : one->ifindex > other->ifindex;
}

static struct ps_device *find(const struct ps_devices *devices, __u32 ifindex)
{
	const struct ps_device key = { .ifindex = ifindex };

	if (!devices->count)
		return NULL;
	return bsearch(&key, devices->item, devices->count, sizeof(key), compare);
}

static struct nlmsghdr *generic_request(char *buffer, int family, __u8 command)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));

	request->nlmsg_type = (__u16)family;
	head->cmd = command;
	head->version = 1;
	return request;
}

static int on_family(const struct nlmsghdr *message, void *family)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct genlmsghdr))
	{
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			ps_netlink_copy(attr, family, sizeof(__u16));
	}
	return MNL_CB_OK;
}

struct features {
	__u32 ifindex;
	__u64 bits;
};

static int on_features(const struct nlmsghdr *message, void *items)
{
	struct features *features = ps_netlink_items_add(items);
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct genlmsghdr))
	{
		if (mnl_attr_get_type(attr) == NETDEV_A_DEV_IFINDEX_6_3)
			ps_netlink_copy(attr, &features->ifindex, sizeof(features->ifindex));
		else if (mnl_attr_get_type(attr) == NETDEV_A_DEV_XDP_FEATURES_6_3)
			ps_netlink_copy(attr, &features->bits, sizeof(features->bits));
	}
	return MNL_CB_OK;
}

/* A kernel that does not know leaves knows_features false. */
static void read_features(const struct ps_devices *devices)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = generic_request(buffer, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	struct ps_netlink_items items = { .size = sizeof(struct features) };
	const struct features *features;
	__u16 family = 0;

	request->nlmsg_flags = NLM_F_ACK;
	mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, NETDEV_FAMILY_NAME_6_3);
	if (ps_netlink_request(NETLINK_GENERIC, request, on_family, &family) || !family)
		return;
	request = generic_request(buffer, family, NETDEV_CMD_DEV_GET_6_3);
	if (ps_netlink_dump(NETLINK_GENERIC, request, on_features, &items))
		items.count = 0;
	features = items.item;
	for (size_t i = 0; i < items.count; i++) {
		struct ps_device *device = find(devices, features[i].ifindex);

		if (!device)
			continue;
		device->knows_features = true;
		device->features = features[i].bits;
	}
	ps_netlink_items_done(&items);
}

/* The other end of @device, in another namespace. */
static int read_peer(const struct ps_device *device, struct ps_netlink_items *items)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));

	request->nlmsg_type = RTM_GETLINK;
	request->nlmsg_flags = NLM_F_ACK;
	head->ifi_index = (int)device->link;
	mnl_attr_put_u32(request, IFLA_TARGET_NETNSID, (__u32)device->netns_id);
	return ps_netlink_request(NETLINK_ROUTE, request, on_link, items);
}

static void take_peer(struct ps_device *device, const struct ps_device *peer)
{
	device->knows_peer = true;
	device->peer_has_program = peer->has_program;
	memcpy(device->peer, peer->name, sizeof(device->peer));
}

static void find_peer_elsewhere(struct ps_device *device, struct ps_netns_ids *ids)
{
	struct ps_netlink_items items = { .size = sizeof(struct ps_device) };

	if (!read_peer(device, &items) && items.count) {
		take_peer(device, items.item);
		ps_netns_ids_name(ids, device->netns_id, device->peer_netns,
				  sizeof(device->peer_netns));
	}
	ps_netlink_items_done(&items);
}

static void find_peers(const struct ps_devices *devices)
{
	__attribute__((cleanup(ps_netns_ids_done))) struct ps_netns_ids ids = {};

	for (size_t i = 0; i < devices->count; i++) {
		struct ps_device *device = &devices->item[i];
		const struct ps_device *peer;

		if (strcmp(device->kind, "veth"))
			continue;
		peer = device->netns_id < 0 ? find(devices, device->link) : NULL;
		if (peer)
			take_peer(device, peer);
		else if (device->netns_id >= 0)
			find_peer_elsewhere(device, &ids);
	}
}

static void mark_vlans(const struct ps_devices *devices)
{
	for (size_t i = 0; i < devices->count; i++) {
		const struct ps_device *device = &devices->item[i];
		struct ps_device *lower = NULL;

		if (!strcmp(device->kind, "vlan") && device->netns_id < 0)
			lower = find(devices, device->link);
		if (lower)
			lower->has_vlans = true;
	}
}

int ps_devices_read(struct ps_devices *ret, struct ps_error *error)
{
	struct ps_netlink_items items = { .size = sizeof(struct ps_device) };
	int err = read_links(&items);

	*ret = (struct ps_devices){ items.item, items.count };
	if (ret->count)
		qsort(ret->item, ret->count, sizeof(*ret->item), compare);
	if (err)
		return ps_error_errno(error, -err, "cannot list the interfaces");
	read_features(ret);
	mark_vlans(ret);
	find_peers(ret);
	return 0;
}

void ps_devices_done(struct ps_devices *devices)
{
	free(devices->item);
	*devices = (struct ps_devices){};
}

const struct ps_device *ps_devices_find(const struct ps_devices *devices, __u32 ifindex)
{
	return find(devices, ifindex);
}
