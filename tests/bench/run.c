// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The rounds: every case runs once in each, so that what disturbs the machine
 * disturbs them all, and ratios are taken within a round. Figures are CPU time
 * of this thread for one packet, front program and BPF_PROG_TEST_RUN included.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include "cases.h"
#include "memory.h"
#include "stage.h"

#define FRAME_SIZE 96 /* the front program asks for room for either family */
#define TRIAL 2000 /* packets, to learn how many fit a run */

/* A case that takes part. */
struct runner {
	const struct bench_case *what;
	int prog_fd; /* -1: not measured here */
	__u32 repeat;
	double ns[BENCH_ROUNDS_MAX];
};

static void make_frame(const struct bench_case *what, __u8 frame[FRAME_SIZE])
{
	const __be32 high_be = htonl(BENCH_V6_HIGH);
	struct tcphdr tcp = { .source = htons(50000), .doff = 5, .syn = 1 };
	struct iphdr ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP };
	struct ipv6hdr ip6 = { .version = 6, .nexthdr = IPPROTO_TCP, .hop_limit = 64 };
	struct ethhdr eth = { .h_dest = { 2, 0, 0, 0, 0, 1 }, .h_source = { 2, 0, 0, 0, 0, 2 } };
	bool is_v6 = what->sent == BENCH_EXACT6;

	memset(frame, 0, FRAME_SIZE);
	eth.h_proto = htons(is_v6 ? ETH_P_IPV6 : ETH_P_IP);
	memcpy(frame, &eth, sizeof(eth));
	frame += sizeof(eth);
	if (is_v6) {
		ip6.payload_len = htons(FRAME_SIZE - sizeof(eth) - sizeof(ip6));
		ip6.saddr.s6_addr32[0] = ip6.daddr.s6_addr32[0] = high_be;
		ip6.saddr.s6_addr32[1] = htonl(1);
		memcpy(frame, &ip6, sizeof(ip6));
		memcpy(frame + sizeof(ip6), &tcp, sizeof(tcp));
	} else {
		ip.tot_len = htons(FRAME_SIZE - sizeof(eth));
		ip.saddr = htonl(0xc6336401); /* 198.51.100.1 */
		memcpy(frame, &ip, sizeof(ip));
		memcpy(frame + sizeof(ip), &tcp, sizeof(tcp));
	}
}

static __u32 expected_verdict(const struct bench_case *what)
{
	bool is_tc = what->hook != PS_HOOK_XDP;
	bool drops = what->subject != BENCH_FLOOR && what->action == PS_DROP;

	if (what->subject == BENCH_TABLE && what->sent != what->bound)
		drops = false;
	if (drops)
		return is_tc ? TC_ACT_SHOT : XDP_DROP;
	return is_tc ? (__u32)TC_ACT_UNSPEC : XDP_PASS;
}

static double thread_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Sends @repeat packets; CPU time of one in *@ret_ns. */
static int send_packets(const struct bench_stage *stage, const struct runner *runner, __u32 repeat,
			double *ret_ns)
{
	bool is_xdp = runner->what->hook == PS_HOOK_XDP;
	__u8 frame[FRAME_SIZE];
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame, .data_size_in = sizeof(frame),
		    .repeat = (int)repeat);
	double begin;
	int err;

	make_frame(runner->what, frame);
	begin = thread_ns();
	err = bpf_prog_test_run_opts(is_xdp ? stage->front_fd : stage->front_tc_fd, &run);
	*ret_ns = (thread_ns() - begin) / repeat;
	if (err)
		return err == -EINTR ? -1 : bench_fail("cannot run: %s", strerror(-err));
	if (run.retval != expected_verdict(runner->what))
		return bench_fail("%s, %u bindings: the verdict is %d, not %d", runner->what->name,
				  runner->what->bindings, (int)run.retval,
				  (int)expected_verdict(runner->what));
	return 0;
}

/* Makes the case of @runner the one that the front program calls. */
static int choose(const struct bench_stage *stage, const struct runner *runner, int round)
{
	bool is_xdp = runner->what->hook == PS_HOOK_XDP;
	struct bench_traffic traffic = {
		.random = 0x9e3779b97f4a7c15 * (__u64)(round + 1),
		.shape = runner->what->sent,
		.count = runner->what->bindings ?: PS_BINDINGS_MAX,
	};
	__u32 zero = 0;

	if (bpf_map_update_elem(is_xdp ? stage->subject_fd : stage->subject_tc_fd, &zero,
				&runner->prog_fd, BPF_ANY))
		return bench_fail("%s: cannot be called by the front program: %s",
				  runner->what->name, strerror(errno));
	if (bpf_map_update_elem(stage->traffic_fd, &zero, &traffic, BPF_ANY))
		return bench_fail("cannot tell the front program what to send");
	return 0;
}

/* One run, after a quarter of one that warms the caches. */
static int run_once(const struct bench_stage *stage, struct runner *runner, int round)
{
	double ignored;

	if (bench_is_interrupted() || choose(stage, runner, round))
		return -1;
	return send_packets(stage, runner, runner->repeat / 4 + 1, &ignored) ||
			       send_packets(stage, runner, runner->repeat, &runner->ns[round])
		       ? -1
		       : 0;
}

static int calibrate(const struct bench_stage *stage, struct runner *runner, int run_ms)
{
	double ns;

	if (choose(stage, runner, 0) || send_packets(stage, runner, TRIAL, &ns) ||
	    send_packets(stage, runner, TRIAL, &ns))
		return -1;
	runner->repeat = (__u32)(run_ms * 1e6 / ns) + 1;
	return 0;
}

static int load_subject(struct bench_stage *stage, const struct bench_case *what, int *ret_fd)
{
	const struct bench_table table = {
		.shape = what->bound,
		.bindings = what->bindings,
		.action = what->action,
	};

	switch (what->subject) {
	case BENCH_NOTHING:
		*ret_fd = stage->drop_fd;
		return 0;
	case BENCH_FLOOR:
		return bench_load_floor(stage, what->hook, ret_fd);
	case BENCH_HASH:
		return bench_load_hash(stage, what->bindings, ret_fd);
	case BENCH_FILTER_ALL:
		bench_load_filter(stage, "all", what->bindings, ret_fd);
		return 0;
	case BENCH_FILTER_TCP:
		bench_load_filter(stage, "tcp", what->bindings, ret_fd);
		return 0;
	case BENCH_TABLE:
		return bench_load_table(stage, &table, what->hook, ret_fd);
	}
	return -1;
}

static const struct runner *find_against(const struct runner *runners, const struct runner *runner)
{
	for (int i = 0; i < bench_case_count; i++) {
		const struct bench_case *what = runners[i].what;

		if (runners[i].prog_fd >= 0 && !strcmp(what->name, runner->what->against) &&
		    (!what->bindings || what->bindings == runner->what->bindings))
			return &runners[i];
	}
	return NULL;
}

static void report(const struct runner *runners, struct runner *runner, int rounds)
{
	const struct runner *base = find_against(runners, runner);
	struct bench_result result = {
		.bindings = runner->what->bindings,
		.unit = "ns",
		.against = base ? runner->what->against : NULL,
		.bound = runner->what->limit,
		.target = runner->what->target,
	};
	double ratios[BENCH_ROUNDS_MAX], sorted[BENCH_ROUNDS_MAX];

	for (int i = 0; i < rounds; i++)
		ratios[i] = base ? runner->ns[i] / base->ns[i] : 0;
	memcpy(sorted, runner->ns, sizeof(sorted));
	result.median = bench_median(sorted, rounds);
	result.low = sorted[0];
	result.high = sorted[rounds - 1];
	result.ratio = bench_median(ratios, rounds);
	strncpy(result.name, runner->what->name, sizeof(result.name) - 1);
	bench_report(&result);
}

static bool is_wanted(const struct bench_case *what, const struct bench_options *options)
{
	if (what->bindings > options->largest)
		return false;
	return !options->only || strstr(what->name, options->only) || what->subject == BENCH_FLOOR;
}

static int prepare(struct bench_stage *stage, struct runner *runners,
		   const struct bench_options *options)
{
	for (int i = 0; i < bench_case_count; i++) {
		struct runner *runner = &runners[i];

		*runner = (struct runner){ .what = &bench_cases[i], .prog_fd = -1 };
		if (bench_is_interrupted())
			return -1;
		if (!is_wanted(runner->what, options))
			continue;
		if (load_subject(stage, runner->what, &runner->prog_fd))
			return -1;
		if (runner->prog_fd >= 0 && calibrate(stage, runner, options->run_ms))
			return -1;
	}
	return 0;
}

static int run_rounds(struct bench_stage *stage, struct runner *runners,
		      const struct bench_options *options)
{
	if (prepare(stage, runners, options))
		return -1;
	for (int round = 0; round < options->rounds; round++)
		for (int i = 0; i < bench_case_count; i++)
			if (runners[i].prog_fd >= 0 && run_once(stage, &runners[i], round))
				return -1;
	for (int i = 0; i < bench_case_count; i++)
		if (runners[i].prog_fd >= 0)
			report(runners, &runners[i], options->rounds);
	return 0;
}

/* To the last CPU that we may use; *@ret_before undoes it. */
static void pin_to_cpu(cpu_set_t *ret_before)
{
	cpu_set_t one;

	sched_getaffinity(0, sizeof(*ret_before), ret_before);
	CPU_ZERO(&one);
	for (int cpu = CPU_SETSIZE - 1; cpu >= 0 && !CPU_COUNT(&one); cpu--)
		if (CPU_ISSET(cpu, ret_before))
			CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

/* Those of tables are ours; the others go with their objects. */
static void close_programs(const struct runner *runners)
{
	for (int i = 0; i < bench_case_count; i++)
		if (runners[i].what && runners[i].what->subject == BENCH_TABLE &&
		    runners[i].prog_fd >= 0)
			close(runners[i].prog_fd);
}

int bench_packets(const struct bench_options *options)
{
	PS_FREED struct runner *runners = ps_memory_new((size_t)bench_case_count, sizeof(*runners));
	struct bench_stage stage;
	cpu_set_t before;
	int failed;

	pin_to_cpu(&before);
	failed = bench_stage_open(&stage, options->objects) || run_rounds(&stage, runners, options);
	close_programs(runners);
	bench_stage_close(&stage);
	sched_setaffinity(0, sizeof(before), &before);
	return failed ? -1 : 0;
}
