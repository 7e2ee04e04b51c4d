/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One question to the kernel over netlink(7) and all of its answer, in the
 * current network namespace. The readers of sockets, addresses and neighbours
 * share it; each says only what to ask and how to read one message.
 */
#ifndef PORTSTEER_HOST_NETLINK_H
#define PORTSTEER_HOST_NETLINK_H

#include <stddef.h>
#include <libmnl/libmnl.h>

#define PS_NETLINK_REQUEST_SIZE 256 /* enough for every question we ask */

/* What a dump collects: @count items of @size bytes each. */
struct ps_netlink_items {
	void *item;
	size_t size;
	size_t count;
	size_t room;
};

/* The fixed part that a message begins with, NULL when the message is too short for it. */
const void *ps_netlink_head(const struct nlmsghdr *message, size_t size);

/* Copies the value of @attr; *@ret is untouched when it has another size. */
void ps_netlink_copy(const struct nlattr *attr, void *ret, size_t size);

/* Appends a zeroed item. */
void *ps_netlink_items_add(struct ps_netlink_items *items);
void ps_netlink_items_done(struct ps_netlink_items *items);

/*
 * Sends @request, marked NLM_F_ACK or NLM_F_DUMP so that the answer has an end,
 * and hands each message of the answer to @callback. Returns 0 or -errno.
 */
int ps_netlink_request(int bus, struct nlmsghdr *request, mnl_cb_t callback, void *data);

/*
 * The same for a dump: @callback gets @items as its data. Asks again when what
 * is dumped changed meanwhile, and gives up with -EAGAIN when it never rests.
 */
int ps_netlink_dump(int bus, struct nlmsghdr *request, mnl_cb_t callback,
		    struct ps_netlink_items *items);

#endif
