// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Connections and calls of bind(2). See clients.h.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>
#include "clients.h"

#define FIRST 2001 /* port of the first socket */
#define FROM 3001 /* port of the first flow */
#define PATIENCE_MS 5000

static struct pollfd waiting[CLIENTS_SOCKETS];

static struct sockaddr_in place(const char *address, int port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = inet_addr(address),
	};
}

void clients_open(void)
{
	for (int i = 0; i < CLIENTS_SOCKETS; i++) {
		struct sockaddr_in at = place("127.0.0.1", FIRST + i);

		waiting[i] = (struct pollfd){ .events = POLLIN };
		waiting[i].fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_int_equal(bind(waiting[i].fd, (void *)&at, sizeof(at)), 0);
		assert_int_equal(listen(waiting[i].fd, CLIENTS_FLOWS), 0);
	}
}

void clients_close(void)
{
	for (int i = 0; i < CLIENTS_SOCKETS; i++)
		close(waiting[i].fd);
}

/* With a reset, so that the same ports are free at once. */
static void hang_up(int fd)
{
	struct linger at_once = { .l_onoff = 1 };

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)), 0);
	close(fd);
}

/* The one socket that has a connection now. */
static char take(void)
{
	char taker = '?';

	assert_int_equal(poll(waiting, CLIENTS_SOCKETS, PATIENCE_MS), 1);
	for (int i = 0; i < CLIENTS_SOCKETS; i++)
		if (waiting[i].revents) {
			hang_up(accept(waiting[i].fd, NULL, NULL));
			taker = (char)('a' + i);
		}
	return taker;
}

static char call(int flow)
{
	struct sockaddr_in from = place("192.0.2.2", FROM + flow);
	struct sockaddr_in to = place("192.0.2.2", CLIENTS_PORT);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	char taker = '-';

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), 0);
	assert_int_equal(bind(fd, (void *)&from, sizeof(from)), 0);
	if (!connect(fd, (void *)&to, sizeof(to)))
		taker = take();
	else
		assert_int_equal(errno, ECONNREFUSED);
	hang_up(fd);
	return taker;
}

static char try_binding(int family)
{
	struct sockaddr_in ipv4 = { .sin_family = AF_INET, .sin_port = htons(CLIENTS_BIND) };
	struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6, .sin6_port = htons(CLIENTS_BIND) };
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1, failed;

	if (family == AF_INET6) {
		assert_int_equal(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)), 0);
		failed = bind(fd, (void *)&ipv6, sizeof(ipv6));
	} else {
		failed = bind(fd, (void *)&ipv4, sizeof(ipv4));
	}
	if (failed)
		assert_int_equal(errno, EADDRINUSE);
	close(fd);
	return failed ? 'x' : 'o';
}

void clients_ask(char ret[CLIENTS_TEXT])
{
	for (int flow = 0; flow < CLIENTS_FLOWS; flow++)
		ret[flow] = call(flow);
	ret += CLIENTS_FLOWS;
	*ret++ = ' ';
	*ret++ = try_binding(AF_INET);
	*ret++ = try_binding(AF_INET6);
	*ret = '\0';
}
