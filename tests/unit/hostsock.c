// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Waiting sockets and their owners, read while this program holds them open in
 * a network namespace of its own.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <sys/wait.h>
#include "listener.h"
#include "namespace.h"
#include "netlink.h"

/* A socket bound to @addr and @port; on @device unless NULL; listening if TCP. */
static int open_socket(int domain, int type, const char *addr, int port, const char *device)
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
static int open_v6only(int type, int port)
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

static void connect_to(int fd, const char *addr, int port)
{
	struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons(port) };

	assert_int_equal(inet_pton(AF_INET, addr, &peer.sin_addr), 1);
	assert_int_equal(connect(fd, (struct sockaddr *)&peer, sizeof(peer)), 0);
}

static struct ps_listeners read_listeners(void)
{
	struct ps_listeners listeners;
	struct ps_error error;

	if (ps_listeners_read(&listeners, &error))
		fail_msg("%s", error.text);
	return listeners;
}

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
	assert_int_not_equal(listener->inode, 0);
	assert_int_equal(listener->pid, 0);
	assert_string_equal(listener->command, "");
}

static void test_no_listeners(void **state)
{
	struct ps_listeners listeners;

	(void)state;
	need_namespace();
	listeners = read_listeners();
	assert_int_equal(listeners.count, 0);
	ps_listeners_find_owners(&listeners);
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

static void test_connected_is_no_listener(void **state)
{
	int udp, tcp, client;
	struct ps_listeners listeners;

	(void)state;
	need_namespace();
	udp = open_socket(AF_INET, SOCK_DGRAM, "127.0.0.1", 5000, NULL);
	tcp = open_socket(AF_INET, SOCK_STREAM, "127.0.0.1", 5001, NULL);
	client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	connect_to(udp, "127.0.0.1", 9);
	connect_to(client, "127.0.0.1", 5001);
	listeners = read_listeners();
	assert_int_equal(listeners.count, 1);
	assert_listener(&listeners.item[0], PS_TCP, 5001, PS_IPV4, "127.0.0.1");
	ps_listeners_done(&listeners);
	close(udp);
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

static void test_reuseport_siblings(void **state)
{
	int first, second;
	struct ps_listeners listeners;

	(void)state;
	need_namespace();
	first = open_socket(AF_INET, SOCK_STREAM, "127.0.0.1", 443, NULL);
	second = open_socket(AF_INET, SOCK_STREAM, "127.0.0.1", 443, NULL);
	listeners = read_listeners();
	assert_int_equal(listeners.count, 2);
	assert_true(listeners.item[0].inode < listeners.item[1].inode);
	ps_listeners_done(&listeners);
	close(first);
	close(second);
}

/* More than one datagram of each dump. */
static void test_many_listeners(void **state)
{
	static int fds[600];
	struct ps_listeners listeners;

	(void)state;
	need_namespace();
	for (int i = 0; i < 600; i++)
		fds[i] = open_socket(i % 2 ? AF_INET : AF_INET6, i < 300 ? SOCK_STREAM : SOCK_DGRAM,
				     i % 2 ? "127.0.0.1" : "::1", 20000 + i, NULL);
	listeners = read_listeners();
	assert_int_equal(listeners.count, 600);
	ps_listeners_find_owners(&listeners);
	for (int i = 0; i < 600; i++) {
		assert_int_equal(listeners.item[i].port, 20000 + i);
		assert_int_equal(listeners.item[i].pid, getpid());
		close(fds[i]);
	}
	ps_listeners_done(&listeners);
}

static void test_owners(void **state)
{
	int fd;
	char name[PS_COMMAND_SIZE] = "";
	FILE *comm = fopen("/proc/self/comm", "re");
	struct ps_listeners listeners;

	(void)state;
	need_namespace();
	assert_int_equal(fscanf(comm, "%31s", name), 1);
	fclose(comm);
	fd = open_socket(AF_INET6, SOCK_STREAM, "::", 82, NULL);
	listeners = read_listeners();
	assert_int_equal(listeners.count, 1);
	ps_listeners_find_owners(&listeners);
	assert_int_equal(listeners.item[0].pid, getpid());
	assert_string_equal(listeners.item[0].command, name);
	close(fd);
	listeners.item[0].pid = 0;
	listeners.item[0].command[0] = '\0';
	ps_listeners_find_owners(&listeners); /* nobody has it any more */
	assert_int_equal(listeners.item[0].pid, 0);
	assert_string_equal(listeners.item[0].command, "");
	ps_listeners_done(&listeners);
}

/* Looks, from a process that may not see ours, for the owner of our socket at @fd. */
static void look_unprivileged(struct ps_listeners *listeners, int fd)
{
	close(fd);
	if (setresuid(65534, 65534, 65534))
		_exit(1);
	ps_listeners_find_owners(listeners);
	_exit(listeners->item[0].pid || listeners->item[0].command[0] ? 2 : 0);
}

static void test_owners_unseen(void **state)
{
	int fd, status;
	pid_t child;
	struct ps_listeners listeners;

	(void)state;
	need_namespace();
	fd = open_socket(AF_INET, SOCK_STREAM, "127.0.0.1", 80, NULL);
	listeners = read_listeners();
	assert_int_equal(listeners.count, 1);
	child = fork();
	if (child == 0)
		look_unprivileged(&listeners, fd);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	ps_listeners_done(&listeners);
	close(fd);
}

static struct nlmsghdr *dump_request(char *buffer, int protocol)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct inet_diag_req_v2 *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));

	request->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	head->sdiag_family = AF_INET;
	head->sdiag_protocol = protocol;
	head->idiag_states = 1U << TCP_LISTEN;
	return request;
}

static int interruptions;

/* Fails like an answer that the kernel marks as interrupted. */
static int count_message(const struct nlmsghdr *message, void *items)
{
	(void)message;
	ps_netlink_items_add(items);
	if (interruptions-- <= 0)
		return MNL_CB_OK;
	errno = EINTR;
	return MNL_CB_ERROR;
}

static void test_interrupted_dump(void **state)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = dump_request(buffer, IPPROTO_TCP);
	struct ps_netlink_items items = { .size = 1 };
	int fd;

	(void)state;
	need_namespace();
	fd = open_socket(AF_INET, SOCK_STREAM, "127.0.0.1", 80, NULL);
	interruptions = 3;
	assert_int_equal(ps_netlink_dump(NETLINK_SOCK_DIAG, request, count_message, &items), 0);
	assert_int_equal(items.count, 1); /* each time from the start */
	interruptions = 1000;
	assert_int_equal(ps_netlink_dump(NETLINK_SOCK_DIAG, request, count_message, &items),
			 -EAGAIN);
	assert_int_equal(items.count, 1);
	interruptions = 0;
	ps_netlink_items_done(&items);
	close(fd);
}

/* The kernel takes a dump of an unknown protocol and refuses it only in its last message. */
static void test_dump_failure_is_an_error(void **state)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = dump_request(buffer, 254);
	struct ps_netlink_items items = { .size = 1 };

	(void)state;
	need_namespace();
	assert_int_equal(ps_netlink_dump(NETLINK_SOCK_DIAG, request, count_message, &items),
			 -ENOENT);
	assert_int_equal(items.count, 0);
	ps_netlink_items_done(&items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_listeners),
		cmocka_unit_test(test_listeners),
		cmocka_unit_test(test_connected_is_no_listener),
		cmocka_unit_test(test_bound_device),
		cmocka_unit_test(test_reuseport_siblings),
		cmocka_unit_test(test_many_listeners),
		cmocka_unit_test(test_owners),
		cmocka_unit_test(test_owners_unseen),
		cmocka_unit_test(test_interrupted_dump),
		cmocka_unit_test(test_dump_failure_is_an_error),
	};

	return cmocka_run_group_tests(tests, make_namespace, NULL);
}
