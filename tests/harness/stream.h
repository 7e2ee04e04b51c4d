/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packets of many flows at two interfaces, each from a CPU of its own, none of which is lost
 * sight of: eth0 and eth2, in the network namespace of the test, with eth1 and eth3 at their other
 * ends. TCP segments to port 80 go to nobody; a datagram behind every few of them, to port
 * STREAM_UDP or the next one, tells that they have passed. Flows are opened by the first
 * sender alone, and both send what belongs to them.
 */
#ifndef PORTSTEER_TESTS_STREAM_H
#define PORTSTEER_TESTS_STREAM_H

#include <linux/types.h>

#define STREAMS 2
#define STREAM_UDP 1001
#define STREAM_FLOWS_MAX 16384

void stream_open(void);
void stream_close(void);

/* From now on there are no flows, and nothing was sent. */
void stream_reset(void);

/* Sends from both until stream_stop(). */
void stream_start(void);
void stream_stop(void);

/* While it runs: until so many flows are open. */
void stream_await(unsigned int flows);

/* While it does not: opens @flows more, then sends a few packets from both. */
void stream_step(unsigned int flows);

unsigned int stream_flows(void);

/* What was sent of the flow @index, whose source port is in *@ret_port. */
__u64 stream_sent(unsigned int index, __u16 *ret_port);

/* Datagrams of the sender @index. */
__u64 stream_datagrams(unsigned int index);

/* All TCP segments. */
__u64 stream_segments(void);

#endif
