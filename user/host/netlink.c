// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Requests and dumps over netlink, each on a socket of its own: what is left of
 * an interrupted answer can then never be taken for the next one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/memory.h"
#include "host/netlink.h"

#define RECEIVE_SIZE 32768 /* the most that the kernel puts into one datagram of a dump */
#define DUMP_TURNS 16

const void *ps_netlink_head(const struct nlmsghdr *message, size_t size)
{
	return mnl_nlmsg_get_payload_len(message) < size ? NULL : mnl_nlmsg_get_payload(message);
}

void ps_netlink_copy(const struct nlattr *attr, void *ret, size_t size)
{
	if (mnl_attr_get_payload_len(attr) == size)
		memcpy(ret, mnl_attr_get_payload(attr), size);
}

void *ps_netlink_items_add(struct ps_netlink_items *items)
{
	items->item = ps_memory_grow(items->item, items->count, &items->room, items->size);
	return memset((char *)items->item + items->size * items->count++, 0, items->size);
}

void ps_netlink_items_done(struct ps_netlink_items *items)
{
	free(items->item);
	*items = (struct ps_netlink_items){ .size = items->size };
}

static void close_socket(struct mnl_socket **socket)
{
	if (*socket)
		mnl_socket_close(*socket);
}

/*
 * Both messages that end an answer begin with 0 or a negative errno. libmnl does
 * not look into NLMSG_DONE, where a dump says that it failed after it began.
 */
static int on_end(const struct nlmsghdr *message, void *data)
{
	const int *err = mnl_nlmsg_get_payload(message);

	(void)data;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(*err) || !*err)
		return MNL_CB_STOP;
	errno = -*err;
	return MNL_CB_ERROR;
}

static int receive(struct mnl_socket *socket, unsigned int seq, mnl_cb_t callback, void *data)
{
	static mnl_cb_t control[] = { [NLMSG_ERROR] = on_end, [NLMSG_DONE] = on_end };
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[RECEIVE_SIZE];
	unsigned int port = mnl_socket_get_portid(socket);
	int more = MNL_CB_OK;

	while (more == MNL_CB_OK) {
		ssize_t length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));

		if (length < 0)
			return -errno;
		more = mnl_cb_run2(buffer, length, seq, port, callback, data, control,
				   MNL_ARRAY_SIZE(control));
	}
	return more == MNL_CB_STOP ? 0 : -errno;
}

int ps_netlink_request(int bus, struct nlmsghdr *request, mnl_cb_t callback, void *data)
{
	__attribute__((cleanup(close_socket))) struct mnl_socket *socket =
		mnl_socket_open2(bus, SOCK_CLOEXEC);

	if (!socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	request->nlmsg_flags |= NLM_F_REQUEST;
	request->nlmsg_seq = 1;
	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return -errno;
	return receive(socket, request->nlmsg_seq, callback, data);
}

int ps_netlink_dump(int bus, struct nlmsghdr *request, mnl_cb_t callback,
		    struct ps_netlink_items *items)
{
	size_t before = items->count;

	request->nlmsg_flags |= NLM_F_DUMP;
	for (int turn = 0; turn < DUMP_TURNS; turn++) {
		int err = ps_netlink_request(bus, request, callback, items);

		if (err != -EINTR)
			return err;
		items->count = before;
		ps_clock_nap(); /* whoever changes it does so for some milliseconds */
	}
	return -EAGAIN;
}
