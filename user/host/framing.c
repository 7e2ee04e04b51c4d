// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Types of interfaces. See framing.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include "host/framing.h"
#include "host/netlink.h"

static const struct {
	__u16 type;
	enum { OTHER, ETHERNET, IP } begins;
	const char *name;
} types[] = {
	{ ARPHRD_ETHER, ETHERNET, "Ethernet" },
	{ ARPHRD_LOOPBACK, ETHERNET, "loopback" },
	{ ARPHRD_NONE, IP, "none" }, /* tun, WireGuard */
	{ ARPHRD_PPP, IP, "PPP" },
	{ ARPHRD_RAWIP, IP, "raw IP" },
	{ ARPHRD_TUNNEL, IP, "IPv4 tunnel" },
	{ ARPHRD_TUNNEL6, IP, "IPv6 tunnel" },
	{ ARPHRD_SIT, IP, "SIT" },
	{ ARPHRD_IPGRE, IP, "GRE" },
	{ ARPHRD_IP6GRE, IP, "GRE over IPv6" },
	{ ARPHRD_INFINIBAND, OTHER, "InfiniBand" },
	{ ARPHRD_IEEE1394, OTHER, "FireWire" },
	{ ARPHRD_SLIP, OTHER, "SLIP" },
	{ ARPHRD_CAN, OTHER, "CAN" },
	{ ARPHRD_CISCO, OTHER, "HDLC" },
	{ ARPHRD_IEEE80211, OTHER, "raw 802.11" },
	{ ARPHRD_IEEE80211_PRISM, OTHER, "raw 802.11" },
	{ ARPHRD_IEEE80211_RADIOTAP, OTHER, "raw 802.11" },
	{ ARPHRD_IEEE802154, OTHER, "802.15.4" },
	{ ARPHRD_6LOWPAN, OTHER, "6LoWPAN" },
	{ ARPHRD_NETLINK, OTHER, "netlink" },
};

#define TYPES (sizeof(types) / sizeof(*types))

/* The row of @type, or TYPES. */
static size_t find(__u16 type)
{
	size_t at = 0;

	while (at < TYPES && types[at].type != type)
		at++;
	return at;
}

bool ps_framing_is_known(__u16 type)
{
	size_t at = find(type);

	return at < TYPES && types[at].begins != OTHER;
}

bool ps_framing_has_no_link(__u16 type)
{
	size_t at = find(type);

	return at < TYPES && types[at].begins == IP;
}

bool ps_framing_is_bare(const struct ps_framing *framing)
{
	static const char *const kinds[] = { "tun", "wireguard", "ppp", "ipip", "sit", "ip6tnl" };

	if (!ps_framing_has_no_link(framing->type))
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(framing->kind, kinds[i]))
			return true;
	return framing->type == ARPHRD_PPP || framing->type == ARPHRD_RAWIP;
}

const char *ps_framing_name(__u16 type, char text[PS_FRAMING_TEXT])
{
	size_t at = find(type);

	if (at < TYPES)
		snprintf(text, PS_FRAMING_TEXT, "%s", types[at].name);
	else
		snprintf(text, PS_FRAMING_TEXT, "type %u", type);
	return text;
}

static void take_kind(struct ps_framing *framing, const struct nlattr *info)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, info)
	{
		if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
			snprintf(framing->kind, sizeof(framing->kind), "%.*s",
				 (int)mnl_attr_get_payload_len(attr), mnl_attr_get_str(attr));
	}
}

static int on_link(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *head = mnl_nlmsg_get_payload(message);
	struct ps_framing *framing = data;
	const struct nlattr *attr;

	framing->type = head->ifi_type;
	mnl_attr_for_each(attr, message, sizeof(*head))
	{
		if (mnl_attr_get_type(attr) == IFLA_LINKINFO)
			take_kind(framing, attr);
	}
	return MNL_CB_OK;
}

int ps_framing_read(__u32 ifindex, struct ps_framing *ret)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));
	struct ps_framing found = { .type = ARPHRD_VOID };
	int err;

	request->nlmsg_type = RTM_GETLINK;
	request->nlmsg_flags = NLM_F_ACK;
	head->ifi_index = (int)ifindex;
	err = ps_netlink_request(NETLINK_ROUTE, request, on_link, &found);
	if (err)
		return err;
	*ret = found;
	return 0;
}
