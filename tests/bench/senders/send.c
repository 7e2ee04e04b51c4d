// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * send PIN DEV COUNT: COUNT live frames to TCP 192.0.2.2:23 out of DEV, by the
 * XDP program at PIN, which must return XDP_TX. As fast as it goes.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <arpa/inet.h>

struct frame {
	struct ethhdr eth;
	struct iphdr ip;
	struct tcphdr tcp;
	char rest[6]; /* to the least frame of Ethernet */
} __attribute__((packed));

static struct frame make_frame(void)
{
	struct frame frame = {
		.eth = { .h_dest = { 2, [5] = 2 }, .h_source = { 2, [5] = 1 } },
		.ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP },
		.tcp = { .doff = 5, .syn = 1 },
	};

	frame.eth.h_proto = htons(ETH_P_IP);
	frame.ip.tot_len = htons(sizeof(frame.ip) + sizeof(frame.tcp));
	frame.ip.saddr = htonl(0xc0000201);
	frame.ip.daddr = htonl(0xc0000202);
	frame.tcp.source = htons(40000);
	frame.tcp.dest = htons(23);
	return frame;
}

int main(int argc, char **argv)
{
	struct frame frame = make_frame();
	struct xdp_md context = { .data_end = sizeof(frame) };
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = &frame, .data_size_in = sizeof(frame),
		    .ctx_in = &context, .ctx_size_in = sizeof(context),
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = 64);
	int fd;

	if (argc != 4) {
		fprintf(stderr, "usage: send PIN DEV COUNT\n");
		return 2;
	}
	fd = bpf_obj_get(argv[1]);
	context.ingress_ifindex = if_nametoindex(argv[2]);
	run.repeat = atoi(argv[3]);
	if (fd < 0 || bpf_prog_test_run_opts(fd, &run)) {
		fprintf(stderr, "send: %s\n", strerror(errno));
		return 1;
	}
	return 0;
}
