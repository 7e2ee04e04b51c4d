/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which registered socket a packet is handed to: the program at sk_lookup is run as
 * rehearsal.h runs those of interfaces, and counts what it hands over in a copy.
 */
#ifndef PORTSTEER_OBSERVE_DELIVERY_H
#define PORTSTEER_OBSERVE_DELIVERY_H

#include "observe/expect.h"
#include "socket/registered.h"

/* The arrays that it needs beside those of explain.h. */
#define PS_DELIVERY_READS (1U << PS_MAP_SOCKET_NAMES | 1U << PS_MAP_SOCKET_INFOS)

struct ps_delivery {
	struct ps_opinion opinion; /* PS_VERDICT_PASS: the socket gets it, else it is refused */
	struct ps_registered socket; /* of PS_REASON_SOCKET */
	bool differs; /* that is no socket of the binding, or there is one that takes it */
};

/* Of a packet whose binding is @binding, with the action socket. */
int ps_delivery_rehearse(const struct ps_instance *instance, const struct ps_judged *judged,
			 const struct ps_binding *binding, struct ps_delivery *ret,
			 struct ps_error *error);

#endif
