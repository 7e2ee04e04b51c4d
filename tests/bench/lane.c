// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * See lane.h. Packets are frames of TCP, which BPF_PROG_TEST_RUN repeats.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include "binding/binding.h"
#include "lane.h"

#define FRAME_SIZE 96 /* the front program asks for room for either family */
#define COMPANY_PACKETS 100000 /* of one run: some milliseconds */

static void write_ipv4(__u8 *packet, const struct tcphdr *tcp)
{
	struct iphdr ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP };

	ip.tot_len = htons(FRAME_SIZE - sizeof(struct ethhdr));
	ip.saddr = htonl(0xc6336401); /* 198.51.100.1 */
	memcpy(packet, &ip, sizeof(ip));
	memcpy(packet + sizeof(ip), tcp, sizeof(*tcp));
}

static void write_ipv6(__u8 *packet, const struct tcphdr *tcp)
{
	struct ipv6hdr ip = { .version = 6, .nexthdr = IPPROTO_TCP, .hop_limit = 64 };

	ip.payload_len = htons(FRAME_SIZE - sizeof(struct ethhdr) - sizeof(ip));
	ip.saddr.s6_addr32[0] = ip.daddr.s6_addr32[0] = htonl(BENCH_V6_HIGH);
	ip.saddr.s6_addr32[3] = htonl(1);
	memcpy(packet, &ip, sizeof(ip));
	memcpy(packet + sizeof(ip), tcp, sizeof(*tcp));
}

static void make_frame(const struct bench_lane *lane, const struct bench_case *what,
		       __u8 frame[FRAME_SIZE])
{
	struct tcphdr tcp = { .source = htons(lane->source_port), .doff = 5, .syn = 1 };
	struct ethhdr eth = { .h_dest = { 2, 0, 0, 0, 0, 1 }, .h_source = { 2, 0, 0, 0, 0, 2 } };

	memset(frame, 0, FRAME_SIZE);
	eth.h_proto = htons(what->family == PS_IPV6 ? ETH_P_IPV6 : ETH_P_IP);
	memcpy(frame, &eth, sizeof(eth));
	if (what->family == PS_IPV6)
		write_ipv6(frame + sizeof(eth), &tcp);
	else
		write_ipv4(frame + sizeof(eth), &tcp);
}

static __u32 expected_verdict(const struct bench_case *what)
{
	bool is_tc = what->hook != PS_HOOK_XDP;
	bool is_hit = what->sent == what->bound;

	if (is_hit && what->action == PS_DROP)
		return is_tc ? TC_ACT_SHOT : XDP_DROP;
	if (is_hit && what->action == PS_REDIRECT)
		return is_tc ? TC_ACT_REDIRECT : XDP_REDIRECT;
	return is_tc ? (__u32)TC_ACT_UNSPEC : XDP_PASS;
}

__u32 bench_endpoint_count(enum bench_shape shape, __u32 bindings)
{
	if (shape == BENCH_NESTED && bindings == BENCH_MILLION)
		return bindings - 1; /* for the /32 */
	return bindings ?: BENCH_MILLION;
}

int bench_lane_way(const struct bench_lane *lane, int prog_fd)
{
	static const enum bench_way ways[] = { BENCH_WAY_XDP, BENCH_WAY_SINGLE };
	__u32 zero = 0;

	for (int i = 0; i < 2; i++)
		if (!bpf_map_update_elem(lane->way[ways[i]].subject_fd, &zero, &prog_fd, BPF_ANY))
			return ways[i];
	return -1;
}

int bench_lane_choose(const struct bench_lane *lane, const struct bench_load *load, int seed)
{
	struct bench_traffic traffic = {
		.random = 0x9e3779b97f4a7c15 * (__u64)(seed + 1),
		.shape = load->what->sent,
		.count = bench_endpoint_count(load->what->bound, load->bindings),
		.is_ipv6 = load->what->family == PS_IPV6,
	};
	__u32 zero = 0;

	if (bpf_map_update_elem(lane->way[load->way].subject_fd, &zero, &load->prog_fd, BPF_ANY))
		return bench_fail("%s: cannot be called by the front program: %s", load->what->name,
				  strerror(errno));
	if (bpf_map_update_elem(lane->traffic_fd, &zero, &traffic, BPF_ANY))
		return bench_fail("cannot tell the front program what to send");
	return 0;
}

static double thread_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

int bench_lane_send(const struct bench_lane *lane, const struct bench_load *load, __u32 repeat,
		    double *ret_ns)
{
	const struct bench_case *what = load->what;
	__u8 frame[FRAME_SIZE];
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame, .data_size_in = sizeof(frame),
		    .repeat = (int)repeat);
	double begin;
	int err;

	make_frame(lane, what, frame);
	begin = thread_ns();
	err = bpf_prog_test_run_opts(lane->way[load->way].front_fd, &run);
	*ret_ns = (thread_ns() - begin) / repeat;
	if (err)
		return err == -EINTR ? -1 : bench_fail("cannot run: %s", strerror(-err));
	if (what->subject != BENCH_BESIDE && run.retval != expected_verdict(what))
		return bench_fail("%s, %u bindings: the verdict is %d, not %d", what->name,
				  load->bindings, (int)run.retval, (int)expected_verdict(what));
	return 0;
}

static void *keep_company(void *argument)
{
	struct bench_company *company = argument;
	cpu_set_t one;
	double ignored;

	CPU_ZERO(&one);
	CPU_SET(company->cpu, &one);
	company->failed = sched_setaffinity(0, sizeof(one), &one)
				  ? bench_fail("cannot move to CPU %d", company->cpu)
				  : bench_lane_send(company->lane, company->load, 1, &ignored);
	__atomic_store_n(&company->is_running, true, __ATOMIC_RELEASE);
	while (!company->failed && !__atomic_load_n(&company->is_over, __ATOMIC_ACQUIRE))
		company->failed =
			bench_lane_send(company->lane, company->load, COMPANY_PACKETS, &ignored);
	return NULL;
}

int bench_company_begin(struct bench_company *ret, const struct bench_lane *lane,
			const struct bench_load *load, int cpu)
{
	*ret = (struct bench_company){ .lane = lane, .load = load, .cpu = cpu };
	if (bench_lane_choose(lane, load, cpu + 1))
		return -1;
	if (pthread_create(&ret->thread, NULL, keep_company, ret))
		return bench_fail("cannot start a second thread");
	while (!__atomic_load_n(&ret->is_running, __ATOMIC_ACQUIRE))
		sched_yield();
	return 0;
}

int bench_company_end(struct bench_company *company)
{
	__atomic_store_n(&company->is_over, true, __ATOMIC_RELEASE);
	pthread_join(company->thread, NULL);
	return company->failed;
}
