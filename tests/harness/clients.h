/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who is answered: connections to 192.0.2.2, which is eth0's of wire.h, and
 * calls of bind(2). Two sockets of this process wait at loopback, where only
 * the sk_lookup hook leads those connections.
 */
#ifndef PORTSTEER_TESTS_CLIENTS_H
#define PORTSTEER_TESTS_CLIENTS_H

#define CLIENTS_SOCKETS 2 /* at 127.0.0.1:2001 and :2002 */
#define CLIENTS_PORT 1007 /* that is called */
#define CLIENTS_BIND 1008 /* that is asked for by bind(2) */
#define CLIENTS_FLOWS 8
#define CLIENTS_TEXT (CLIENTS_FLOWS + 4)

void clients_open(void);
void clients_close(void);

/*
 * "abaabbab oo": which socket took each of the same connections ('-': refused), and
 * whether a TCP port may be bound for IPv4 and for IPv6 ('x': it is in use).
 */
void clients_ask(char ret[CLIENTS_TEXT]);

#endif
