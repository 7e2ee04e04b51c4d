/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What will bite: offloads and limits of an interface that packets are taken
 * from, and of one that they are sent to. Pure: judges facts that others read
 * (host/device.h, host/offload.h), and names the command that repairs each.
 */
#ifndef PORTSTEER_HOOK_HAZARD_H
#define PORTSTEER_HOOK_HAZARD_H

#include <stddef.h>
#include "host/device.h"
#include "host/offload.h"

#define PS_ONE_PAGE_MTU 3498 /* the most that a page of 4096 leaves to a frame, by any driver */

enum ps_hazard_kind {
	PS_HAZARD_DOWN,
	PS_HAZARD_LRO,
	PS_HAZARD_GRO_HW,
	PS_HAZARD_MTU,
	PS_HAZARD_QUEUES,
	PS_HAZARD_MERGED,
	PS_HAZARD_VLAN,
	PS_HAZARD_CHECKSUM,
	PS_HAZARD_PEER,
	PS_HAZARD_GENERIC,
	PS_HAZARD_COUNT_OF,
};

struct ps_hazard {
	enum ps_hazard_kind kind;
	bool bites; /* now; otherwise it is worth knowing, and only said with -v */
	char message[768];
};

struct ps_hazards {
	struct ps_hazard item[PS_HAZARD_COUNT_OF];
	size_t count;
};

/* An interface that packets are taken from, and how. */
struct ps_arrival {
	const struct ps_device *device;
	struct ps_offloads own;
	struct ps_offloads peer; /* of a veth */
	enum ps_hook hook;
	enum ps_hook_mode mode; /* of XDP */
	bool has_redirect; /* some binding sends packets elsewhere */
	char netns[PS_NETNS_SIZE]; /* that it is in, for commands; empty: the machine's own */
};

/* "lro" */
const char *ps_hazard_name(enum ps_hazard_kind kind);

/* Fills @ret, each kind at most once, in the order of the enum. */
void ps_hazards_find(const struct ps_arrival *arrival, struct ps_hazards *ret);

/* What is attached for XDP, as those that it sends frames to look at it. */
struct ps_xdp_source {
	char device[PS_DEV_SIZE]; /* the one with the largest MTU, empty: none */
	__u32 mtu;
	bool is_native; /* some of them */
	char netns[PS_NETNS_SIZE];
};

/* Makes @device one of them. */
void ps_xdp_source_add(struct ps_xdp_source *source, const struct ps_device *device,
		       enum ps_hook_mode mode);

/* Where the peer of @device is, as commands name it, for one in @here; "NETNS": it has no name. */
const char *ps_hazard_peer_netns(const struct ps_device *device, const char *here);

/* "'eth1' is down ...", or NULL when frames from @source get out of @target. */
const char *ps_hazard_of_target(const struct ps_device *target, const struct ps_xdp_source *source,
				char *text, size_t size);

#endif
