// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * bind tcp|udp COUNT [CGROUP]: nanoseconds of CPU time that one bind(2) to a port
 * of its own takes, at every IPv4 address: the median of batches. With CGROUP, a
 * directory, as a process of it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64 /* sockets that are open at once */
#define BATCHES_MAX 10000
#define FIRST_PORT 20000

static double cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

static int fail(const char *what)
{
	fprintf(stderr, "bind: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void enter(const char *cgroup)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	file = fopen(path, "w");
	if (!file || fprintf(file, "%d\n", (int)getpid()) < 0 || fclose(file))
		fail(path);
}

static double run_batch(int type)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	double began, taken;
	int fd[BATCH];

	for (int i = 0; i < BATCH; i++)
		if ((fd[i] = socket(AF_INET, type, 0)) < 0)
			fail("socket");
	began = cpu_ns();
	for (int i = 0; i < BATCH; i++) {
		address.sin_port = htons((in_port_t)(FIRST_PORT + i));
		if (bind(fd[i], (struct sockaddr *)&address, sizeof(address)))
			fail("bind");
	}
	taken = cpu_ns() - began;
	for (int i = 0; i < BATCH; i++)
		close(fd[i]);
	return taken / BATCH;
}

static int compare(const void *a, const void *b)
{
	double first = *(const double *)a, second = *(const double *)b;

	return (first > second) - (first < second);
}

int main(int argc, char **argv)
{
	static double ns[BATCHES_MAX];
	int batches, type;

	if (argc < 3 || argc > 4) {
		fputs("usage: bind tcp|udp COUNT [CGROUP]\n", stderr);
		return 2;
	}
	type = strcmp(argv[1], "udp") ? SOCK_STREAM : SOCK_DGRAM;
	batches = atoi(argv[2]) / BATCH;
	if (batches < 1 || batches > BATCHES_MAX)
		return 2;
	if (argc == 4)
		enter(argv[3]);
	run_batch(type);
	for (int i = 0; i < batches; i++)
		ns[i] = run_batch(type);
	qsort(ns, (size_t)batches, sizeof(*ns), compare);
	printf("%.1f\n", ns[batches / 2]);
	return 0;
}
