// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Real packets. See wire.h.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>
#include "frame.h"
#include "steer.h"
#include "wire.h"

#define SOCKETS (WIRE_PORTS + 1) /* the last one is never bound, and ends a question */
#define TRIES 3 /* a driver may lose packets while a program comes or goes */
#define PATIENCE_MS 2000

static int receivers[SOCKETS], sender = -1;
static struct frame frames[SOCKETS];
static uint64_t asked;

static void fill_checksum(struct frame *frame)
{
	__u16 *words = (__u16 *)(frame->data + ETH_HLEN);
	__u32 sum = 0;

	for (int i = 0; i < 10; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	words[5] = (__u16) ~(sum + (sum >> 16));
}

static void open_socket(int index)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((uint16_t)(WIRE_FIRST + index)) };

	receivers[index] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(receivers[index], (void *)&address, sizeof(address)), 0);
	frame_build("dst=02:00:00:00:00:02 ip4 src=192.0.2.1 dst=192.0.2.2 udp pad=8", 0,
		    &frames[index]);
	frame_set_port(&frames[index], &frames[index].dst, (uint16_t)(WIRE_FIRST + index));
	fill_checksum(&frames[index]);
}

void wire_open(void)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET };
	cpu_set_t first;

	steer_ip("link add eth0 address 02:00:00:00:00:02 type veth peer name eth1\n"
		 "link set lo up\nlink set eth0 up\nlink set eth1 up\n"
		 "address add 192.0.2.2/24 dev eth0\n");
	at.sll_ifindex = (int)if_nametoindex("eth1");
	sender = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(sender, (void *)&at, sizeof(at)), 0);
	for (int i = 0; i < SOCKETS; i++)
		open_socket(i);
	CPU_ZERO(&first); /* packets of one CPU stay in order */
	CPU_SET(0, &first);
	sched_setaffinity(0, sizeof(first), &first);
}

void wire_close(void)
{
	for (int i = 0; i < SOCKETS && sender >= 0; i++)
		close(receivers[i]);
	if (sender >= 0)
		close(sender);
}

static bool has_received(int index)
{
	bool is_found = false;
	uint64_t number;

	while (recv(receivers[index], &number, sizeof(number), 0) == sizeof(number))
		is_found |= number == asked;
	return is_found;
}

static bool try_ask(unsigned int *ret)
{
	struct pollfd last = { .fd = receivers[WIRE_PORTS], .events = POLLIN };

	asked++;
	*ret = 0;
	for (int i = 0; i < SOCKETS; i++) {
		struct frame *frame = &frames[i];

		memcpy(frame->data + frame->size - sizeof(asked), &asked, sizeof(asked));
		assert_int_equal(send(sender, frame->data, frame->size, 0), frame->size);
	}
	if (poll(&last, 1, PATIENCE_MS) != 1 || !has_received(WIRE_PORTS))
		return false;
	for (int i = 0; i < WIRE_PORTS; i++)
		*ret |= (unsigned int)has_received(i) << i;
	return true;
}

unsigned int wire_ask(void)
{
	unsigned int delivered;

	for (int tries = 0; tries < TRIES; tries++)
		if (try_ask(&delivered))
			return delivered;
	fail_msg("a datagram that nothing is bound to does not arrive");
	return 0;
}
