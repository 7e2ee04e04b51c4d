// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reads the waiting sockets of the current network namespace with four
 * sock_diag dumps: TCP and UDP, each of IPv4 and of IPv6. Who owns them is
 * found in owner.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include "listener.h"
#include "netlink.h"

/* What to ask for; a datagram socket is in TCP_CLOSE until it is connected. */
static const struct dump {
	int domain;
	int protocol;
	int state;
	enum ps_proto proto;
	const char *what;
} dumps[] = {
	{ AF_INET, IPPROTO_TCP, TCP_LISTEN, PS_TCP, "listening TCP sockets (IPv4)" },
	{ AF_INET6, IPPROTO_TCP, TCP_LISTEN, PS_TCP, "listening TCP sockets (IPv6)" },
	{ AF_INET, IPPROTO_UDP, TCP_CLOSE, PS_UDP, "bound UDP sockets (IPv4)" },
	{ AF_INET6, IPPROTO_UDP, TCP_CLOSE, PS_UDP, "bound UDP sockets (IPv6)" },
};

/* Without the attribute the socket counts as taking both families, the wider claim. */
static bool is_v6only(const struct nlmsghdr *message)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct inet_diag_msg))
	{
		if (mnl_attr_get_type(attr) == INET_DIAG_SKV6ONLY)
			return mnl_attr_get_u8(attr);
	}
	return false;
}

static void set_address(struct ps_listener *listener, const struct inet_diag_msg *socket,
			const struct nlmsghdr *message)
{
	const struct in6_addr *src = (const struct in6_addr *)socket->id.idiag_src;

	if (socket->idiag_family == AF_INET) {
		listener->family = PS_IPV4;
		memcpy(listener->addr, src->s6_addr, 4);
	} else if (IN6_IS_ADDR_V4MAPPED(src)) {
		listener->family = PS_IPV4;
		memcpy(listener->addr, src->s6_addr + 12, 4);
	} else if (IN6_IS_ADDR_UNSPECIFIED(src)) {
		listener->family = is_v6only(message) ? PS_IPV6 : PS_ANY;
	} else {
		listener->family = PS_IPV6;
		memcpy(listener->addr, src->s6_addr, 16);
	}
}

static int on_socket(const struct nlmsghdr *message, void *items)
{
	const struct inet_diag_msg *socket = mnl_nlmsg_get_payload(message);
	struct ps_listener *listener;

	if (socket->id.idiag_dport || !socket->id.idiag_sport)
		return MNL_CB_OK;
	listener = ps_netlink_items_add(items);
	set_address(listener, socket, message);
	listener->port = ntohs(socket->id.idiag_sport);
	listener->ifindex = socket->id.idiag_if;
	listener->uid = socket->idiag_uid;
	listener->inode = socket->idiag_inode;
	return MNL_CB_OK;
}

static int read_sockets(const struct dump *dump, struct ps_netlink_items *items)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct inet_diag_req_v2 *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));
	size_t before = items->count;
	int err;

	request->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	head->sdiag_family = dump->domain;
	head->sdiag_protocol = dump->protocol;
	head->idiag_states = 1U << dump->state;
	err = ps_netlink_dump(NETLINK_SOCK_DIAG, request, on_socket, items);
	if (err)
		return err;
	for (size_t i = before; i < items->count; i++)
		((struct ps_listener *)items->item)[i].proto = dump->proto; /* not in the answer */
	return 0;
}

static int compare(const void *left, const void *right)
{
	const struct ps_listener *a = left, *b = right;
	int addr = memcmp(a->addr, b->addr, sizeof(a->addr));

	if (a->proto != b->proto)
		return a->proto < b->proto ? -1 : 1;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (addr)
		return addr;
	if (a->ifindex != b->ifindex)
		return a->ifindex < b->ifindex ? -1 : 1;
	return (a->inode > b->inode) - (a->inode < b->inode);
}

int ps_listeners_read(struct ps_listeners *ret, struct ps_error *error)
{
	__attribute__((cleanup(ps_netlink_items_done))) struct ps_netlink_items items = {
		.size = sizeof(struct ps_listener)
	};

	*ret = (struct ps_listeners){ 0 };
	for (size_t i = 0; i < MNL_ARRAY_SIZE(dumps); i++) {
		int err = read_sockets(&dumps[i], &items);

		if (err)
			return ps_error_errno(error, -err, "cannot list %s", dumps[i].what);
	}
	if (items.count)
		qsort(items.item, items.count, items.size, compare);
	*ret = (struct ps_listeners){ .item = items.item, .count = items.count };
	items.item = NULL; /* now of *ret */
	return 0;
}

void ps_listeners_done(struct ps_listeners *listeners)
{
	free(listeners->item);
	*listeners = (struct ps_listeners){ 0 };
}
