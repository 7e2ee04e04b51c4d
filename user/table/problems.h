/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How many bindings cannot do what they say, as far as the live table shows it: the
 * target of a redirect is missing, or no open socket has the name.
 */
#ifndef PORTSTEER_TABLE_PROBLEMS_H
#define PORTSTEER_TABLE_PROBLEMS_H

#include "pins/instance.h"

/* The arrays to open the instance with: bits 1 << enum ps_map. */
#define PS_PROBLEMS_READS \
	(1U << PS_MAP_TARGETS | 1U << PS_MAP_SOCKET_NAMES | 1U << PS_MAP_SOCKET_INFOS)

__u32 ps_problems_count(const struct ps_instance *instance);

#endif
