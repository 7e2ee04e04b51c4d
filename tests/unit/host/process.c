// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Processes as /proc shows them: when they started, in which order.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <portsteer/socket.h>
#include "host/process.h"
#include "unit.h"

static __u64 ticks_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (__u64)now.tv_sec * (1000000000 / PS_TICK_NS) + (__u64)now.tv_nsec / PS_TICK_NS;
}

/* A child that started between two ticks that are known, whatever it calls itself. */
static void test_start(void **state)
{
	struct ps_process process = {};
	__u64 before = ticks_now(), after;
	int ready[2];
	pid_t child;
	char byte;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (!child) {
		prctl(PR_SET_NAME, ") R 1 2 (x)");
		_exit(write(ready[1], "", 1) != 1 || pause());
	}
	after = ticks_now();
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(ps_process_read(child, &process), 0);
	assert_int_equal(process.pid, child);
	assert_uint_in_range(process.ticks, before, after);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_int_equal(ps_process_read(child, &process), -1);
	close(ready[0]);
	close(ready[1]);
}

static void test_oldest_first(void **state)
{
	struct ps_processes processes;
	size_t own = 0;

	(void)state;
	ps_processes_read(&processes);
	for (size_t i = 0; i < processes.count; i++) {
		own += processes.item[i].pid == getpid();
		if (i)
			assert_true(processes.item[i - 1].ticks <= processes.item[i].ticks);
	}
	assert_int_equal(own, 1);
	free(processes.item);
}

/* 0 is kept for who is not known. */
static void test_kept(void **state)
{
	(void)state;
	assert_int_equal(ps_process_start(0), 1);
	assert_int_equal(ps_process_start(0x100000000ULL), 1);
	assert_int_not_equal(ps_process_namespace(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_oldest_first),
		cmocka_unit_test(test_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
