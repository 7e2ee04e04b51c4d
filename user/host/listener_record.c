// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * From sockets to listeners. See listener_record.h.
 */
#include <stdlib.h>
#include "base/memory.h"
#include "host/listener_record.h"

static int compare(const void *left, const void *right, void *order)
{
	const struct ps_listener_record *a = left, *b = right;
	int places = (*(ps_listener_order *)order)(&a->listener, &b->listener);

	return places ?: (a->socket.inode > b->socket.inode) - (a->socket.inode < b->socket.inode);
}

/* Neighbours at one place are one listener. */
static void group(struct ps_listeners *listeners, const struct ps_netlink_items *records,
		  ps_listener_order order)
{
	const struct ps_listener_record *record = records->item;

	listeners->item = ps_memory_new(records->count, sizeof(*listeners->item));
	listeners->socket = ps_memory_new(records->count, sizeof(*listeners->socket));
	for (size_t i = 0; i < records->count; i++) {
		listeners->socket[i] = record[i].socket;
		if (!i || order(&record[i - 1].listener, &record[i].listener)) {
			listeners->item[listeners->count] = record[i].listener;
			listeners->item[listeners->count++].socket = &listeners->socket[i];
		}
		listeners->item[listeners->count - 1].socket_count++;
	}
}

void ps_listener_records_group(struct ps_netlink_items *records, ps_listener_order order,
			       struct ps_listeners *ret)
{
	*ret = (struct ps_listeners){};
	if (records->count) {
		qsort_r(records->item, records->count, records->size, compare, &order);
		group(ret, records, order);
	}
	ps_netlink_items_done(records);
}
