// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The rounds: every case runs once in each, so that what disturbs the machine
 * disturbs them all, and ratios are taken within a round. Figures are CPU time
 * of this thread for one packet, front program and BPF_PROG_TEST_RUN included.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <bpf/bpf.h>
#include "base/memory.h"
#include "stage.h"

#define TRIAL 2000 /* packets, to learn how many fit a run */
#define TRIALS 20 /* and so many times as many */

/* A case and a size that take part. */
struct runner {
	struct bench_load load;
	int fd[BENCH_COPIES]; /* of the same program, by turns */
	__u32 repeat;
	double ns[BENCH_ROUNDS_MAX];
};

struct runners {
	struct runner *item;
	int count;
	int cpu[BENCH_LANES]; /* of each lane, -1: there is none */
};

static int send_twice(const struct bench_lane *lane, struct runner *runner, int round)
{
	double ignored;

	return bench_lane_send(lane, &runner->load, runner->repeat / 4 + 1, &ignored) ||
			       bench_lane_send(lane, &runner->load, runner->repeat,
					       &runner->ns[round])
		       ? -1
		       : 0;
}

/* One run, after a quarter of one that warms the caches. */
static int run_once(const struct bench_stage *stage, const struct runners *runners,
		    struct runner *runner, int round)
{
	const struct bench_lane *lane = stage->lane;
	struct bench_company company;
	int failed;

	runner->load.prog_fd = runner->fd[round % BENCH_COPIES];
	if (bench_is_interrupted() || bench_lane_choose(lane, &runner->load, round))
		return -1;
	if (!runner->load.what->has_company)
		return send_twice(lane, runner, round);
	if (bench_company_begin(&company, lane + 1, &runner->load, runners->cpu[1]))
		return -1;
	failed = send_twice(lane, runner, round);
	return bench_company_end(&company) || failed ? -1 : 0;
}

/*
 * Each run of XDP has the kernel patch its code, which is a millisecond: so what a packet
 * takes is the difference of two runs, and a run is long beside that.
 */
static int calibrate(const struct bench_stage *stage, struct runner *runner, int run_ms)
{
	const struct bench_lane *lane = stage->lane;
	double few, many, ns;

	if (bench_lane_choose(lane, &runner->load, 0) ||
	    bench_lane_send(lane, &runner->load, TRIAL, &few) ||
	    bench_lane_send(lane, &runner->load, TRIAL, &few) ||
	    bench_lane_send(lane, &runner->load, TRIALS * TRIAL, &many))
		return -1;
	ns = (TRIALS * many - few) / (TRIALS - 1);
	runner->repeat = (__u32)(run_ms * 1e6 / (ns > 1 ? ns : many)) + 1;
	return 0;
}

/* A program by its id, and the way by which it can be called. */
static int load_beside(const struct bench_stage *stage, __u32 id, struct runner *runner)
{
	int fd = bpf_prog_get_fd_by_id(id), way = fd < 0 ? -1 : bench_lane_way(stage->lane, fd);

	if (way < 0)
		return bench_fail("program %u is no XDP program that can be called: %s", id,
				  strerror(errno));
	runner->load.way = (enum bench_way)way;
	runner->fd[0] = fd;
	return 0;
}

/* runner->fd[@copy] stays as it is when there is no such copy, or the subject is not installed. */
static int load_subject(struct bench_stage *stage, const struct bench_options *options, int copy,
			struct runner *runner)
{
	const struct bench_case *what = runner->load.what;
	const __u32 bindings = runner->load.bindings;
	int *fd = &runner->fd[copy];
	const struct bench_table table = {
		.shape = what->bound,
		.family = what->bound == BENCH_ANY || what->bound == BENCH_NEAR ? PS_ANY
										: what->family,
		.bindings = bindings,
		.action = what->action,
		.is_default = what->subject == BENCH_DEFAULT,
	};

	switch (what->subject) {
	case BENCH_FLOOR:
		return bench_load_floor(stage, what->hook, copy, fd);
	case BENCH_TABLE:
	case BENCH_DEFAULT:
		return bench_load_table(stage, &table, what->hook, copy, fd);
	default:
		break;
	}
	if (copy)
		return 0;
	switch (what->subject) {
	case BENCH_NOTHING:
		*fd = what->hook == PS_HOOK_XDP ? stage->drop_fd : stage->drop_tc_fd;
		return 0;
	case BENCH_HASH:
		return bench_load_hash(stage, bindings, fd);
	case BENCH_FILTER_ALL:
		bench_load_filter(stage, "all", bindings, fd);
		return 0;
	case BENCH_FILTER_TCP:
		bench_load_filter(stage, "tcp", bindings, fd);
		return 0;
	case BENCH_BESIDE:
		return load_beside(stage, options->beside, runner);
	default:
		return -1;
	}
}

/* All copies; what has fewer uses the first in their place. */
static int load_copies(struct bench_stage *stage, const struct bench_options *options,
		       struct runner *runner)
{
	runner->fd[0] = -1;
	for (int i = 0; i < options->copies; i++) {
		runner->fd[i] = runner->fd[0];
		if (load_subject(stage, options, i, runner))
			return -1;
	}
	for (int i = options->copies; i < BENCH_COPIES; i++)
		runner->fd[i] = runner->fd[i % options->copies];
	return 0;
}

/* The program that only drops, at the hook of @runner. */
static const struct runner *find_drop(const struct runners *runners, const struct runner *runner)
{
	for (int i = 0; i < runners->count; i++) {
		const struct bench_case *what = runners->item[i].load.what;

		if (what->subject == BENCH_NOTHING && what->hook == runner->load.what->hook)
			return &runners->item[i];
	}
	return NULL;
}

/* Median over the rounds of what @runner takes as a multiple of @base; 0 without. */
static double ratio_to(const struct runner *runner, const struct runner *base, int rounds)
{
	double ratios[BENCH_ROUNDS_MAX];

	for (int i = 0; i < rounds; i++)
		ratios[i] = base ? runner->ns[i] / base->ns[i] : 0;
	return bench_median(ratios, rounds);
}

static const struct runner *find_against(const struct runners *runners, const struct runner *runner)
{
	for (int i = 0; i < runners->count; i++) {
		const struct bench_load *load = &runners->item[i].load;

		if (!strcmp(load->what->name, runner->load.what->against) &&
		    (!load->bindings || load->bindings == runner->load.bindings))
			return &runners->item[i];
	}
	return NULL;
}

static void report(const struct runners *runners, const struct runner *runner, int rounds)
{
	const struct bench_case *what = runner->load.what;
	const struct runner *base = find_against(runners, runner);
	struct bench_result result = {
		.bindings = runner->load.bindings,
		.unit = "ns",
		.against = base ? what->against : NULL,
		.ratio = ratio_to(runner, base, rounds),
		.aim = base ? what->aim : (struct bench_aim){},
		.drops = ratio_to(runner, find_drop(runners, runner), rounds),
		.most_drops = what->most_drops,
	};
	double sorted[BENCH_ROUNDS_MAX];

	memcpy(sorted, runner->ns, sizeof(sorted));
	result.median = bench_median(sorted, rounds);
	result.low = sorted[0];
	result.high = sorted[rounds - 1];
	snprintf(result.name, sizeof(result.name), "%s", what->name);
	bench_report(&result);
}

static bool is_wanted(const struct bench_case *what, const struct bench_options *options)
{
	if (what->subject == BENCH_BESIDE)
		return options->beside;
	return !options->only || strstr(what->name, options->only) ||
	       what->subject == BENCH_FLOOR || what->subject == BENCH_NOTHING;
}

/* Adds @what with @bindings, unless it cannot be measured here. */
static int add_runner(struct bench_stage *stage, struct runners *runners,
		      const struct bench_load *load, const struct bench_options *options)
{
	struct runner *runner = &runners->item[runners->count];

	*runner = (struct runner){ .load = *load };
	if (bench_is_interrupted())
		return -1;
	if (load->what->has_company && runners->cpu[1] < 0) {
		printf("# no second CPU: '%s' is left out\n", load->what->name);
		return 0;
	}
	if (load_copies(stage, options, runner))
		return -1;
	runner->load.prog_fd = runner->fd[0];
	if (runner->load.prog_fd < 0)
		return 0;
	runners->count++;
	return calibrate(stage, runner, options->run_ms);
}

static int add_sizes(struct bench_stage *stage, struct runners *runners,
		     const struct bench_case *what, const struct bench_options *options)
{
	struct bench_load load = {
		.what = what,
		.way = what->hook == PS_HOOK_XDP ? BENCH_WAY_XDP : BENCH_WAY_TC,
	};

	for (int i = 0; i < BENCH_SIZES_MAX && (!i || what->sizes[i]); i++) {
		load.bindings = what->sizes[i];
		if (load.bindings <= options->largest && load.bindings <= PS_BINDINGS_MAX &&
		    add_runner(stage, runners, &load, options))
			return -1;
	}
	return 0;
}

static int run_rounds(struct bench_stage *stage, struct runners *runners,
		      const struct bench_options *options)
{
	for (int i = 0; i < bench_case_count; i++)
		if (is_wanted(&bench_cases[i], options) &&
		    add_sizes(stage, runners, &bench_cases[i], options))
			return -1;
	for (int round = 0; round < options->rounds; round++)
		for (int i = 0; i < runners->count; i++)
			if (run_once(stage, runners, &runners->item[i], round))
				return -1;
	for (int i = 0; i < runners->count; i++)
		report(runners, &runners->item[i], options->rounds);
	return 0;
}

/* The last CPUs that we may use, one for each lane; this thread to the first of them. */
static void choose_cpus(const cpu_set_t *allowed, int cpu[BENCH_LANES])
{
	int count = 0;
	cpu_set_t one;

	for (int i = 0; i < BENCH_LANES; i++)
		cpu[i] = -1;
	for (int i = CPU_SETSIZE - 1; i >= 0 && count < BENCH_LANES; i--)
		if (CPU_ISSET(i, allowed))
			cpu[count++] = i;
	CPU_ZERO(&one);
	CPU_SET(cpu[0], &one);
	sched_setaffinity(0, sizeof(one), &one);
}

int bench_packets(const struct bench_options *options)
{
	const size_t room = (size_t)bench_case_count * BENCH_SIZES_MAX;
	PS_FREED struct runner *memory = ps_memory_new(room, sizeof(*memory));
	struct runners runners = { .item = memory };
	struct bench_stage stage;
	cpu_set_t before;
	int failed;

	sched_getaffinity(0, sizeof(before), &before);
	choose_cpus(&before, runners.cpu);
	failed =
		bench_stage_open(&stage, options->objects) || run_rounds(&stage, &runners, options);
	bench_stage_close(&stage);
	sched_setaffinity(0, sizeof(before), &before);
	return failed ? -1 : 0;
}
