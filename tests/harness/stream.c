// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Packets of many flows. See stream.h.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "frame.h"
#include "steer.h"
#include "stream.h"

#define FIRST_PORT 10000
#define BURST 16
#define PATIENCE_MS 10000

static struct sender {
	pthread_t thread;
	struct frame syn, segment, datagram;
	int packets_fd, datagrams_fd;
	unsigned int seed;
	__u64 datagrams;
	__u64 sent[STREAM_FLOWS_MAX]; /* by flow */
} senders[STREAMS];

static unsigned int opened, wanted; /* flows */
static int is_running;
static const char *failure; /* of a thread, whose asserts nobody hears */

static void fill_checksum(struct frame *frame)
{
	__u16 *words = (__u16 *)(frame->data + ETH_HLEN);
	__u32 sum = 0;

	for (int i = 0; i < 10; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	words[5] = (__u16) ~(sum + (sum >> 16));
}

static void open_sender(struct sender *sender, int index)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET };
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((uint16_t)(STREAM_UDP + index)) };

	at.sll_ifindex = (int)if_nametoindex(index ? "eth3" : "eth1");
	sender->packets_fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(sender->packets_fd, (void *)&at, sizeof(at)), 0);
	sender->datagrams_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(sender->datagrams_fd, (void *)&address, sizeof(address)), 0);
	frame_build("dst=02:00:00:00:00:99 ip4 src=192.0.2.1 dst=192.0.2.2 tcp dport=80 flags=S", 0,
		    &sender->syn);
	frame_build("dst=02:00:00:00:00:99 ip4 src=192.0.2.1 dst=192.0.2.2 tcp dport=80 flags=A", 0,
		    &sender->segment);
	frame_build(index ? "dst=02:00:00:00:00:02 ip4 src=198.51.100.1 dst=198.51.100.2 udp pad=8"
			  : "dst=02:00:00:00:00:02 ip4 src=192.0.2.1 dst=192.0.2.2 udp pad=8",
		    0, &sender->datagram);
	frame_set_port(&sender->datagram, &sender->datagram.dst, (uint16_t)(STREAM_UDP + index));
	fill_checksum(&sender->datagram);
	sender->seed = (unsigned int)index + 1;
}

void stream_open(void)
{
	steer_ip("link add eth0 address 02:00:00:00:00:02 type veth peer name eth1\n"
		 "link add eth2 address 02:00:00:00:00:02 type veth peer name eth3\n"
		 "link set lo up\nlink set eth0 up\nlink set eth1 up\n"
		 "link set eth2 up\nlink set eth3 up\n"
		 "address add 192.0.2.2/24 dev eth0\naddress add 198.51.100.2/24 dev eth2\n");
	for (int i = 0; i < STREAMS; i++)
		open_sender(&senders[i], i);
}

void stream_close(void)
{
	for (int i = 0; i < STREAMS; i++) {
		close(senders[i].packets_fd);
		close(senders[i].datagrams_fd);
	}
}

void stream_reset(void)
{
	for (int i = 0; i < STREAMS; i++) {
		memset(senders[i].sent, 0, sizeof(senders[i].sent));
		senders[i].datagrams = 0;
	}
	opened = wanted = 0;
}

static bool put(const struct sender *sender, const struct frame *frame)
{
	return send(sender->packets_fd, frame->data, frame->size, 0) == (ssize_t)frame->size;
}

static bool put_of_flow(struct sender *sender, struct frame *frame, unsigned int flow)
{
	frame_set_port(frame, &frame->src, (__u16)(FIRST_PORT + flow));
	sender->sent[flow]++;
	return put(sender, frame);
}

/* Some packets; true when the last one, a datagram, has come through. */
static bool send_burst(struct sender *sender)
{
	struct pollfd last = { .fd = sender->datagrams_fd, .events = POLLIN };
	unsigned int known = __atomic_load_n(&opened, __ATOMIC_ACQUIRE);
	unsigned int next = __atomic_load_n(&wanted, __ATOMIC_ACQUIRE);
	unsigned int fresh = sender == senders ? next - known : 0;
	bool is_sent = true;
	char nothing[64];

	fresh = fresh < BURST ? fresh : BURST;
	for (unsigned int i = 0; i < fresh && is_sent; i++)
		is_sent = put_of_flow(sender, &sender->syn, known + i);
	for (int i = 0; i < BURST && known && is_sent; i++)
		is_sent = put_of_flow(sender, &sender->segment,
				      (unsigned int)rand_r(&sender->seed) % known);
	sender->datagrams++;
	if (!is_sent || !put(sender, &sender->datagram) || poll(&last, 1, PATIENCE_MS) != 1 ||
	    recv(sender->datagrams_fd, nothing, sizeof(nothing), 0) < 0)
		return false;
	if (fresh)
		__atomic_store_n(&opened, known + fresh, __ATOMIC_RELEASE);
	return true;
}

static void *run(void *context)
{
	struct sender *sender = context;
	cpu_set_t cpu;

	CPU_ZERO(&cpu); /* its packets stay in order */
	CPU_SET(sender - senders, &cpu);
	sched_setaffinity(0, sizeof(cpu), &cpu);
	while (__atomic_load_n(&is_running, __ATOMIC_ACQUIRE) && !failure)
		if (!send_burst(sender))
			failure = "a datagram did not arrive";
	return NULL;
}

void stream_start(void)
{
	__atomic_store_n(&is_running, 1, __ATOMIC_RELEASE);
	for (int i = 0; i < STREAMS; i++)
		assert_int_equal(pthread_create(&senders[i].thread, NULL, run, &senders[i]), 0);
}

void stream_stop(void)
{
	__atomic_store_n(&is_running, 0, __ATOMIC_RELEASE);
	for (int i = 0; i < STREAMS; i++)
		pthread_join(senders[i].thread, NULL);
	if (failure)
		fail_msg("%s", failure);
}

void stream_await(unsigned int flows)
{
	assert_true(flows <= STREAM_FLOWS_MAX);
	__atomic_store_n(&wanted, flows, __ATOMIC_RELEASE);
	while (__atomic_load_n(&opened, __ATOMIC_ACQUIRE) < flows && !failure)
		usleep(1000);
}

void stream_step(unsigned int flows)
{
	wanted += flows;
	assert_true(wanted <= STREAM_FLOWS_MAX);
	do {
		for (int i = 0; i < STREAMS; i++)
			if (!send_burst(&senders[i]))
				fail_msg("a datagram did not arrive");
	} while (opened < wanted);
}

unsigned int stream_flows(void)
{
	return opened;
}

__u64 stream_sent(unsigned int index, __u16 *ret_port)
{
	__u64 sent = 0;

	for (int i = 0; i < STREAMS; i++)
		sent += senders[i].sent[index];
	*ret_port = (__u16)(FIRST_PORT + index);
	return sent;
}

__u64 stream_datagrams(unsigned int index)
{
	return senders[index].datagrams;
}

__u64 stream_segments(void)
{
	__u64 sum = 0;
	__u16 port;

	for (unsigned int i = 0; i < opened; i++)
		sum += stream_sent(i, &port);
	return sum;
}
