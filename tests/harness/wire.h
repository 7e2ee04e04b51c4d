/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Real packets: a veth pair, eth0 and eth1, in the network namespace of the
 * test. Datagrams sent at eth1 arrive at eth0, whose address is 192.0.2.2, and
 * are delivered to sockets unless something at eth0 takes them away.
 */
#ifndef PORTSTEER_TESTS_WIRE_H
#define PORTSTEER_TESTS_WIRE_H

#define WIRE_PORTS 6
#define WIRE_FIRST 1001 /* and the next ones; nothing may be bound to those that follow */

void wire_open(void);
void wire_close(void);

/* Sends one datagram to each port. Bit i: the one to port WIRE_FIRST + i was delivered. */
unsigned int wire_ask(void);

#endif
