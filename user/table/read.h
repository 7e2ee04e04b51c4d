/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading the live table: what packets see now. Changing it is publish.h.
 */
#ifndef PORTSTEER_TABLE_READ_H
#define PORTSTEER_TABLE_READ_H

#include "binding/binding.h"
#include "pins/instance.h"

/* Calls @visit for every binding, in no order. */
typedef void (*ps_binding_visit)(void *context, const struct ps_binding *binding);

int ps_table_visit(const struct ps_instance *instance, ps_binding_visit visit, void *context,
		   struct ps_error *error);

/* Every binding, sorted. Release with ps_bindings_done(). */
int ps_table_read(const struct ps_instance *instance, struct ps_bindings *ret,
		  struct ps_error *error);

/*
 * The binding of exactly this endpoint, if there is one. False also when that cannot be looked up:
 * whoever draws conclusions asks ps_table_check() first.
 */
bool ps_table_find(const struct ps_instance *instance, const struct ps_endpoint *endpoint,
		   struct ps_binding *ret);

/* An error when a look-up of a binding, or of its owner, failed since this was asked before. */
int ps_table_check(struct ps_error *error);

/* Counters of a binding, summed over CPUs. */
struct ps_counter {
	__u64 rx_packets;
	__u64 rx_bytes;
	__u64 tx_packets;
	__u64 tx_bytes;
};

struct ps_counter ps_table_counter(const struct ps_instance *instance, __u32 slot);

#endif
