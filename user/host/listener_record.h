/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sockets as they are dumped, one by one, and how they become listeners. For the
 * readers of listeners alone.
 */
#ifndef PORTSTEER_HOST_LISTENER_RECORD_H
#define PORTSTEER_HOST_LISTENER_RECORD_H

#include "host/listener.h"
#include "host/netlink.h"

/* A socket, as yet the only one of its listener. */
struct ps_listener_record {
	struct ps_listener listener;
	struct ps_socket socket;
};

/* Zero for sockets of one listener. */
typedef int (*ps_listener_order)(const struct ps_listener *a, const struct ps_listener *b);

/* Puts @records in order, and those of one listener together. Releases them. */
void ps_listener_records_group(struct ps_netlink_items *records, ps_listener_order order,
			       struct ps_listeners *ret);

#endif
