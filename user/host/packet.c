// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reads packet sockets with one sock_diag dump. See packet.h.
 */
#include <stdlib.h>
#include <string.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>
#include "base/memory.h"
#include "host/netlink.h"
#include "host/packet.h"

/* A socket, as yet the only one of its listener. */
struct record {
	struct ps_listener listener;
	struct ps_socket socket;
};

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
	struct record *record;

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

static int compare(const void *left, const void *right)
{
	const struct record *a = left, *b = right;

	return compare_places(&a->listener, &b->listener);
}

static void group(struct ps_listeners *listeners, const struct record *record, size_t count)
{
	listeners->item = ps_memory_new(count, sizeof(*listeners->item));
	listeners->socket = ps_memory_new(count, sizeof(*listeners->socket));
	for (size_t i = 0; i < count; i++) {
		listeners->socket[i] = record[i].socket;
		if (!i || compare_places(&record[i - 1].listener, &record[i].listener)) {
			listeners->item[listeners->count] = record[i].listener;
			listeners->item[listeners->count++].socket = &listeners->socket[i];
		}
		listeners->item[listeners->count - 1].socket_count++;
	}
}

int ps_packet_sockets_read(struct ps_listeners *ret)
{
	struct ps_netlink_items records = { .size = sizeof(struct record) };
	int err = read_sockets(&records);

	*ret = (struct ps_listeners){};
	if (!err && records.count) {
		qsort(records.item, records.count, sizeof(struct record), compare);
		group(ret, records.item, records.count);
	}
	ps_netlink_items_done(&records);
	return err;
}
