/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What rtnetlink tells of hooks: the XDP programs of interfaces, and which have
 * a qdisc for filters of TC. Of one interface, or of all of the current network
 * namespace at once: who goes through many asks twice in all, not for each.
 */
#ifndef PORTSTEER_HOST_HOOKED_H
#define PORTSTEER_HOST_HOOKED_H

#include <stdbool.h>
#include <stddef.h>
#include <portsteer/abi.h>
#include "base/answer.h"

/* Ids of programs, 0: none. */
struct ps_xdp_ids {
	__u32 hardware;
	__u32 driver;
	__u32 generic;
};

struct ps_hooked {
	__u32 ifindex;
	char name[PS_DEV_SIZE];
	struct ps_xdp_ids xdp;
	bool may_have_filters; /* there is an ingress or clsact qdisc, or nobody asked */
};

/* Of all interfaces, by index, as they were when they were read. */
struct ps_hooked_all {
	struct ps_hooked *item;
	size_t count;
};

/*
 * Whatever cannot be read is missing, and asked for when it is needed. Valid as
 * long as nothing is attached or taken off. Release with ps_hooked_done().
 */
void ps_hooked_read(struct ps_hooked_all *ret);
void ps_hooked_done(struct ps_hooked_all *all);

/* That of an index: as @all has it, or, when that is NULL or has it not, as it is now. */
struct ps_answer ps_hooked_ask(const struct ps_hooked_all *all, __u32 ifindex,
			       struct ps_hooked *ret);

/* The program that packets meet first, 0: none. */
static inline __u32 ps_xdp_first(const struct ps_xdp_ids *ids)
{
	return ids->hardware ?: ids->driver ?: ids->generic;
}

#endif
