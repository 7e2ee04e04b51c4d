// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * apply of 10 000 bindings under packets, killed. Two files have nothing in
 * common: what both bind they treat differently, under different names, and
 * the rest is in one only. So each packet tells which table it met. Samplers
 * send packets all the time; once one has met the new table nobody may meet the
 * old one again. apply is killed at its system calls, spread over all of them,
 * and at moments in between; then packets, and readers, must agree on one of the
 * two. Last, both files are applied at once. (I1, I2, I10 of table/publish.h.)
 *
 * KILLS=N: at N system calls, and half as many moments (8); TIME: 2.
 */
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <net/if.h>
#include "before_after.h"
#include "frame.h"
#include "steer.h"
#include "tool.h"
#include "tracee.h"

#define ENDPOINTS 15000 /* a third of them is in the first file only, a third in the second */
#define SAMPLERS 2
#define LOOKS 500
#define KILLS 8
#define PAIRS 4 /* of files applied at once */

enum table {
	FIRST,
	SECOND,
};

/* What samplers look for, and what they found. */
static struct shared {
	unsigned int round; /* odd while there is a change under way */
	enum table to;
	unsigned int is_new; /* somebody has met it in this round */
	unsigned int violations;
	unsigned long samples[SAMPLERS];
} * shared;

static const char *const files[] = { "first", "second" };
static char directory[] = "/tmp/portsteer-applies-XXXXXX";
static struct frame frames[2]; /* UDP, TCP */
static int program_fd = -1;
static pid_t samplers[SAMPLERS];
static unsigned int kills, got_new;

/* Few are for a port of any address, for each of these is a shape of its own. */
static bool is_any(int i)
{
	return i % 20 == 3;
}

static bool is_prefix(int i)
{
	return i % 4 == 2;
}

/* The endpoint of number @i, as text and as a frame to it. */
static void name_endpoint(int i, char *text, size_t size)
{
	int high = i >> 8, low = i & 255;

	if (is_any(i))
		snprintf(text, size, "tcp any4:%d", 10000 + i);
	else if (is_prefix(i))
		snprintf(text, size, "udp 10.%d.%d.0/24:2000-2009", 128 + high, low);
	else
		snprintf(text, size, "%s 10.0.%d.%d:%d", i % 2 ? "tcp" : "udp", high, low,
			 1000 + i % 100);
}

static struct frame *frame_to(int i)
{
	struct frame *frame = &frames[i % 2];
	__u8 exact[16] = { 10, 0, (__u8)(i >> 8), (__u8)i };
	__u8 prefix[16] = { 10, (__u8)(128 + (i >> 8)), (__u8)i, 77 };
	__u16 port = (__u16)(1000 + i % 100);

	if (is_prefix(i))
		port = 2005;
	if (is_any(i))
		port = (__u16)(10000 + i);
	frame_set_addr(frame, &frame->dst, is_prefix(i) ? prefix : exact);
	frame_set_port(frame, &frame->dst, port);
	return frame;
}

/* What is to be done there: in the first file only, in the second only, or in both. */
static const char *action_in(enum table table, int i)
{
	if (i % 3 == 0)
		return table == FIRST ? "drop" : "pass";
	return (i % 3 == 1) == (table == FIRST) ? "drop" : NULL;
}

static void write_file(enum table table)
{
	FILE *file = fopen(files[table], "we");
	char endpoint[64];

	assert_non_null(file);
	fprintf(file, "bindings:\n");
	for (int i = 0; i < ENDPOINTS; i++) {
		const char *action = action_in(table, i);

		name_endpoint(i, endpoint, sizeof(endpoint));
		if (action)
			fprintf(file, "- {endpoint: '%s', action: %s, name: '%s %d'}\n", endpoint,
				action, files[table], i % 7);
	}
	assert_int_equal(fclose(file), 0);
}

/* Sends one packet to endpoint @i; the table that it met. */
static enum table ask(int i)
{
	struct frame *frame = frame_to(i);
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame->data,
		    .data_size_in = (__u32)frame->size, .repeat = 1);
	const char *first = action_in(FIRST, i);
	bool is_dropped, drops_first = first && !strcmp(first, "drop");

	assert_int_equal(bpf_prog_test_run_opts(program_fd, &run), 0);
	is_dropped = steer_outcome_of(PS_HOOK_XDP, (int)run.retval) == STEER_DROP;
	return is_dropped == drops_first ? FIRST : SECOND;
}

static void sample(int number)
{
	unsigned int round = __atomic_load_n(&shared->round, __ATOMIC_SEQ_CST);
	unsigned int is_new = __atomic_load_n(&shared->is_new, __ATOMIC_SEQ_CST);
	enum table to = shared->to, met = ask((int)(random() % ENDPOINTS));

	if (round % 2 == 0 || __atomic_load_n(&shared->round, __ATOMIC_SEQ_CST) != round)
		return;
	shared->samples[number]++;
	if (met == to)
		__atomic_store_n(&shared->is_new, 1, __ATOMIC_SEQ_CST);
	else if (is_new)
		__atomic_add_fetch(&shared->violations, 1, __ATOMIC_SEQ_CST);
}

static void start_samplers(void)
{
	for (int i = 0; i < SAMPLERS; i++) {
		samplers[i] = fork();
		assert_true(samplers[i] >= 0);
		if (samplers[i])
			continue;
		setenv("CMOCKA_TEST_ABORT", "1", 1);
		srandom((unsigned int)i);
		for (int count = 1;; count++) {
			sample(i);
			if (count % 64 == 0)
				usleep(100);
		}
	}
}

/* From here on packets may meet @to, and then nothing else. */
static void begin_round(enum table to)
{
	shared->to = to;
	__atomic_store_n(&shared->is_new, 0, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&shared->round, 1, __ATOMIC_SEQ_CST);
}

static void end_round(const char *when)
{
	__atomic_add_fetch(&shared->round, 1, __ATOMIC_SEQ_CST);
	if (shared->violations)
		fail_msg("%s: %u packets met the old table after the new one", when,
			 shared->violations);
}

/* The table that all packets meet, and that readers see, down to its names. */
static enum table check_one(const char *when)
{
	enum table met = ask((int)(random() % ENDPOINTS));
	char words[96];

	for (int i = 0; i < LOOKS; i++)
		if (ask((int)(random() % ENDPOINTS)) != met)
			fail_msg("%s: packets meet a mixture", when);
	snprintf(words, sizeof(words), "-q apply --detached --dry-run %s", files[met]);
	tool_expect(0, words);
	snprintf(words, sizeof(words), "-q apply --detached --dry-run %s", files[!met]);
	tool_expect(10, words);
	return met;
}

static void command_to(enum table to, char words[96])
{
	snprintf(words, 96, "-q --wait 60 apply --detached %s", files[to]);
}

/* The next command does what the killed one was to do. */
static void check_after(enum table to, const char *when)
{
	char words[96];

	end_round(when);
	kills++;
	got_new += check_one(when) == to;
	command_to(to, words);
	tool_expect(0, words);
	if (check_one(when) != to)
		fail_msg("%s: apply did nothing", when);
}

static void kill_at_stop(enum table to, int stop)
{
	struct tracee tracee;
	char words[96], when[96] = "uninterrupted";

	command_to(to, words);
	begin_round(to);
	tracee_start(words, &tracee);
	for (int i = 0; tracee_advance(&tracee); i++) {
		if (i != stop)
			continue;
		snprintf(when, sizeof(when), "killed at stop %d (%s)", stop, tracee.call);
		tracee_kill(&tracee);
		break;
	}
	check_after(to, when);
}

static long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static pid_t start(enum table to)
{
	char words[96];
	pid_t child;

	command_to(to, words);
	child = fork();
	assert_true(child >= 0);
	if (!child)
		tool_exec(words);
	return child;
}

static void kill_after(enum table to, long us)
{
	char when[64];
	pid_t child;

	snprintf(when, sizeof(when), "killed after %ld us", us);
	begin_round(to);
	child = start(to);
	usleep((useconds_t)us);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	check_after(to, when);
}

static int wanted_kills(void)
{
	const char *text = getenv("KILLS");

	return text ? atoi(text) : getenv("TIME") ? KILLS / 4 : KILLS;
}

/* From the first to the second: how many stops there are, and how long it takes. */
static int learn(long *ret_us)
{
	struct tracee tracee;
	char words[96];
	int stops = 0;

	command_to(FIRST, words);
	*ret_us = now_us();
	tool_expect(0, words);
	*ret_us = now_us() - *ret_us;
	assert_int_equal(check_one("first"), FIRST);
	command_to(SECOND, words);
	tracee_start(words, &tracee);
	while (tracee_advance(&tracee))
		stops++;
	assert_int_equal(check_one("second"), SECOND);
	return stops;
}

static void test_kills(void **state)
{
	int wanted = wanted_kills(), stops, offset;
	enum table to = FIRST;
	long length;

	(void)state;
	stops = learn(&length);
	offset = (int)(random() % stops);
	start_samplers();
	for (int i = 0; i < wanted; i++, to = !to)
		kill_at_stop(to, (offset + i * stops / wanted) % stops);
	for (int i = 0; i < wanted / 2; i++, to = !to)
		kill_after(to, length / 4 + random() % length);
	after_check_whole("after all kills");
	print_message("# stops %d + n * %d of %d; %u kills, %u left the new table; %lu packets\n",
		      offset, stops / wanted, stops, kills, got_new,
		      shared->samples[0] + shared->samples[1]);
	assert_true(shared->samples[0] + shared->samples[1] > 1000);
}

/* One after the other: one of the files it is in the end. */
static void test_two_at_once(void **state)
{
	int ended[2] = {};

	(void)state;
	for (int i = 0; i < PAIRS; i++) {
		pid_t children[2] = { start(i % 2), start(!(i % 2)) };

		for (int j = 0; j < 2; j++) {
			int status;

			assert_int_equal(waitpid(children[j], &status, 0), children[j]);
			assert_int_equal(status, 0);
		}
		ended[check_one("two at once")]++;
	}
	after_check_whole("two at once");
	print_message("# two at once: %d times the first file, %d times the second\n", ended[FIRST],
		      ended[SECOND]);
}

static int open_all(void **state)
{
	const char *seed = getenv("SEED");
	unsigned int number = seed ? (unsigned int)atoi(seed) : (unsigned int)time(NULL);
	__u32 id = 0;

	(void)state;
	srandom(number);
	print_message("# SEED=%u\n", number);
	if (setenv("PORTSTEER_STEP", "65536", 1)) /* the program that samplers run keeps its maps */
		return -1;
	tool_enter();
	steer_ip("link add eth0 type veth peer name eth1\nlink set eth0 up\nlink set eth1 up\n");
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED || !mkdtemp(directory) || chdir(directory))
		return -1;
	frame_build("ip4 udp", 0, &frames[0]);
	frame_build("ip4 tcp", 0, &frames[1]);
	write_file(FIRST);
	write_file(SECOND);
	tool_expect(0, "attach eth0");
	bpf_xdp_query_id((int)if_nametoindex("eth0"), 0, &id);
	program_fd = bpf_prog_get_fd_by_id(id);
	return program_fd < 0 ? -1 : 0;
}

static int close_all(void **state)
{
	(void)state;
	for (int i = 0; i < SAMPLERS && samplers[i]; i++) {
		kill(samplers[i], SIGKILL);
		waitpid(samplers[i], NULL, 0);
	}
	close(program_fd);
	unlink(files[FIRST]);
	unlink(files[SECOND]);
	rmdir(directory);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kills),
		cmocka_unit_test(test_two_at_once),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
