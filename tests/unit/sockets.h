/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sockets that a test holds open, and listeners as they are read beside them.
 */
#ifndef PORTSTEER_TESTS_SOCKETS_H
#define PORTSTEER_TESTS_SOCKETS_H

#include <arpa/inet.h>
#include <string.h>
#include <sys/wait.h>
#include "host/listener.h"
#include "namespace.h"

/* A socket bound to @addr and @port; on @device unless NULL; listening if TCP. */
static inline int open_socket(int domain, int type, const char *addr, int port, const char *device)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int fd = socket(domain, type | SOCK_CLOEXEC, 0);
	int one = 1, err;

	assert_true(fd >= 0);
	if (device)
		assert_int_equal(
			setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device)), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)), 0);
	if (domain == AF_INET) {
		assert_int_equal(inet_pton(AF_INET, addr, &v4.sin_addr), 1);
		err = bind(fd, (struct sockaddr *)&v4, sizeof(v4));
	} else {
		assert_int_equal(inet_pton(AF_INET6, addr, &v6.sin6_addr), 1);
		err = bind(fd, (struct sockaddr *)&v6, sizeof(v6));
	}
	assert_int_equal(err, 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

/* The same, of IPv6 only. */
static inline int open_v6only(int type, int port)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);
	int one = 1;

	assert_int_equal(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&any, sizeof(any)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static inline void connect_to(int fd, const char *addr, int port)
{
	struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons(port) };

	assert_int_equal(inet_pton(AF_INET, addr, &peer.sin_addr), 1);
	assert_int_equal(connect(fd, (struct sockaddr *)&peer, sizeof(peer)), 0);
}

/* Holds the sockets that it inherits until the returned descriptor is closed. */
static inline int start_sharer(pid_t *ret_pid)
{
	int stop[2];
	char byte;

	assert_int_equal(pipe(stop), 0);
	*ret_pid = fork();
	assert_true(*ret_pid >= 0);
	if (*ret_pid)
		return close(stop[0]), stop[1];
	close(stop[1]);
	_exit((int)read(stop[0], &byte, 1));
}

static inline void stop_sharer(int stop_fd, pid_t pid)
{
	close(stop_fd);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static inline struct ps_listeners read_listeners(void)
{
	struct ps_unchecked unchecked = {};
	struct ps_listeners listeners;

	ps_listeners_read(&listeners, &unchecked);
	if (unchecked.count)
		fail_msg("%s", unchecked.item[0].text);
	return listeners;
}

#endif
