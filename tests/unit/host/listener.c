// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Waiting and connected sockets, read while this program holds them open in
 * a network namespace of its own.
 */
#include <stdlib.h>
#include "sockets.h"

#define SCTP_SOCKOPT_BINDX_ADD 100 /* linux/sctp.h, which does not go with glibc */

/* Asserts that @listener is as said and @addr spells its address. */
static void assert_listener(const struct ps_listener *listener, enum ps_proto proto, int port,
			    enum ps_family family, const char *addr)
{
	__u8 bytes[16] = { 0 };

	assert_int_equal(inet_pton(strchr(addr, ':') ? AF_INET6 : AF_INET, addr, bytes), 1);
	assert_int_equal(listener->proto, proto);
	assert_int_equal(listener->port, port);
	assert_int_equal(listener->family, family);
	assert_memory_equal(listener->addr, bytes, sizeof(bytes));
	assert_int_equal(listener->uid, 0);
	assert_int_equal(listener->socket_count, 1);
	assert_int_not_equal(listener->socket->inode, 0);
	assert_int_equal(listener->process_count, 0);
}

static void test_no_listeners(void **state)
{
	struct ps_listeners listeners;

	(void)state;
	need_namespace();
	listeners = read_listeners();
	assert_int_equal(listeners.count, 0);
	ps_listeners_find_processes(&listeners);
	ps_listeners_done(&listeners);
}

/* Opened in another order than the sorted one, which the rows below are in. */
static void test_listeners(void **state)
{
	static const struct {
		enum ps_proto proto;
		int port;
		enum ps_family family;
		const char *addr;
	} rows[] = {
		{ PS_TCP, 80, PS_IPV4, "127.0.0.1" }, { PS_TCP, 80, PS_IPV4, "127.0.0.2" },
		{ PS_TCP, 80, PS_IPV6, "::1" },	      { PS_TCP, 81, PS_IPV4, "0.0.0.0" },
		{ PS_TCP, 81, PS_IPV6, "::" },	      { PS_TCP, 82, PS_ANY, "::" },
		{ PS_TCP, 83, PS_IPV4, "127.0.0.3" }, { PS_UDP, 53, PS_IPV4, "127.0.0.1" },
		{ PS_UDP, 53, PS_IPV6, "::" },	      { PS_UDP, 65535, PS_ANY, "::" },
	};
	int fds[10];
	struct ps_listeners listeners;

	(void)state;
	need_namespace();
	fds[0] = open_socket(AF_INET6, SOCK_DGRAM, "::", 65535, NULL);
	fds[1] = open_socket(AF_INET6, SOCK_STREAM, "::ffff:127.0.0.3", 83, NULL);
	fds[2] = open_socket(AF_INET, SOCK_STREAM, "127.0.0.2", 80, NULL);
	fds[3] = open_socket(AF_INET, SOCK_STREAM, "127.0.0.1", 80, NULL);
	fds[4] = open_socket(AF_INET6, SOCK_STREAM, "::1", 80, NULL);
	fds[5] = open_socket(AF_INET, SOCK_STREAM, "0.0.0.0", 81, NULL);
	fds[6] = open_v6only(SOCK_STREAM, 81);
	fds[7] = open_socket(AF_INET6, SOCK_STREAM, "::", 82, NULL);
	fds[8] = open_socket(AF_INET, SOCK_DGRAM, "127.0.0.1", 53, NULL);
	fds[9] = open_v6only(SOCK_DGRAM, 53);
	listeners = read_listeners();
	assert_int_equal(listeners.count, 10);
	for (size_t i = 0; i < listeners.count; i++) {
		assert_listener(&listeners.item[i], rows[i].proto, rows[i].port, rows[i].family,
				rows[i].addr);
		assert_int_equal(listeners.item[i].ifindex, 0);
		close(fds[i]);
	}
	ps_listeners_done(&listeners);
}

static void test_connected(void **state)
{
	static const __u8 peer[16] = { 127, 0, 0, 1 };
	int udp, udp6, tcp, client;
	struct ps_listeners listeners;

	(void)state;
	need_namespace();
	udp = open_socket(AF_INET, SOCK_DGRAM, "127.0.0.1", 5000, NULL);
	tcp = open_socket(AF_INET, SOCK_STREAM, "127.0.0.1", 5001, NULL);
	udp6 = open_socket(AF_INET6, SOCK_DGRAM, "::ffff:127.0.0.1", 5002, NULL);
	client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	connect_to(udp, "127.0.0.1", 9);
	connect_to(udp6, "127.0.0.1", 10);
	connect_to(client, "127.0.0.1", 5001);
	listeners = read_listeners();
	assert_int_equal(listeners.count, 3);
	assert_listener(&listeners.item[0], PS_TCP, 5001, PS_IPV4, "127.0.0.1");
	assert_false(listeners.item[0].is_connected);
	assert_listener(&listeners.item[1], PS_UDP, 5000, PS_IPV4, "127.0.0.1");
	assert_listener(&listeners.item[2], PS_UDP, 5002, PS_IPV4, "127.0.0.1");
	for (int i = 1; i < 3; i++) {
		assert_true(listeners.item[i].is_connected);
		assert_int_equal(listeners.item[i].socket->peer_port, 8 + i);
		assert_memory_equal(listeners.item[i].socket->peer_addr, peer, sizeof(peer));
	}
	ps_listeners_done(&listeners);
	close(udp);
	close(udp6);
	close(tcp);
	close(client);
}

static void test_bound_device(void **state)
{
	int fd;
	struct ps_listeners listeners;

	(void)state;
	need_namespace();
	fd = open_socket(AF_INET, SOCK_DGRAM, "0.0.0.0", 67, "lo");
	listeners = read_listeners();
	assert_int_equal(listeners.count, 1);
	assert_listener(&listeners.item[0], PS_UDP, 67, PS_IPV4, "0.0.0.0");
	assert_int_equal(listeners.item[0].ifindex, if_nametoindex("lo"));
	ps_listeners_done(&listeners);
	close(fd);
}

/* One listener; but not with another address, device or user, nor when connected. */
static void test_reuseport_group(void **state)
{
	int fds[5];
	struct ps_listeners listeners;

	(void)state;
	need_namespace();
	for (int i = 0; i < 3; i++)
		fds[i] = open_socket(AF_INET, SOCK_DGRAM, "127.0.0.1", 443, NULL);
	fds[3] = open_socket(AF_INET, SOCK_DGRAM, "0.0.0.0", 443, NULL);
	fds[4] = open_socket(AF_INET, SOCK_DGRAM, "127.0.0.1", 443, "lo");
	connect_to(fds[2], "127.0.0.1", 9);
	listeners = read_listeners();
	assert_int_equal(listeners.count, 4);
	assert_listener(&listeners.item[0], PS_UDP, 443, PS_IPV4, "0.0.0.0");
	assert_int_equal(listeners.item[1].socket_count, 2);
	assert_true(listeners.item[1].socket[0].inode < listeners.item[1].socket[1].inode);
	assert_listener(&listeners.item[2], PS_UDP, 443, PS_IPV4, "127.0.0.1");
	assert_true(listeners.item[2].is_connected);
	assert_listener(&listeners.item[3], PS_UDP, 443, PS_IPV4, "127.0.0.1");
	assert_int_equal(listeners.item[3].ifindex, if_nametoindex("lo"));
	ps_listeners_done(&listeners);
	for (int i = 0; i < 5; i++)
		close(fds[i]);
}

static void test_mptcp(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(443) };
	struct ps_listeners listeners;
	int fd, stop_fd;
	pid_t pid;

	(void)state;
	need_namespace();
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP);
	if (fd < 0) {
		print_message("skipped: this kernel has no MPTCP\n");
		skip();
	}
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)) | listen(fd, 1), 0);
	listeners = read_listeners();
	assert_int_equal(listeners.count, 1);
	assert_listener(&listeners.item[0], PS_TCP, 443, PS_IPV4, "0.0.0.0");
	listeners.item[0].is_wanted = true;
	stop_fd = start_sharer(&pid);
	ps_listeners_find_processes(&listeners);
	assert_int_equal(listeners.item[0].process_count, 1);
	ps_listeners_done(&listeners);
	stop_sharer(stop_fd, pid);
	close(fd);
}

/* A socket that waits at two addresses, one that waits at all, and one that is not asked to. */
static void test_sctp(void **state)
{
	struct sockaddr_in first = { .sin_family = AF_INET, .sin_port = htons(443) };
	struct sockaddr_in second = first;
	struct ps_listeners listeners;
	int fd, any_fd, idle_fd, stop_fd;
	pid_t pid;

	(void)state;
	need_namespace();
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_SCTP);
	if (fd < 0) {
		print_message("skipped: this kernel has no SCTP\n");
		skip();
	}
	any_fd = socket(AF_INET6, SOCK_SEQPACKET | SOCK_CLOEXEC, IPPROTO_SCTP);
	idle_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_SCTP);
	first.sin_addr.s_addr = htonl(0x7f000001);
	second.sin_addr.s_addr = htonl(0x7f000002);
	assert_int_equal(bind(fd, (struct sockaddr *)&first, sizeof(first)), 0);
	assert_int_equal(
		setsockopt(fd, IPPROTO_SCTP, SCTP_SOCKOPT_BINDX_ADD, &second, sizeof(second)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(bind(any_fd,
			      (struct sockaddr *)&(struct sockaddr_in6){ .sin6_family = AF_INET6,
									 .sin6_port = htons(444) },
			      sizeof(struct sockaddr_in6)),
			 0);
	assert_int_equal(listen(any_fd, 1), 0);
	first.sin_port = htons(445);
	assert_int_equal(bind(idle_fd, (struct sockaddr *)&first, sizeof(first)), 0);
	listeners = read_listeners();
	assert_int_equal(listeners.count, 3);
	assert_listener(&listeners.item[0], PS_SCTP, 443, PS_IPV4, "127.0.0.1");
	assert_listener(&listeners.item[1], PS_SCTP, 443, PS_IPV4, "127.0.0.2");
	assert_listener(&listeners.item[2], PS_SCTP, 444, PS_ANY, "::");
	for (int i = 0; i < 3; i++)
		listeners.item[i].is_wanted = true;
	stop_fd = start_sharer(&pid);
	ps_listeners_find_processes(&listeners);
	for (int i = 0; i < 3; i++)
		assert_int_equal(listeners.item[i].process->pid, pid);
	ps_listeners_done(&listeners);
	stop_sharer(stop_fd, pid);
	close(fd);
	close(any_fd);
	close(idle_fd);
}

/* More than one datagram of each dump. */
static void test_many_listeners(void **state)
{
	static int fds[600];
	struct ps_listeners listeners;
	int stop_fd;
	pid_t pid;

	(void)state;
	need_namespace();
	for (int i = 0; i < 600; i++)
		fds[i] = open_socket(i % 2 ? AF_INET : AF_INET6, i < 300 ? SOCK_STREAM : SOCK_DGRAM,
				     i % 2 ? "127.0.0.1" : "::1", 20000 + i, NULL);
	listeners = read_listeners();
	assert_int_equal(listeners.count, 600);
	for (int i = 0; i < 600; i++)
		listeners.item[i].is_wanted = i % 3;
	stop_fd = start_sharer(&pid);
	ps_listeners_find_processes(&listeners);
	for (int i = 0; i < 600; i++) {
		assert_int_equal(listeners.item[i].port, 20000 + i);
		assert_int_equal(listeners.item[i].process_count,
				 !!(i % 3)); /* only who is asked about */
		if (i % 3)
			assert_int_equal(listeners.item[i].process->pid, pid);
		close(fds[i]);
	}
	stop_sharer(stop_fd, pid);
	ps_listeners_done(&listeners);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_listeners),
		cmocka_unit_test(test_listeners),
		cmocka_unit_test(test_connected),
		cmocka_unit_test(test_bound_device),
		cmocka_unit_test(test_reuseport_group),
		cmocka_unit_test(test_mptcp),
		cmocka_unit_test(test_sctp),
		cmocka_unit_test(test_many_listeners),
	};

	return cmocka_run_group_tests(tests, make_namespace, NULL);
}
