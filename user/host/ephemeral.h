/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The ports that the current network namespace may pick for outgoing
 * connections and for bind(2) to port 0: ip_local_port_range without
 * ip_local_reserved_ports (Documentation/networking/ip-sysctl.rst); and which
 * ports bind(2) gives to anybody.
 */
#ifndef PORTSTEER_HOST_EPHEMERAL_H
#define PORTSTEER_HOST_EPHEMERAL_H

#include "base/error.h"
#include "base/portset.h"

struct ps_ephemeral {
	__u16 first, last; /* ip_local_port_range */
	struct ps_portset reserved; /* ip_local_reserved_ports */
	struct ps_portset ports; /* what may be picked */
	__u32 unprivileged; /* ip_unprivileged_port_start: ports from there on need no right */
};

int ps_ephemeral_read(struct ps_ephemeral *ret, struct ps_error *error);

/* Reserves @ports beside what is reserved, also by somebody else at the same time. */
int ps_ephemeral_reserve(const struct ps_portset *ports, struct ps_error *error);

/*
 * Makes @ports all that is reserved. A list longer than a page takes several
 * writes, and ports at its end are not reserved until the last of them.
 */
int ps_ephemeral_replace(const struct ps_portset *ports, struct ps_error *error);

#endif
