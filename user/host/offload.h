/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What an interface does to packets before XDP sees them, or leaves to be done:
 * offloads and queues, as ethtool(8) shows them.
 */
#ifndef PORTSTEER_HOST_OFFLOAD_H
#define PORTSTEER_HOST_OFFLOAD_H

#include <stdbool.h>
#include <linux/types.h>
#include "host/device.h"

struct ps_offloads {
	bool is_known; /* nothing else means anything without it */
	bool lro; /* merges received packets */
	bool gro_hw; /* the same, reversibly */
	bool gro; /* merges in the stack */
	bool rx_vlan; /* takes VLAN tags off */
	bool tx_checksum; /* leaves checksums to the receiver of the frame */
	bool tx_segments; /* leaves it to cut long packets */
	__u32 rx_queues; /* in use; 0: not known */
	__u32 tx_queues;
};

/* Of @device in the current network namespace. What cannot be read is not known. */
struct ps_offloads ps_offloads_read(const char *device);

/* Of the other end of @device, wherever that is. */
struct ps_offloads ps_offloads_read_peer(const struct ps_device *device);

#endif
