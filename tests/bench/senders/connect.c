// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * connect ROUNDS "NAME NETNS tcp|udp WAITS-AT PORT CALLED-AT PORT [PROGRAM]"...: the
 * CPU time of a TCP connect and its accept, or of a UDP datagram sent and received,
 * in different ways, which take turns: "NAME NANOSECONDS" for each round of each.
 * Both ends are this process's, and in NETNS, where PROGRAM of connect.o is attached
 * while this runs. When all sockets wait it says "ready", and begins when told to.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#define BATCH 64 /* connections of a way before the next has its turn */
#define BATCH_UDP 512 /* datagrams, of one flow */
#define WARM_ROUNDS 4
#define WAYS_MAX 32
#define OBJECT "build/bench/connect.o"

struct place {
	struct sockaddr_storage address;
	socklen_t length;
};

struct way {
	char name[64];
	int netns_fd;
	int type; /* of sockets */
	int waiting_fd;
	struct place called_at;
};

static void fail(const char *what)
{
	fprintf(stderr, "connect: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Softirqs run on behalf of whoever sends, so both directions are in it. */
static double cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static struct place read_place(const char *address, in_port_t port)
{
	struct place place = { 0 };
	struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&place.address;
	struct sockaddr_in *ipv4 = (struct sockaddr_in *)&place.address;

	if (inet_pton(AF_INET, address, &ipv4->sin_addr) == 1) {
		ipv4->sin_family = AF_INET;
		ipv4->sin_port = htons(port);
		place.length = sizeof(*ipv4);
	} else if (inet_pton(AF_INET6, address, &ipv6->sin6_addr) == 1) {
		ipv6->sin6_family = AF_INET6;
		ipv6->sin6_port = htons(port);
		place.length = sizeof(*ipv6);
	} else {
		errno = EINVAL;
		fail(address);
	}
	return place;
}

static int wait_at(const struct place *place, int type)
{
	struct timeval patience = { .tv_sec = 5 }; /* with what was lost */
	int fd = socket(place->address.ss_family, type, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
	    bind(fd, (const struct sockaddr *)&place->address, place->length) ||
	    (type == SOCK_STREAM && listen(fd, BATCH)))
		fail("listen");
	return fd;
}

/* Of the namespace that is entered; it is detached when this process ends. */
static void attach(const char *name, const struct way *way)
{
	struct bpf_object *object = bpf_object__open_file(OBJECT, NULL);
	__u64 socket_fd = (__u64)way->waiting_fd;
	struct bpf_program *program;
	__u32 index = 0;

	if (!object || bpf_object__load(object))
		fail(OBJECT);
	program = bpf_object__find_program_by_name(object, name);
	if (!program || !bpf_program__attach_netns(program, way->netns_fd))
		fail(name);
	if (bpf_map_update_elem(bpf_object__find_map_fd_by_name(object, "bench_socket"), &index,
				&socket_fd, BPF_ANY))
		fail("bench_socket");
}

static void enter(const struct way *way)
{
	if (setns(way->netns_fd, CLONE_NEWNET))
		fail("setns");
}

static struct way prepare(const char *words)
{
	char netns[64], path[128], proto[8], waits_at[64], called_at[64], program[64];
	in_port_t waits_port, called_port;
	struct place place;
	struct way way;
	int count;

	count = sscanf(words, "%63s %63s %7s %63s %hu %63s %hu %63s", way.name, netns, proto,
		       waits_at, &waits_port, called_at, &called_port, program);
	if (count < 7) {
		errno = EINVAL;
		fail(words);
	}
	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	way.netns_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (way.netns_fd < 0)
		fail(path);
	enter(&way);
	place = read_place(waits_at, waits_port);
	way.type = strcmp(proto, "udp") ? SOCK_STREAM : SOCK_DGRAM;
	way.waiting_fd = wait_at(&place, way.type);
	way.called_at = read_place(called_at, called_port);
	if (count == 8)
		attach(program, &way);
	return way;
}

/* Without TIME_WAIT: who closes resets, so that nothing is left of a batch. */
static int make_caller(const struct way *way)
{
	struct linger reset = { .l_onoff = 1 };
	int fd = socket(way->called_at.address.ss_family, SOCK_STREAM, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)))
		fail("socket");
	return fd;
}

static double run_connections(const struct way *way)
{
	const struct sockaddr *to = (const struct sockaddr *)&way->called_at.address;
	int caller[BATCH], called[BATCH];
	double began, taken;

	for (int i = 0; i < BATCH; i++)
		caller[i] = make_caller(way);
	began = cpu_ns();
	for (int i = 0; i < BATCH; i++) {
		if (connect(caller[i], to, way->called_at.length))
			fail(way->name);
		called[i] = accept(way->waiting_fd, NULL, NULL);
		if (called[i] < 0)
			fail("accept");
	}
	taken = cpu_ns() - began;
	for (int i = 0; i < BATCH; i++) {
		close(caller[i]);
		close(called[i]);
	}
	return taken / BATCH;
}

static double run_datagrams(const struct way *way)
{
	int fd = socket(way->called_at.address.ss_family, SOCK_DGRAM, 0);
	double began, taken;
	char text[16] = "";

	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)&way->called_at.address, way->called_at.length))
		fail(way->name);
	began = cpu_ns();
	for (int i = 0; i < BATCH_UDP; i++)
		if (send(fd, text, sizeof(text), 0) != sizeof(text) ||
		    recv(way->waiting_fd, text, sizeof(text), 0) != sizeof(text))
			fail(way->name);
	taken = cpu_ns() - began;
	close(fd);
	return taken / BATCH_UDP;
}

static double run_batch(const struct way *way)
{
	enter(way);
	return way->type == SOCK_DGRAM ? run_datagrams(way) : run_connections(way);
}

/* In another order each time: whoever comes behind UDP finds caches colder. */
static void shuffle(const struct way *order[], int count)
{
	for (int i = count - 1; i > 0; i--) {
		int other = rand() % (i + 1);
		const struct way *way = order[i];

		order[i] = order[other];
		order[other] = way;
	}
}

int main(int argc, char **argv)
{
	static struct way ways[WAYS_MAX];
	const struct way *order[WAYS_MAX];
	int rounds, count = argc - 2;

	if (count < 1 || count > WAYS_MAX || (rounds = atoi(argv[1])) < 1) {
		fputs("usage: connect ROUNDS WAY...\n", stderr);
		return 2;
	}
	for (int i = 0; i < count; i++) {
		ways[i] = prepare(argv[i + 2]);
		order[i] = &ways[i];
	}
	puts("ready");
	fflush(stdout);
	if (getchar() == EOF)
		return 1;
	for (int round = -WARM_ROUNDS; round < rounds; round++) {
		shuffle(order, count);
		for (int i = 0; i < count; i++) {
			double ns = run_batch(order[i]);

			if (round >= 0)
				printf("%s %.1f\n", order[i]->name, ns);
		}
	}
	return 0;
}
