// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Many frames, composed and mutated, through the real programs of both
 * compilers, one process and one instance for each CPU: FUZZ_SECONDS of them,
 * or FUZZ_FRAMES on each CPU; SEED=N repeats a run. With files as arguments:
 * only the samples in them. Says which reasons were reached.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/reason.h"
#include "second.h"
#include "stage.h"
#include "vary.h"

#define CPUS_MAX 256
#define AUDIT_EVERY 65536

/* What a worker found, where its parent sees it. */
struct report {
	__u64 frames, refused;
	__u64 runs[STAGE_PROGRAMS];
	__u64 reached[PS_HOOK_TC_EGRESS + 1][PS_REASONS_MAX];
	char problem[512];
	char kept[256]; /* the file with the frame */
};

struct limits {
	time_t seconds; /* 0: any time */
	__u64 frames; /* 0: no matter how many */
};

static struct stage stage;
static struct report *reports;
static int tests, failed;

static void tap(int is_good, const char *name, const char *more)
{
	failed |= !is_good;
	printf("%sok %d - %s\n", is_good ? "" : "not ", ++tests, name);
	if (!is_good)
		printf("# %s\n", more);
}

/* Writes @sample where it can be run again from. */
static void keep(const struct sample *sample, unsigned int seed, __u32 cpu, struct report *report)
{
	static char text[SAMPLE_TEXT_MAX];
	FILE *file;

	mkdir("build/fuzz", 0755);
	mkdir("build/fuzz/failed", 0755);
	snprintf(report->kept, sizeof(report->kept), "build/fuzz/failed/frames-%u-%u.txt", seed,
		 cpu);
	sample_write(sample, text);
	file = fopen(report->kept, "we");
	if (!file)
		return;
	fprintf(file, "# %s\n%s", report->problem, text);
	fclose(file);
}

static void add_up(struct report *report)
{
	for (int i = 0; i < stage.programs; i++) {
		const struct stage_program *program = &stage.program[i];

		report->refused += program->refused;
		for (int reason = 0; reason < PS_REASONS_MAX; reason++) {
			report->runs[i] += program->counted[reason];
			report->reached[program->hook][reason] += program->counted[reason];
		}
	}
}

static int run_frames(const struct limits *limits, unsigned int seed, struct report *report)
{
	static struct sample base, sample;
	struct dice dice = dice_of(seed + ((__u64)stage.cpu << 32));
	time_t end = time(NULL) + limits->seconds;

	while (!limits->frames || report->frames < limits->frames) {
		vary_next(&dice, report->frames, &base, &sample);
		if (stage_check(&stage, &sample, report->problem, sizeof(report->problem))) {
			keep(&sample, seed, stage.cpu, report);
			return 1;
		}
		if (++report->frames % 256 == 0 && limits->seconds && time(NULL) >= end)
			return 0;
		if (report->frames % AUDIT_EVERY == 0 &&
		    stage_audit(&stage, report->problem, sizeof(report->problem)))
			return 1;
	}
	return 0;
}

static _Noreturn void work(__u32 cpu, const struct limits *limits, unsigned int seed)
{
	struct report *report = &reports[cpu];
	char name[32];
	int bad;

	snprintf(name, sizeof(name), "fuzz-%u", cpu);
	snprintf(report->problem, sizeof(report->problem), "the worker did not begin");
	stage_open(&stage, name, cpu);
	report->problem[0] = '\0';
	bad = run_frames(limits, seed, report) ||
	      stage_audit(&stage, report->problem, sizeof(report->problem));
	add_up(report);
	_exit(bad);
}

/* One worker for each CPU; how many found something wrong. */
static int run_workers(const struct limits *limits, unsigned int seed)
{
	cpu_set_t cpus;
	int status, bad = 0;

	sched_getaffinity(0, sizeof(cpus), &cpus);
	fflush(stdout);
	for (__u32 cpu = 0; cpu < CPUS_MAX; cpu++)
		if (CPU_ISSET(cpu, &cpus) && !fork())
			work(cpu, limits, seed);
	while (wait(&status) > 0)
		bad += status != 0;
	return bad;
}

static void sum_up(struct report *ret)
{
	for (int cpu = 0; cpu < CPUS_MAX; cpu++) {
		const struct report *report = &reports[cpu];

		ret->frames += report->frames;
		ret->refused += report->refused;
		for (int i = 0; i < STAGE_PROGRAMS; i++)
			ret->runs[i] += report->runs[i];
		for (int hook = 0; hook <= PS_HOOK_TC_EGRESS; hook++)
			for (int reason = 0; reason < PS_REASONS_MAX; reason++)
				ret->reached[hook][reason] += report->reached[hook][reason];
		if (!report->problem[0] || ret->problem[0])
			continue;
		memcpy(ret->problem, report->problem, sizeof(ret->problem));
		memcpy(ret->kept, report->kept, sizeof(ret->kept));
	}
}

static void print_reasons(const struct report *sum)
{
	printf("# %-20s %12s %12s %12s\n", "reason", "xdp", "tc ingress", "tc egress");
	for (int reason = 1; reason < PS_REASON_COUNT_OF; reason++)
		printf("# %-20s %12llu %12llu %12llu\n", ps_reason_name((enum ps_reason)reason),
		       sum->reached[PS_HOOK_XDP][reason], sum->reached[PS_HOOK_TC_INGRESS][reason],
		       sum->reached[PS_HOOK_TC_EGRESS][reason]);
}

/* A parser's reason must be reached at every hook, another at one. */
static bool is_reached(const struct report *sum, int reason)
{
	bool is_parsers = reason >= PS_REASON_NOT_IP && reason <= PS_REASON_MARTIAN &&
			  !parsed_is_unfound((enum ps_reason)reason);
	int hooks = 0;

	for (int hook = PS_HOOK_XDP; hook <= PS_HOOK_TC_EGRESS; hook++)
		hooks += sum->reached[hook][reason] != 0;
	return hooks >= (is_parsers ? PS_HOOK_TC_EGRESS : 1);
}

/*
 * Contradictions in the table, what becomes of a frame after the program, and what
 * tests/prog/lookup.c is for: connections have no frames.
 */
static bool is_beyond(int reason)
{
	return reason == PS_REASON_BROKEN || reason == PS_REASON_REDIRECT_LOST ||
	       reason == PS_REASON_SOCKET || reason == PS_REASON_NO_SOCKET ||
	       reason == PS_REASON_NO_SOCKET_PASS;
}

static void check_reached(const struct report *sum)
{
	char missing[1024] = "never:";
	int count = 0;

	for (int reason = 1; reason < PS_REASON_COUNT_OF; reason++) {
		if (is_beyond(reason) || is_reached(sum, reason))
			continue;
		count++;
		strcat(strcat(missing, " "), ps_reason_name((enum ps_reason)reason));
	}
	tap(!count, "every reason of the parser and of the actions is reached", missing);
	tap(!is_reached(sum, PS_REASON_BROKEN), "nothing is broken", "see the table above");
}

static int fuzz(const struct limits *limits, unsigned int seed)
{
	static struct report sum;
	char name[128], more[1024];
	__u64 runs = 0;
	int bad;

	printf("# SEED=%u\n", seed);
	bad = run_workers(limits, seed);
	sum_up(&sum);
	for (int i = 0; i < STAGE_PROGRAMS; i++)
		runs += sum.runs[i];
	print_reasons(&sum);
	printf("# %llu frames, %llu runs of programs; %llu frames too short or long for an skb\n",
	       sum.frames, runs, sum.refused);
	snprintf(name, sizeof(name), "programs of %s%s%s do as foreseen, and count all", FUZZ_FIRST,
		 second_load_hook ? " and " : "", second_load_hook ? FUZZ_SECOND : "");
	snprintf(more, sizeof(more), "%s\n# again: build/tests/fuzz/frames %s", sum.problem,
		 sum.kept);
	tap(!bad, name, more);
	check_reached(&sum);
	return failed;
}

static bool read_file(const char *path, struct sample *ret)
{
	static char text[SAMPLE_TEXT_MAX];
	FILE *file = fopen(path, "re");
	size_t size;

	if (!file)
		return false;
	size = fread(text, 1, sizeof(text), file);
	fclose(file);
	return sample_read(text, size, ret);
}

static int run_files(int count, char *const paths[])
{
	static struct sample sample;
	char problem[512];

	stage_open(&stage, "fuzz-files", (__u32)sched_getcpu());
	for (int i = 0; i < count; i++) {
		snprintf(problem, sizeof(problem), "this is no sample");
		tap(read_file(paths[i], &sample) &&
			    !stage_check(&stage, &sample, problem, sizeof(problem)),
		    paths[i], problem);
	}
	tap(!stage_audit(&stage, problem, sizeof(problem)), "every counter is right", problem);
	return failed;
}

static unsigned long number_of(const char *variable, unsigned long otherwise)
{
	const char *text = getenv(variable);

	return text ? strtoul(text, NULL, 0) : otherwise;
}

int main(int argc, char *argv[])
{
	struct limits limits = { .frames = number_of("FUZZ_FRAMES", 0) };
	unsigned int seed = (unsigned int)number_of("SEED", (unsigned long)time(NULL));

	if (geteuid()) {
		printf("ok 1 - frames through the programs # skip needs root\n1..1\n");
		return 0;
	}
	if (!second_load_hook)
		printf("ok %d - both builds agree # skip %s is not installed\n", ++tests,
		       FUZZ_SECOND);
	if (!limits.frames)
		limits.seconds = (time_t)number_of("FUZZ_SECONDS", 10);
	reports = mmap(NULL, CPUS_MAX * sizeof(*reports), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (reports == MAP_FAILED)
		return 1;
	failed = argc > 1 ? run_files(argc - 1, argv + 1) : fuzz(&limits, seed);
	printf("1..%d\n", tests);
	return failed;
}
