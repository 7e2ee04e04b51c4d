/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How much of an instance is in use, and what the kernel charges for it.
 */
#ifndef PORTSTEER_TABLE_USAGE_H
#define PORTSTEER_TABLE_USAGE_H

#include "pins/instance.h"
#include "table/flows.h"

/* The arrays to open the instance with, as bits 1 << enum ps_map. */
#define PS_USAGE_READS \
	(1 << PS_MAP_DIRECTORY | 1 << PS_MAP_FRONT | 1 << PS_MAP_TARGETS | PS_FLOWS_READS)

struct ps_usage {
	__u32 shapes; /* different ones, of all bindings */
	__u32 ports; /* entries of the directory that are not empty */
	__u32 lists; /* probe lists that some entry has */
	__u32 targets;
	__u32 seats; /* taken in `front`; a binding of IPv6 has two */
	__u32 overflow; /* bindings that found no seat: packets ask the hash */
	struct ps_flows_fill flows;
	__u64 bytes; /* of all maps, as /proc/PID/fdinfo tells without further rights */
};

/* Of the half that packets see. While a change is under way, parts may be of both. */
int ps_usage_read(const struct ps_instance *instance, struct ps_usage *ret, struct ps_error *error);

#endif
