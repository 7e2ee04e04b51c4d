// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * See child.h.
 */
#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "bench.h"
#include "child.h"

static double wall_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds(const struct timeval *time)
{
	return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

int bench_spawn(const char *const argv[], struct bench_cost *ret)
{
	double begin = wall_seconds();
	struct rusage used;
	int status = 0, err;
	pid_t child;

	err = posix_spawnp(&child, argv[0], NULL, NULL, (char *const *)argv, environ);
	if (err)
		return bench_fail("cannot run %s: %s", argv[0], strerror(err));
	while (wait4(child, &status, 0, &used) < 0)
		if (errno != EINTR)
			return bench_fail("cannot wait for %s: %s", argv[0], strerror(errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return bench_fail("%s %s failed (status %d)", argv[0], argv[1], status);
	ret->wall = wall_seconds() - begin;
	ret->user = seconds(&used.ru_utime);
	ret->system = seconds(&used.ru_stime);
	return 0;
}
