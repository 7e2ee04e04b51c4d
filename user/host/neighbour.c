// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Link addresses from the kernel's own tables. A neighbour that the kernel does
 * not know is resolved by the kernel, as if a packet had been sent to it; here
 * is only the waiting.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include "host/neighbour.h"
#include "host/netlink.h"

#define MAC_SIZE 6
#define POLL_MS 10
#define STATES_USABLE \
	(NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE)

struct found {
	bool known;
	__u8 mac[MAC_SIZE];
};

/* Takes the link address from attribute @type of @message, if it is one of Ethernet. */
static void take_mac(struct found *found, const struct nlmsghdr *message, size_t head, int type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, head)
	{
		if (mnl_attr_get_type(attr) != type || mnl_attr_get_payload_len(attr) != MAC_SIZE)
			continue;
		memcpy(found->mac, mnl_attr_get_payload(attr), MAC_SIZE);
		found->known = true;
	}
}

static int on_neighbour(const struct nlmsghdr *message, void *found)
{
	const struct ndmsg *head = ps_netlink_head(message, sizeof(*head));

	if (head && head->ndm_state & STATES_USABLE)
		take_mac(found, message, sizeof(*head), NDA_LLADDR);
	return MNL_CB_OK;
}

static int on_link(const struct nlmsghdr *message, void *found)
{
	take_mac(found, message, sizeof(struct ifinfomsg), IFLA_ADDRESS);
	return MNL_CB_OK;
}

/* Fills @buffer with a request of @type about one neighbour. */
static struct nlmsghdr *neighbour_request(char *buffer, int type, __u32 ifindex,
					  enum ps_family family, const __u8 addr[16])
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ndmsg *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_ACK;
	head->ndm_family = family == PS_IPV4 ? AF_INET : AF_INET6;
	head->ndm_ifindex = ifindex;
	mnl_attr_put(request, NDA_DST, family == PS_IPV4 ? 4 : 16, addr);
	return request;
}

/* -ENOENT also when the entry exists without a usable link address. */
static int look_up(__u32 ifindex, enum ps_family family, const __u8 addr[16],
		   __u8 ret_mac[MAC_SIZE])
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = neighbour_request(buffer, RTM_GETNEIGH, ifindex, family, addr);
	struct found found = { 0 };
	int err = ps_netlink_request(NETLINK_ROUTE, request, on_neighbour, &found);

	if (err)
		return err;
	if (!found.known)
		return -ENOENT;
	memcpy(ret_mac, found.mac, MAC_SIZE);
	return 0;
}

static int ask_kernel(__u32 ifindex, enum ps_family family, const __u8 addr[16])
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = neighbour_request(buffer, RTM_NEWNEIGH, ifindex, family, addr);
	struct ndmsg *head = mnl_nlmsg_get_payload(request);

	request->nlmsg_flags |= NLM_F_CREATE;
	head->ndm_flags = NTF_USE;
	return ps_netlink_request(NETLINK_ROUTE, request, NULL, NULL);
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

int ps_neighbour_resolve(__u32 ifindex, enum ps_family family, const __u8 addr[16], int wait_ms,
			 __u8 ret_mac[6])
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	long long deadline = now_ms() + wait_ms;
	int err = look_up(ifindex, family, addr, ret_mac);

	if (err != -ENOENT)
		return err;
	err = ask_kernel(ifindex, family, addr);
	if (err)
		return err == -EINVAL ? -ENOENT : err; /* has no neighbours of this family */
	do {
		err = look_up(ifindex, family, addr, ret_mac);
	} while (err == -ENOENT && now_ms() < deadline && !nanosleep(&pause, NULL));
	return err;
}

int ps_device_mac(__u32 ifindex, __u8 ret_mac[6])
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));
	struct found found = { 0 };
	int err;

	request->nlmsg_type = RTM_GETLINK;
	request->nlmsg_flags = NLM_F_ACK;
	head->ifi_index = ifindex;
	err = ps_netlink_request(NETLINK_ROUTE, request, on_link, &found);
	if (err)
		return err;
	if (!found.known)
		return -ENODATA;
	memcpy(ret_mac, found.mac, MAC_SIZE);
	return 0;
}
