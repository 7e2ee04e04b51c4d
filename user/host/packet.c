// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reads packet sockets with one sock_diag dump. See packet.h.
 */
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>
#include "host/listener_record.h"
#include "host/packet.h"

static bool takes_ip(__u16 protocol)
{
	return protocol == PS_PACKET_ALL || protocol == PS_PACKET_IPV4 ||
	       protocol == PS_PACKET_IPV6;
}

static int on_socket(const struct nlmsghdr *message, void *items)
{
	const struct packet_diag_msg *head = ps_netlink_head(message, sizeof(*head));
	struct packet_diag_info info = {};
	const struct nlattr *attr;
	struct ps_listener_record *record;

	if (!head || !takes_ip(head->pdiag_num))
		return MNL_CB_OK;
	record = ps_netlink_items_add(items);
	record->listener.port = head->pdiag_num;
	record->socket.inode = head->pdiag_ino;
	mnl_attr_for_each(attr, message, sizeof(*head))
	{
		if (mnl_attr_get_type(attr) == PACKET_DIAG_INFO)
			ps_netlink_copy(attr, &info, sizeof(info));
		else if (mnl_attr_get_type(attr) == PACKET_DIAG_UID)
			ps_netlink_copy(attr, &record->listener.uid, sizeof(record->listener.uid));
	}
	record->listener.ifindex = info.pdi_index;
	return MNL_CB_OK;
}

static int read_sockets(struct ps_netlink_items *records)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct packet_diag_req *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));

	request->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	head->sdiag_family = AF_PACKET;
	head->pdiag_show = PACKET_SHOW_INFO;
	return ps_netlink_dump(NETLINK_SOCK_DIAG, request, on_socket, records);
}

/* Zero for sockets of one listener. */
static int compare_places(const struct ps_listener *a, const struct ps_listener *b)
{
	if (a->ifindex != b->ifindex)
		return a->ifindex < b->ifindex ? -1 : 1;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	return (a->uid > b->uid) - (a->uid < b->uid);
}

int ps_packet_sockets_read(struct ps_listeners *ret)
{
	struct ps_netlink_items records = { .size = sizeof(struct ps_listener_record) };
	int err = read_sockets(&records);

	if (err)
		ps_netlink_items_done(&records);
	ps_listener_records_group(&records, compare_places, ret);
	return err;
}
