// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Publishing that is killed. A child publishes and is killed before and after
 * each of its system calls, then at random moments in between; another is
 * killed while it recovers what the first left. Each time every frame must have
 * the answer of the old table, or every frame that of the new one, and recovering
 * must lead to that table, with everything in agreement (I1, I10 of table/publish.h).
 */
#include <linux/bpf.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "audit.h"
#include "steer.h"
#include "table/publish.h"
#include "table/read.h"

#define STEPS_MAX 400 /* more system calls than any of this needs */
#define MOMENTS 20 /* 80 with LONG=1 */

static const struct scenario {
	const char *name, *before, *after;
} scenarios[] = {
	{ "bind", "tcp any:80 drop; tcp 10.0.0.0/8:80 pass",
	  "tcp any:80 drop; tcp 10.0.0.0/8:80 pass; tcp 192.0.2.1:80 count; tcp any4:80 pass; "
	  "udp any:53 drop; tcp 10.1.0.0/16:80 drop; tcp 192.0.2.3:80 redirect ta" },
	{ "replace",
	  "tcp any:80 drop; tcp 192.0.2.1:80 pass; udp any:53 count; "
	  "tcp 10.1.0.0/16:80 redirect nodev; tcp 192.0.2.3:80 redirect ta",
	  "tcp any:80 count; tcp 192.0.2.1:80 drop; udp any:53 pass; "
	  "tcp 10.1.0.0/16:80 pass; tcp 192.0.2.3:80 redirect nodev on-missing pass" },
	{ "unbind",
	  "tcp any:80 drop; tcp any4:80 pass; tcp 192.0.2.1:80 count; udp any:53 drop; "
	  "tcp 10.1.0.0/16:80-90 drop; tcp 192.0.2.3:80 redirect ta",
	  "tcp any:80 drop; tcp 192.0.2.1:80 count" },
	{ "all at once",
	  "tcp any:80 drop; tcp 192.0.2.1:80 pass; udp any:53 drop; tcp 10.0.0.0/8:80 pass; "
	  "tcp 192.0.2.3:80 redirect ta",
	  "tcp any:80 pass; tcp 192.0.2.1:80 drop; tcp 10.1.0.0/16:80 count; tcp any4:80 count; "
	  "tcp 192.0.2.3:80 redirect tb" },
};

static const char *const texts[] = {
	"ip4 dst=203.0.113.1 tcp",
	"ip6 tcp",
	"ip4 dst=192.0.2.1 tcp",
	"ip4 dst=192.0.2.3 tcp",
	"ip4 dst=10.1.2.3 tcp",
	"ip4 dst=10.2.2.3 tcp",
	"ip4 udp dport=53",
	"ip6 udp dport=53",
	"ip4 dst=10.1.2.3 tcp dport=85",
};

#define FRAMES (sizeof(texts) / sizeof(texts[0]))

struct answers {
	enum ps_reason reason[FRAMES];
};

static struct steer steer;
static struct frame frames[FRAMES];
static struct answers old_answers, new_answers;
static unsigned int kills, kept_old, got_new;

static struct answers ask_all(void)
{
	static struct steer_answer answer;
	struct answers answers;

	for (size_t i = 0; i < FRAMES; i++) {
		steer_run(&steer, i % 2 ? PS_HOOK_TC_INGRESS : PS_HOOK_XDP, &frames[i], &answer);
		answers.reason[i] = answer.reason;
	}
	return answers;
}

static bool is_same(const struct answers *a, const struct answers *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* Makes the table that of @text, having stopped before it publishes. */
static void publish_in_child(const char *text)
{
	struct ps_error error;
	struct ps_draft draft;
	struct ps_plan plan;

	steer_plan(&steer, text, &plan);
	if (ps_draft_make(&steer.instance, &plan, &draft, &error))
		_exit(1);
	raise(SIGSTOP);
	_exit(ps_publish(&steer.instance, &draft, &error) ? 1 : 0);
}

static void recover_in_child(void)
{
	struct ps_error error;

	raise(SIGSTOP);
	_exit(ps_recover(&steer.instance, &error) ? 1 : 0);
}

static void recover(void)
{
	struct ps_error error;

	if (ps_recover(&steer.instance, &error))
		fail_msg("%s", error.text);
}

/* A child that has stopped just before it publishes @text, or recovers when that is NULL. */
static pid_t start(const char *text, bool is_traced)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (!child) {
		if (is_traced)
			ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		if (text)
			publish_in_child(text);
		recover_in_child();
	}
	assert_int_equal(waitpid(child, &status, WUNTRACED), child);
	assert_true(WIFSTOPPED(status));
	return child;
}

/* Lets @child run to its @step-th entry to or exit from a system call; false when it ended. */
static bool advance(pid_t child, int step)
{
	int status;

	ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
	for (int i = 0; i < step; i++) {
		assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (WIFEXITED(status)) {
			assert_int_equal(WEXITSTATUS(status), 0);
			return false;
		}
		assert_true(WIFSTOPPED(status));
	}
	return true;
}

static void end(pid_t child)
{
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	kills++;
}

static bool kill_at_step(pid_t child, int step)
{
	if (!advance(child, step))
		return false;
	end(child);
	return true;
}

static long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void kill_after_us(pid_t child, long us)
{
	long until = now_us() + us;

	kill(child, SIGCONT);
	while (now_us() < until)
		continue;
	end(child);
}

static void check_table(const char *text, const char *when)
{
	struct ps_bindings wanted = {}, present;

	steer_parse(text, &wanted);
	steer_read(&steer, &present);
	ps_bindings_sort(&wanted);
	if (wanted.count != present.count)
		fail_msg("%s: %zu bindings, not %zu", when, present.count, wanted.count);
	for (size_t i = 0; i < wanted.count; i++)
		if (!ps_endpoint_is_equal(&wanted.item[i].endpoint, &present.item[i].endpoint) ||
		    !ps_action_is_equal(&wanted.item[i], &present.item[i]))
			fail_msg("%s: binding %zu is another", when, i);
	ps_bindings_done(&wanted);
	ps_bindings_done(&present);
}

/* Packets see the old table or the new one; which, and no mixture. */
static bool check_answers(const char *when, struct answers *ret)
{
	*ret = ask_all();
	if (!is_same(ret, &old_answers) && !is_same(ret, &new_answers))
		fail_msg("%s: a mixture of two tables", when);
	return is_same(ret, &new_answers);
}

static void check_recovered(const struct scenario *scenario, const char *when, bool is_new)
{
	struct answers answers;

	steer_reopen(&steer);
	recover();
	if (check_answers(when, &answers) != is_new)
		fail_msg("%s: recovering changed what packets see", when);
	check_table(is_new ? scenario->after : scenario->before, when);
	audit(&steer.instance, when);
}

static void learn_answers(const struct scenario *scenario)
{
	recover(); /* what a scenario that failed left */
	steer_set(&steer, scenario->before);
	old_answers = ask_all();
	steer_set(&steer, scenario->after);
	new_answers = ask_all();
	check_table(scenario->after, "uninterrupted");
	assert_false(is_same(&old_answers, &new_answers));
}

/*
 * The first system call of a new generation must be the one that waits for
 * packets: what they may still look at is not touched before (I4).
 */
static void check_waits(const struct scenario *scenario, int step)
{
	struct __ptrace_syscall_info info = {};
	pid_t child;
	int map_fd;

	steer_set(&steer, scenario->before);
	child = start(scenario->after, true);
	assert_true(advance(child, step));
	ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info);
	map_fd = (int)ptrace(PTRACE_PEEKDATA, child, info.entry.args[1], NULL);
	end(child);
	assert_int_equal(info.op, PTRACE_SYSCALL_INFO_ENTRY);
	assert_int_equal(info.entry.nr, SYS_bpf);
	assert_int_equal(info.entry.args[0], BPF_MAP_UPDATE_ELEM);
	assert_int_equal(map_fd, steer.instance.map_fd[PS_MAP_GRACE]);
	recover();
}

/* Returns the first step after which packets see the new table. */
static int test_steps(const struct scenario *scenario)
{
	struct answers answers;
	int first_new = 0;
	char when[64];

	for (int step = 1; step <= STEPS_MAX; step++) {
		bool is_new;

		snprintf(when, sizeof(when), "killed at step %d", step);
		steer_set(&steer, scenario->before);
		if (!kill_at_step(start(scenario->after, true), step))
			return first_new;
		is_new = check_answers(when, &answers);
		if (first_new && !is_new)
			fail_msg("%s: the old table is back", when);
		first_new = is_new && !first_new ? step : first_new;
		kept_old += !is_new;
		got_new += is_new;
		check_recovered(scenario, when, is_new);
	}
	fail_msg("more than %d system calls", STEPS_MAX);
	return 0;
}

static void test_recover(const struct scenario *scenario, int crash_step)
{
	struct answers answers;
	char when[64];

	for (int step = 1; step <= STEPS_MAX; step += 2) {
		bool is_new, is_over;

		snprintf(when, sizeof(when), "killed at %d, recovering at %d", crash_step, step);
		steer_set(&steer, scenario->before);
		kill_at_step(start(scenario->after, true), crash_step);
		is_new = check_answers(when, &answers);
		is_over = !kill_at_step(start(NULL, true), step);
		if (check_answers(when, &answers) != is_new)
			fail_msg("%s: what packets see has changed", when);
		check_recovered(scenario, when, is_new);
		if (is_over)
			return;
	}
}

static void test_moments(const struct scenario *scenario)
{
	struct answers answers;
	char when[64];
	long begin, length;

	steer_set(&steer, scenario->before);
	begin = now_us();
	steer_set(&steer, scenario->after);
	length = now_us() - begin;
	for (int i = 0; i < (getenv("LONG") ? 4 * MOMENTS : MOMENTS); i++) {
		long us = random() % length;
		bool is_new;

		snprintf(when, sizeof(when), "killed after %ld us", us);
		steer_set(&steer, scenario->before);
		kill_after_us(start(scenario->after, false), us);
		is_new = check_answers(when, &answers);
		kept_old += !is_new;
		got_new += is_new;
		check_recovered(scenario, when, is_new);
	}
}

static void test_scenario(void **state)
{
	const struct scenario *scenario = *state;
	int first_new;

	learn_answers(scenario);
	first_new = test_steps(scenario);
	assert_true(first_new > 1);
	check_waits(scenario, first_new);
	test_recover(scenario, first_new - 1);
	test_recover(scenario, first_new);
	test_moments(scenario);
}

static int open_all(void **state)
{
	(void)state;
	steer_enter_netns();
	steer_ip("link add ta type veth peer name tb\nlink set ta up\nlink set tb up\n");
	steer_open(&steer, "crash", STEER_BINDINGS);
	for (size_t i = 0; i < FRAMES; i++)
		frame_build(texts[i], 0, &frames[i]);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	steer_close(&steer);
	print_message("# %u kills; %u left the old table, %u the new one\n", kills, kept_old,
		      got_new);
	return 0;
}

#define SCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

int main(void)
{
	static struct CMUnitTest tests[SCENARIOS];

	for (size_t i = 0; i < SCENARIOS; i++)
		tests[i] = (struct CMUnitTest){
			.name = scenarios[i].name,
			.test_func = test_scenario,
			.initial_state = (void *)&scenarios[i],
		};
	return _cmocka_run_group_tests("crash", tests, SCENARIOS, open_all, close_all);
}
