/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which hook a packet meets.
 */
#ifndef PORTSTEER_OBSERVE_ARRIVAL_H
#define PORTSTEER_OBSERVE_ARRIVAL_H

#include "observe/opinion.h"
#include "pins/instance.h"

/*
 * That of @device; NULL: the first that is attached. Where nothing is attached it is XDP, and
 * that is said. PS_MAP_HOOKS must have been read.
 */
int ps_arrival_find(const struct ps_instance *instance, const char *device, struct ps_arrival *ret,
		    struct ps_error *error);

/* The hook at which sockets are chosen; NULL: no program is attached there. */
const struct ps_hook_info *ps_arrival_sockets(const struct ps_instance *instance);

#endif
