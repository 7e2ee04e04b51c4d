// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Packet sockets, read while this program holds them open.
 */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include "host/packet.h"
#include "namespace.h"

static int open_packet(int protocol, int ifindex)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_protocol = htons((__u16)protocol),
				  .sll_ifindex = ifindex };
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons((__u16)protocol));

	assert_true(fd >= 0);
	if (ifindex)
		assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

/* Of ARP and of a socket without a protocol nothing is said: what bindings take is none of theirs.
 */
static void test_packet_sockets(void **state)
{
	static const struct {
		__u32 ifindex;
		__u16 protocol;
		size_t sockets;
	} rows[] = {
		{ 0, PS_PACKET_ALL, 1 },
		{ 0, PS_PACKET_IPV6, 1 },
		{ 1, PS_PACKET_IPV4, 2 },
	};
	struct ps_listeners read;
	int fds[6];

	(void)state;
	need_namespace();
	fds[0] = open_packet(PS_PACKET_IPV4, 1);
	fds[1] = open_packet(PS_PACKET_IPV6, 0);
	fds[2] = open_packet(PS_PACKET_IPV4, 1);
	fds[3] = open_packet(PS_PACKET_ALL, 0);
	fds[4] = open_packet(0x0806, 0);
	fds[5] = open_packet(0, 0);
	assert_int_equal(ps_packet_sockets_read(&read), 0);
	assert_int_equal(read.count, 3);
	for (size_t i = 0; i < read.count; i++) {
		assert_int_equal(read.item[i].proto, PS_NO_PROTO);
		assert_int_equal(read.item[i].ifindex, rows[i].ifindex);
		assert_int_equal(read.item[i].port, rows[i].protocol);
		assert_int_equal(read.item[i].socket_count, rows[i].sockets);
		assert_int_not_equal(read.item[i].socket->inode, 0);
	}
	for (int i = 0; i < 6; i++)
		close(fds[i]);
	ps_listeners_done(&read);
	assert_int_equal(ps_packet_sockets_read(&read), 0);
	assert_int_equal(read.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packet_sockets),
	};

	return cmocka_run_group_tests(tests, make_namespace, NULL);
}
