/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The ports that the current network namespace may pick for outgoing
 * connections: ip_local_port_range without ip_local_reserved_ports
 * (Documentation/networking/ip-sysctl.rst).
 */
#ifndef PORTSTEER_EPHEMERAL_H
#define PORTSTEER_EPHEMERAL_H

#include "error.h"
#include "portset.h"

struct ps_ephemeral {
	__u16 first, last; /* ip_local_port_range */
	struct ps_portset reserved; /* ip_local_reserved_ports */
	struct ps_portset ports; /* what may be picked */
};

int ps_ephemeral_read(struct ps_ephemeral *ret, struct ps_error *error);

#endif
