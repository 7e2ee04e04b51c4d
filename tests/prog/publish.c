// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Publishing under packets (I1, I2 of table/publish.h). One thread on each CPU runs
 * frames (XDP on one, TC on the other) while bindings swap their actions and
 * others come and go with every publish, so that the kernel has elements to
 * reuse.
 *
 * Why the checks are sound. Publishing number G makes the table that parity of
 * G names, so expected(frame, G) is known. A run reads the generation once,
 * between our read of it before (g0) and after (g1), and it never decreases:
 *  - g0 == g1: every frame between them must have had the answer of g0;
 *  - g1 == g0 + 1: each frame had the answer of g0 or that of g1. In a chain of
 *    single frames, the first that had the new answer is followed by none that
 *    had the old one, of whichever binding: else one table was a mixture;
 *  - more: each frame still had one of the two answers that exist for it.
 * The answers of bindings that come and go (`count`) are never those of others.
 * Reasons are read from the row of the thread's own CPU, which only it writes.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "audit.h"
#include "instance/snapshot.h"
#include "steer.h"
#include "table/read.h"

#define SECONDS 25 /* of publishing; 90 with LONG=1, and TIME=N is another number */
#define PUBLISHES 1000 /* at least, without TIME */
#define BATCH 50
#define CPUS 2

static const struct party {
	const char *endpoint, *frame;
	const char *action[2]; /* by parity; NULL: not bound */
	enum ps_reason reason[2];
} parties[] = {
#define SWAPS_AB                               \
	{ "drop", "pass" },                    \
	{                                      \
		PS_REASON_DROP, PS_REASON_PASS \
	}
#define SWAPS_BA                               \
	{ "pass", "drop" },                    \
	{                                      \
		PS_REASON_PASS, PS_REASON_DROP \
	}
#define COMES                                      \
	{ NULL, "count" },                         \
	{                                          \
		PS_REASON_UNBOUND, PS_REASON_COUNT \
	}
#define STAYS                                  \
	{ "drop", "drop" },                    \
	{                                      \
		PS_REASON_DROP, PS_REASON_DROP \
	}
	{ "tcp 192.0.2.1:80", "ip4 dst=192.0.2.1 tcp", SWAPS_AB },
	{ "tcp 192.0.2.2:80", "ip4 dst=192.0.2.2 tcp", SWAPS_BA },
	{ "tcp 192.0.2.50:80", "ip4 dst=192.0.2.50 tcp flags=A", COMES },
	{ "udp [2001:db8::1]:53", "ip6 dst=2001:db8::1 udp dport=53", SWAPS_AB },
	{ "udp [2001:db8::2]:53", "ip6 dst=2001:db8::2 udp dport=53", SWAPS_BA },
	{ "udp [2001:db8::50]:53", "ip6 dst=2001:db8::50 udp dport=53", COMES },
	{ "tcp any:1001", "ip4 tcp dport=1001", SWAPS_AB },
	{ "tcp any:1002", "ip6 tcp dport=1002", SWAPS_BA },
	{ "tcp any:1003", "ip6 tcp dport=1003 flags=A", COMES },
	{ "tcp 192.0.2.3:80", "ip4 dst=192.0.2.3 tcp", STAYS },
	{ "tcp any:2000-2999", "ip6 tcp dport=2500", STAYS },
	{ "tcp 192.0.2.51:80", "ip4 dst=192.0.2.51 tcp flags=A", COMES },
	{ "tcp 192.0.2.52:80", "ip4 dst=192.0.2.52 tcp flags=A", COMES },
	{ "tcp 192.0.3.0/24:80-81", "ip4 dst=192.0.3.7 tcp flags=A", COMES },
};

#define PARTIES (sizeof(parties) / sizeof(parties[0]))

struct runner {
	pthread_t thread;
	int cpu;
	enum ps_hook hook;
	__u64 run[PARTIES]; /* frames */
	__u64 chains, crossed, lost_count;
	char fault[256]; /* the first */
	struct steer_answer answer;
};

static struct steer steer;
static struct frame frames[PARTIES];
static struct runner runners[CPUS];
static bool is_over;

static __u64 generation(void)
{
	__u64 now;

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	now = __atomic_load_n(&steer.instance.state->generation, __ATOMIC_SEQ_CST);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return now;
}

static enum ps_reason expected(size_t party, __u64 at)
{
	return parties[party].reason[at & 1];
}

#define fault(runner, ...)                                                               \
	do {                                                                             \
		if (!(runner)->fault[0])                                                 \
			snprintf((runner)->fault, sizeof((runner)->fault), __VA_ARGS__); \
	} while (0)

/* Runs a party's frame and says how often each reason was counted. */
static void run(struct runner *runner, size_t party, int repeat, __u64 counted[PS_REASONS_MAX])
{
	__u32 row = PS_REASONS_CPU + (__u32)runner->cpu;
	const volatile __u64 *reasons =
		steer.instance.reasons[ps_reasons_index(row, runner->hook)].count;
	int err;

	for (int i = 0; i < PS_REASON_COUNT_OF; i++)
		counted[i] = reasons[i];
	err = steer_run_raw(&steer, runner->hook, &frames[party], repeat, &runner->answer);
	if (err)
		fault(runner, "cannot run a frame: %s", strerror(-err));
	for (int i = 0; i < PS_REASON_COUNT_OF; i++)
		counted[i] = reasons[i] - counted[i];
	runner->run[party] += (__u64)repeat;
}

static void run_batch(struct runner *runner, size_t party)
{
	__u64 counted[PS_REASONS_MAX], before = generation(), after, allowed;

	run(runner, party, BATCH, counted);
	after = generation();
	allowed = counted[expected(party, before)];
	if (after != before && expected(party, 0) != expected(party, 1))
		allowed += counted[expected(party, before + 1)];
	if (allowed != BATCH)
		fault(runner, "%s: of %d frames, %llu had a right answer (generations %llu, %llu)",
		      parties[party].endpoint, BATCH, allowed, before, after);
}

/* Runs one frame; 0 the answer of the older generation, 1 of the newer, -1 neither. */
static int run_link(struct runner *runner, size_t party)
{
	__u64 counted[PS_REASONS_MAX];

	run(runner, party, 1, counted);
	for (int parity = 0; parity < 2; parity++)
		if (counted[expected(party, (__u64)parity)] == 1)
			return parity;
	fault(runner, "%s: a foreign answer, verdict %d", parties[party].endpoint,
	      runner->answer.verdict);
	return -1;
}

/* Three parties that change together: first, second, first, third, second. */
static void run_chain(struct runner *runner, size_t first)
{
	static const size_t links[] = { 0, 1, 0, 2, 1, 0 };
	__u64 before = generation(), after;
	int parity[sizeof(links) / sizeof(links[0])], seen_new = 0;

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		parity[i] = run_link(runner, first + links[i]);
	after = generation();
	runner->chains++;
	runner->crossed += after == before + 1;
	runner->lost_count += after > before + 1;
	if (after > before + 1)
		return;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		int is_new = parity[i] != (int)(before & 1);

		if ((is_new && after == before) || (!is_new && seen_new))
			fault(runner, "%s: an answer of another generation (%llu, %llu)",
			      parties[first + links[i]].endpoint, before, after);
		seen_new |= is_new;
	}
}

static void *run_frames(void *context)
{
	struct runner *runner = context;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(runner->cpu, &cpus);
	if (pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus))
		fault(runner, "cannot stay on CPU %d", runner->cpu);
	setpriority(PRIO_PROCESS, (id_t)gettid(), 19); /* more publishes, still many packets */
	while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED) && !runner->fault[0]) {
		for (size_t first = 0; first < 9; first += 3)
			run_chain(runner, first);
		for (size_t party = 0; party < PARTIES; party++)
			run_batch(runner, party);
	}
	return NULL;
}

/* Publishes the table of the next generation. */
static void publish_next(void)
{
	char text[2048] = "";
	size_t length = 0;

	for (size_t i = 0; i < PARTIES; i++) {
		const char *action = parties[i].action[(generation() + 1) & 1];

		if (action)
			length += (size_t)snprintf(text + length, sizeof(text) - length, "%s %s;",
						   parties[i].endpoint, action);
	}
	steer_set(&steer, text);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool is_faulty(void)
{
	for (int i = 0; i < CPUS; i++)
		if (runners[i].fault[0])
			return true;
	return false;
}

/* Frames to who was always bound are counted exactly (I5). */
static void check_counters(void)
{
	for (size_t i = 0; i < PARTIES; i++) {
		struct ps_bindings one = {};
		struct ps_binding binding = {};
		struct ps_counter counter;
		char text[128];
		__u64 want = 0;

		if (!parties[i].action[0])
			continue;
		snprintf(text, sizeof(text), "%s pass", parties[i].endpoint);
		steer_parse(text, &one);
		assert_true(ps_table_find(&steer.instance, &one.item[0].endpoint, &binding));
		counter = ps_table_counter(&steer.instance, binding.slot);
		for (int cpu = 0; cpu < CPUS; cpu++)
			want += runners[cpu].run[i];
		if (counter.rx_packets != want || counter.rx_bytes != want * frames[i].size)
			fail_msg("%s: %llu packets counted, %llu were run", parties[i].endpoint,
				 counter.rx_packets, want);
		ps_bindings_done(&one);
	}
}

static void test_publishes(void **state)
{
	const char *time = getenv("TIME");
	double end = now() + (time ? atof(time) : getenv("LONG") ? 90 : SECONDS);
	__u64 chains = 0, crossed = 0, run = 0, lost = 0;
	unsigned int publishes = 0;

	(void)state;
	publish_next();
	for (int i = 0; i < CPUS; i++) {
		runners[i].cpu = i;
		runners[i].hook = i ? PS_HOOK_TC_INGRESS : PS_HOOK_XDP;
		assert_int_equal(pthread_create(&runners[i].thread, NULL, run_frames, &runners[i]),
				 0);
	}
	while ((now() < end || (!time && publishes < PUBLISHES)) && !is_faulty()) {
		publish_next();
		publishes++;
	}
	__atomic_store_n(&is_over, true, __ATOMIC_SEQ_CST);
	for (int i = 0; i < CPUS; i++) {
		pthread_join(runners[i].thread, NULL);
		chains += runners[i].chains;
		crossed += runners[i].crossed;
		lost += runners[i].lost_count;
		for (size_t party = 0; party < PARTIES; party++)
			run += runners[i].run[party];
	}
	print_message("# %u publishes under %llu packets; of %llu chains %llu saw the change, "
		      "%llu more than one\n",
		      publishes, run, chains, crossed, lost);
	for (int i = 0; i < CPUS; i++)
		if (runners[i].fault[0])
			fail_msg("%s: %s", steer_hook_name(runners[i].hook), runners[i].fault);
	check_counters();
	audit(&steer.instance, "after all publishes");
}

#define NEIGHBOURS 400

struct order {
	struct ps_endpoint endpoint[NEIGHBOURS];
	size_t count;
};

static int note(void *context, const struct ps_endpoint *endpoint, const struct ps_record *record)
{
	struct order *order = context;

	(void)record;
	if (order->count == NEIGHBOURS)
		return -1;
	order->endpoint[order->count++] = *endpoint;
	return 0;
}

static void bind_neighbours(const char *action, int step)
{
	struct ps_bindings wanted = {};
	struct ps_error error;

	for (int i = 0; i < NEIGHBOURS; i += step) {
		char text[64];

		snprintf(text, sizeof(text), "tcp 10.0.%d.%d:80 %s", i / 200, i % 200, action);
		steer_parse(text, &wanted);
	}
	if (steer_add(&steer, &wanted, PS_REPLACE, &error))
		fail_msg("%s", error.text);
	ps_bindings_done(&wanted);
}

/*
 * The rule that keeps publishing atomic (I3), seen without a race: the kernel puts
 * an element that is updated in front of its bucket, in new memory. Stored in
 * place, every element stays where the walk found it.
 */
static void test_in_place(void **state)
{
	static struct order before, after;
	struct ps_error error;

	(void)state;
	steer_set(&steer, "");
	bind_neighbours("drop", 1);
	assert_int_equal(ps_snapshot_walk(&steer.instance, note, &before, &error), 0);
	assert_int_equal(before.count, NEIGHBOURS);
	bind_neighbours("pass", 2);
	bind_neighbours("count", 3);
	assert_int_equal(ps_snapshot_walk(&steer.instance, note, &after, &error), 0);
	assert_memory_equal(&after, &before, sizeof(before));
	audit(&steer.instance, "after replacing");
	steer_set(&steer, "");
}

static int open_all(void **state)
{
	(void)state;
	steer_enter_netns();
	steer_open(&steer, "publish", STEER_BINDINGS);
	for (size_t i = 0; i < PARTIES; i++)
		frame_build(parties[i].frame, 0, &frames[i]);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	steer_close(&steer);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "what is replaced stays in its place", test_in_place, NULL, NULL, NULL },
		{ "publishing under packets on two CPUs", test_publishes, NULL, NULL, NULL },
	};

	return _cmocka_run_group_tests("publish", tests, 2, open_all, close_all);
}
