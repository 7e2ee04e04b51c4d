/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Rows of lookup.c: bindings, a packet, the socket that it is handed to, and
 * the reason that is counted.
 */
#ifndef PORTSTEER_TESTS_LOOKUP_ROWS_H
#define PORTSTEER_TESTS_LOOKUP_ROWS_H

#include <netinet/in.h>
#include <portsteer/abi.h>

/* A packet for TCP or UDP; addresses as inet_pton() takes them. */
struct packet {
	int protocol;
	const char *from, *to;
	__u16 from_port, to_port;
};

enum { TCP4, TCP6, TCP_BOTH, UDP4, NOBODY, DROPPED };

static const struct row {
	const char *what, *bindings;
	struct packet packet;
	int socket; /* of the above */
	enum ps_reason reason;
} rows[] = {
#define TCP(from, to, port)                        \
	{                                          \
		IPPROTO_TCP, from, to, 40000, port \
	}
#define UDP(from, to, port)                        \
	{                                          \
		IPPROTO_UDP, from, to, 40000, port \
	}
	{ "nothing bound", "", TCP("192.0.2.9", "192.0.2.1", 80), NOBODY, PS_REASON_UNBOUND },
	{ "a prefix, any port", "tcp 192.0.2.0/24:any socket four",
	  TCP("192.0.2.9", "192.0.2.1", 80), TCP4, PS_REASON_SOCKET },
	{ "its last port", "tcp 192.0.2.0/24:any socket four",
	  TCP("192.0.2.9", "192.0.2.255", 65535), TCP4, PS_REASON_SOCKET },
	{ "the address behind", "tcp 192.0.2.0/24:any socket four",
	  TCP("192.0.2.9", "192.0.3.0", 80), NOBODY, PS_REASON_UNBOUND },
	{ "another protocol", "tcp 192.0.2.0/24:any socket four", UDP("192.0.2.9", "192.0.2.1", 80),
	  NOBODY, PS_REASON_UNBOUND },
	{ "another family", "tcp 192.0.2.0/24:any socket four",
	  TCP("2001:db8::9", "2001:db8::1", 80), NOBODY, PS_REASON_UNBOUND },
	{ "another port", "tcp 192.0.2.1:80 socket four", TCP("192.0.2.9", "192.0.2.1", 81), NOBODY,
	  PS_REASON_UNBOUND },
	{ "IPv6", "tcp [2001:db8::/32]:8000-8999 socket six",
	  TCP("2001:db8::9", "2001:db8::1", 8999), TCP6, PS_REASON_SOCKET },
	{ "IPv6, the port behind", "tcp [2001:db8::/32]:8000-8999 socket six",
	  TCP("2001:db8::9", "2001:db8::1", 9000), NOBODY, PS_REASON_UNBOUND },
	{ "UDP", "udp any:53 socket dns", UDP("192.0.2.9", "192.0.2.1", 53), UDP4,
	  PS_REASON_SOCKET },
	{ "IPv4 to a socket of both", "tcp any:80 socket both", TCP("192.0.2.9", "192.0.2.1", 80),
	  TCP_BOTH, PS_REASON_SOCKET },
	{ "IPv6 to a socket of both", "tcp any:80 socket both",
	  TCP("2001:db8::9", "2001:db8::1", 80), TCP_BOTH, PS_REASON_SOCKET },
	{ "IPv6 to a socket of IPv4", "tcp any:80 socket four",
	  TCP("2001:db8::9", "2001:db8::1", 80), DROPPED, PS_REASON_NO_SOCKET },
	{ "UDP to a socket of TCP", "udp any:80 socket four", UDP("192.0.2.9", "192.0.2.1", 80),
	  DROPPED, PS_REASON_NO_SOCKET },
	{ "a name of nobody", "tcp any:80 socket nobody", TCP("192.0.2.9", "192.0.2.1", 80),
	  DROPPED, PS_REASON_NO_SOCKET },
	{ "a name of nobody, on-missing", "tcp any:80 socket nobody on-missing pass",
	  TCP("192.0.2.9", "192.0.2.1", 80), NOBODY, PS_REASON_NO_SOCKET_PASS },
	{ "the longest prefix wins",
	  "tcp 192.0.2.0/24:any socket both; tcp 192.0.2.1:any socket four; tcp any:80 socket "
	  "nobody",
	  TCP("192.0.2.9", "192.0.2.1", 80), TCP4, PS_REASON_SOCKET },
	{ "the exact port wins", "tcp any4:any socket nobody; tcp any4:80 socket four",
	  TCP("192.0.2.9", "192.0.2.1", 80), TCP4, PS_REASON_SOCKET },
	{ "a hole falls to the prefix around",
	  "tcp 192.0.2.0/24:any socket four; tcp 192.0.2.1:81 socket both",
	  TCP("192.0.2.9", "192.0.2.1", 80), TCP4, PS_REASON_SOCKET },
	{ "pass wins", "tcp any:any socket four; tcp any:80 pass",
	  TCP("192.0.2.9", "192.0.2.1", 80), NOBODY, PS_REASON_PASS },
	{ "count wins", "tcp any:any socket four; tcp any:80 count",
	  TCP("192.0.2.9", "192.0.2.1", 80), NOBODY, PS_REASON_COUNT },
	{ "drop is for interfaces", "tcp any:80 drop", TCP("192.0.2.9", "192.0.2.1", 80), NOBODY,
	  PS_REASON_UNSUPPORTED_PASS },
	{ "redirect is for interfaces", "tcp any:80 redirect lo", TCP("192.0.2.9", "192.0.2.1", 80),
	  NOBODY, PS_REASON_UNSUPPORTED_PASS },
	{ "this host to itself", "tcp any:80 socket four", TCP("192.0.2.1", "192.0.2.1", 80), TCP4,
	  PS_REASON_SOCKET },
	{ "from a loopback address", "tcp any:80 socket four", TCP("127.0.0.1", "192.0.2.1", 80),
	  TCP4, PS_REASON_SOCKET },
	{ "to a loopback address", "tcp any:80 socket four", TCP("127.0.0.1", "127.0.0.1", 80),
	  NOBODY, PS_REASON_MARTIAN },
	{ "to the last of them", "tcp any:80 socket four", TCP("127.0.0.1", "127.255.255.255", 80),
	  NOBODY, PS_REASON_MARTIAN },
	{ "behind it", "tcp any:80 socket four", TCP("127.0.0.1", "128.0.0.0", 80), TCP4,
	  PS_REASON_SOCKET },
	{ "to ::1", "tcp any:80 socket six", TCP("::1", "::1", 80), NOBODY, PS_REASON_MARTIAN },
	{ "to ::2", "tcp any:80 socket six", TCP("::1", "::2", 80), TCP6, PS_REASON_SOCKET },
	{ "multicast", "udp any:53 socket dns", UDP("192.0.2.9", "224.0.0.251", 53), NOBODY,
	  PS_REASON_MULTICAST },
	{ "IPv6 multicast", "udp any:53 socket dns", UDP("2001:db8::9", "ff02::fb", 53), NOBODY,
	  PS_REASON_MULTICAST },
	{ "broadcast", "udp any:53 socket dns", UDP("192.0.2.9", "255.255.255.255", 53), NOBODY,
	  PS_REASON_MULTICAST },
};

#endif
